"""How does a message look as one or more SMS?

A segment holds 160 characters of the GSM alphabet, but only 70 once there is one diacritic or
emoji in it; the words are sent as they were written all the same, because Romanian without
diacritics is misread. Answers are numbered: a phone without buttons sends "1".
"""

from bot.channels.message import Outbound
from bot.channels.splitting import split

LIMIT = 1600  # characters that Twilio takes in one message


def render(message: Outbound) -> list[str]:
    """The bodies to send, in order; the numbered answers stay together in the last one."""
    choices = "\n".join(f"{n}. {button.title}" for n, button in enumerate(message.buttons, 1))
    text = message.text.strip()
    whole = f"{text}\n{choices}".strip()
    if len(whole) <= LIMIT or not choices:
        return split(whole, LIMIT)
    return [*split(text, LIMIT), *split(choices, LIMIT)]
