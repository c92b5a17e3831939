"""Are there two requests in one message, and where does the second begin? Pure but for the reading
that it is given.

Wrongly cutting a message in two is worse than answering its first request only: both parts must
ask for something, and be understood confidently as different things.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.nlu.normaliser import MAX_CHARACTERS, fold
from bot.nlu.requests import is_request

# Under this key the second request travels with the message.
ALSO = "also"

Ranking = list[tuple[str, float]]

# Each part must be this sure; tuned on tests/nlu/*.jsonl, where nothing may be cut wrongly.
_SURE = 0.6
_FEWEST_WORDS = 2
_BREAK = re.compile(
    r"(?:(?P<sign>[.!?;]+)\s+|,?\s+(?=(?:si|iar|dar|plus|and|but|also)\b))"
    r"(?:(?:si|iar|dar|plus|and|but|also)\b[\s,]*)*"
)
# Words that ask, in the first few words of a part.
_ASKS = re.compile(
    r"^(?:\W*\w+\W+){0,4}?\W*(?:cat|cata|cate|cand|cum|ce|care|unde|pot|poti|putem|puteti|se poate|"
    r"vreau|vrem|doresc|as vrea|as dori|as putea|am nevoie|vreti|spune\w*|zi|ziceti|zi-mi|da-mi|"
    r"dati\w*|trimite\w*|arata\w*|explica\w*|verifica\w*|exista|aveti|"
    r"hows?|whats?|whens?|why|wheres?|which|can|could|may|is there|do you|did|i want|i need|"
    r"i'?d like|please|send|show|tell|give|explain|check|let me)\b"
)
# Ways to speak of one matter: what one part says is a reason or a detail for the other, or one
# answer has it all (how much, and until when).
_ONE_MATTER = (
    frozenset({"check_balance", "check_due_date"}),
    frozenset(
        {
            "check_payment_history",
            "check_payment_status",
            "report_missing_payment",
            "report_payment_problem",
        }
    ),
    frozenset(
        {
            "check_refund_status",
            "dispute_charge",
            "report_duplicate_charge",
            "report_missing_payment",
            "request_refund",
        }
    ),
    frozenset({"report_technical_issue", "restore_service"}),
)


@dataclass(frozen=True)
class TwoRequests:
    """The words of each and how they are understood; the second's begin after `cut` of the text."""

    cut: int
    first_words: str
    second_words: str
    first: Ranking
    second: Ranking


def two_requests(text: str, rank: Callable[[str], Ranking]) -> TwoRequests | None:
    """Where the text falls apart best; None when it is one request. `rank` gives the intents of a
    text with their probabilities, the likeliest first."""
    text = unicodedata.normalize("NFC", text)[:MAX_CHARACTERS]
    found = [each for each in _cuts(text, rank) if _are_two(each)]
    return max(found, key=_sureness, default=None)


def _cuts(text: str, rank: Callable[[str], Ranking]) -> Iterator[TwoRequests]:
    folded = fold(text)
    for match in _BREAK.finditer(folded):
        # The sign that ends a sentence belongs to it: a question mark says something.
        ends, begins = match.end("sign") if match["sign"] else match.start(), match.end()
        if _asks(folded[:ends]) and _asks(folded[begins:]):
            first, second = text[:ends], text[begins:]
            yield TwoRequests(ends, first, second, rank(first), rank(second))


def _asks(part: str) -> bool:
    enough = len(part.split()) >= _FEWEST_WORDS
    return enough and (part.rstrip().endswith("?") or bool(_ASKS.match(part)))


def _are_two(cut: TwoRequests) -> bool:
    one, other = cut.first[0][0], cut.second[0][0]
    different = one != other and not any({one, other} <= matter for matter in _ONE_MATTER)
    return different and is_request(one) and is_request(other) and _sureness(cut) >= _SURE


def _sureness(cut: TwoRequests) -> float:
    return min(cut.first[0][1], cut.second[0][1])
