"""What stands on an invoice, line by line?"""

from __future__ import annotations

from billing_backend.contract import InvoiceFacts
from billing_backend.money import total
from bot.actions.job import Job

# Nobody listens to a list: aloud only the biggest lines, and the rest as one sum.
_LINES_ALOUD = 3


def say_lines(job: Job, invoice: InvoiceFacts) -> None:
    """Every line with its price, tax included, so that they sum to the total."""
    lines = invoice.lines
    if job.by_voice:
        lines = tuple(sorted(lines, key=lambda line: -abs(line.gross.minor)))
    told = lines[:_LINES_ALOUD] if job.by_voice else lines
    for line in told:
        job.say("utter_bill_line", name=job.in_language(line.description), amount=line.gross)
    if rest := lines[len(told) :]:
        amount = total((line.gross for line in rest), invoice.total.currency)
        job.say("utter_bill_other_lines", amount=amount)
