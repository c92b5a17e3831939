"""Are the two likeliest readings of a message so close that the customer is better asked? Pure."""

from collections.abc import Sequence

from bot.nlu.requests import is_request

# What the classifier says of a message that it would rather ask about; it is taught no examples.
UNCLEAR = "unclear"
# Under this key the two readings travel with the message.
MEANINGS = "meanings"

# How much likelier the first must be than the second not to be asked about, and how likely the two
# must be together for them to be the ones to choose from. Tuned on tests/nlu/*.jsonl:
# docs/conversation.md has the figures.
_MARGIN = 0.35
_TOGETHER = 0.4


def close_call(ranking: Sequence[tuple[str, float]]) -> list[str]:
    """The two requests that the message may mean; empty when one is clearly ahead."""
    if len(ranking) < 2:
        return []
    (first, likely), (second, less_likely) = ranking[:2]
    if not (is_request(first) and is_request(second)):
        return []
    close = likely - less_likely < _MARGIN and likely + less_likely >= _TOGETHER
    return [first, second] if close else []
