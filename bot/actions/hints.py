"""What do single words of a message say beyond its intent?"""

from __future__ import annotations

import re

from bot.actions.job import Job
from bot.nlu.normaliser import fold

_CHEAPER = re.compile(r"\bmai (?:ieftin|putin)|\bcheap(?:er|est)\b|\bless\b|\beconomis|\bsave\b")
_WHICH = re.compile(r"\b(?:ce|care|which|what)\b")
_PLAN = re.compile(r"\b(?:abonament\w*|plan(?:ul|uri)?|plans|consum\w*|folos\w*|use)\b")
_CALL_OFF = re.compile(r"\b(?:anul\w*|renunt\w*|cancel|call off|undo)\b")
_THINKS_BETTER = re.compile(
    r"\brazgandi\w*|\b(?:vreau|as vrea) sa raman\b"
    r"|\bchanged? my mind\b|\bwant to (?:stay|keep)\b"
)
_END = re.compile(
    r"\b(?:expir\w*|contract\w*|perioada minima|pana cand|cand se (?:termina|incheie)"
    r"|minimum term|ends?|run out)\b"
)
_SLOWER = re.compile(r"\b(?:mai (?:rar|incet|lent)|slow(?:er|ly|down)?)\b")
_SIMPLER = re.compile(
    r"\bnu (?:inteleg|pricep|imi e clar|e clar|mi-e clar)|\bn-?u? ?am (?:inteles|priceput)|"
    r"\bsimpl[aeiu]\b|\bsimplu\b|\bpe inteles|\bmai (?:clar|usoare?)\b|\breformul|\baltfel\b|"
    r"\balte cuvinte|\bce inseamna|\bprea (?:tehnic|complicat)|\btermeni|\bcopil\b|\bin ceata\b|"
    r"\bsunt confuz|"
    r"\b(?:dont|don't|do not|didnt|didn't|not) (?:understand|understanding|follow|get)|"
    r"\bnot following|\bsimpl(?:er|e|y|ify)\b|\bplain\b|\bjargon\b|\brephrase|\bother words|"
    r"\bwhat (?:do|does) (?:you|that|this|it) mean|\bno idea what|\beasier words|\bclarify\b|"
    r"\b(?:more|be) clear|\bclearer\b|\bconfus\w+|\bdifferently\b|\banother way\b|"
    r"\bmakes? (?:no )?sense|\btoo complicated|\blost me\b|\bover my head\b"
)
# The end of the service is a change too.
_CHANGE = re.compile(
    r"\b(?:schimb\w*|trecere\w*|rezilier\w*|inchider\w*|incheier\w*|renuntar\w*"
    r"|changes?|cancellation|termination)\b"
)


def asks_for_cheaper(job: Job) -> bool:
    """Whether a message about plans asks what would cost less: only then are any recommended."""
    return bool(_CHEAPER.search(_said(job)))


def asks_which_plan_is_cheaper(job: Job) -> bool:
    """The same of a message that might only ask for a lower price: it asks which plan."""
    said = _said(job)
    return all(words.search(said) for words in (_CHEAPER, _WHICH, _PLAN))


def calls_off_a_change(job: Job) -> bool:
    """Whether a scheduled change is to be called off."""
    said = _said(job)
    return bool(_CALL_OFF.search(said) and _CHANGE.search(said))


def thinks_better_of_it(job: Job) -> bool:
    """Whether somebody wants it to stay as it was after all."""
    return bool(_THINKS_BETTER.search(_said(job)))


def asks_for_the_end(job: Job) -> bool:
    """Whether a message about a plan asks until when it binds."""
    return bool(_END.search(_said(job)))


def asks_for_slower(job: Job) -> bool:
    """Whether what was said is wanted more slowly, not only once more."""
    return bool(_SLOWER.search(_said(job)))


def asks_for_simpler(job: Job) -> bool:
    """Whether what was said was not understood, rather than not heard."""
    return bool(_SIMPLER.search(_said(job).replace("’", "'")))


def _said(job: Job) -> str:
    return fold(job.text) if job.in_words else ""
