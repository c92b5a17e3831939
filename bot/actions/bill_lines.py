"""What stands on an invoice, line by line?"""

from __future__ import annotations

from collections import Counter

from billing_backend.contract import InvoiceFacts, InvoiceLineFacts
from billing_backend.money import total
from bot import wording
from bot.actions.job import Job

# Nobody listens to a list: aloud only the biggest lines, and the rest as one sum.
_LINES_ALOUD = 3


def say_lines(job: Job, invoice: InvoiceFacts) -> None:
    """Every line with its price, tax included, so that they sum to the total."""
    lines = invoice.lines
    if job.by_voice:
        lines = tuple(sorted(lines, key=lambda line: -abs(line.gross.minor)))
    told = lines[:_LINES_ALOUD] if job.by_voice else lines
    names = Counter(job.in_language(line.description) for line in lines)
    for line in told:
        _say_line(job, line, alone=names[job.in_language(line.description)] == 1)
    if rest := lines[len(told) :]:
        amount = total((line.gross for line in rest), invoice.total.currency)
        job.say("utter_bill_other_lines", amount=amount)


def _say_line(job: Job, line: InvoiceLineFacts, *, alone: bool) -> None:
    """With its days where another line has the same name: else it would look charged twice."""
    name = job.in_language(line.description)
    if alone or line.period_start is None or line.period_end is None:
        job.say("utter_bill_line", name=name, amount=line.gross)
        return
    since, until = (
        wording.short_day(day, job.language, job.channel)
        for day in (line.period_start, line.period_end)
    )
    job.say("utter_bill_line_days", name=name, since=since, until=until, amount=line.gross)
