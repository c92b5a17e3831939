"""Which keys answer what a caller was just asked? Said with every choice on the phone.

The words are responses; words that name the keys already are left as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot import spoken
from bot.texts import Texts

VOICE = "voice"
_YES_NO = ("/affirm", "/deny")


def with_keys(texts: Texts, text: str, choices: Sequence[tuple[str, str]], language: str) -> str:
    """The text, and the key of each of its (title, payload) choices."""
    if not choices or _say(texts, "utter_voice_press", language) in text.casefold():
        return text
    if tuple(payload for _, payload in choices) == _YES_NO:
        asked = text.removesuffix(_say(texts, "utter_voice_say_yes_or_no", language)).rstrip()
        keys = _say(texts, "utter_voice_keys_yes_or_no", language)
        return f"{asked} {keys}"
    options = aloud([title for title, _ in choices], language)
    keys = texts.say("utter_voice_keys", language, VOICE, {"options": options}).text
    return f"{text} {keys}"


def aloud(titles: Sequence[str], language: str, *, first: int = 1) -> str:
    """ "1 pentru Acasă, 2 pentru Birou"; `first` is the key of the first one."""
    numbered = enumerate(titles, first)
    said = (f"{number} {spoken.FOR[language]} {title}" for number, title in numbered)
    return ", ".join(said)


def _say(texts: Texts, response: str, language: str) -> str:
    return texts.say(response, language, VOICE).text
