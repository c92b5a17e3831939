"""How does a message look as one or more SMS?

Answers are numbered: a phone without buttons sends "1". Whether diacritics are sent, or folded to
save parts, is the operator's choice (segments.py).
"""

from bot.channels.message import Outbound
from bot.channels.sms.segments import Diacritics, fold, written
from bot.channels.splitting import split, utf16_units

LIMIT = 1600  # characters that Twilio takes in one message


def render(message: Outbound, diacritics: Diacritics = Diacritics.KEEP) -> list[str]:
    """The bodies to send, in order; the numbered answers stay together in the last one."""
    choices = "\n".join(f"{n}. {button.title}" for n, button in enumerate(message.buttons, 1))
    text = message.text.strip()
    whole = f"{text}\n{choices}".strip()
    # Decided for the whole: two spellings in one answer would look like a mistake.
    if written(whole, diacritics) != whole:
        text, choices, whole = fold(text), fold(choices), fold(whole)
    if utf16_units(whole) <= LIMIT or not choices:
        return split(whole, LIMIT, utf16_units)
    return [*split(text, LIMIT, utf16_units), *split(choices, LIMIT, utf16_units)]
