"""In which language does a conversation go on?

What is known of it, weakest first: nothing (`default`), what the address suggests (`hint`), a
word or two (`guessed`), the customer's profile with billing (`profile`), whole sentences of the
customer's (`detected`), a choice (`chosen`). See docs/understanding.md, "Which language".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.nlu.choosing import LANGUAGES
from bot.nlu.language import Strength, evidence
from handoff.conversations import Conversation, InboundMessage

_UNHEARD = ("default", "hint")
_GUESSES = (*_UNHEARD, "guessed")
# So many phrases in a row, or sentences after a choice, in the other language.
_IN_A_ROW = 2
_KEPT_AS = "leaning"


@dataclass(frozen=True, slots=True)
class Held:
    """The language held to, on what ground, and how many messages in a row spoke against it."""

    language: str
    source: str
    leaning: int = 0


def follow_words(conversation: Conversation, message: InboundMessage, *, heard: bool) -> None:
    """The customer has written something, or was `heard` saying it on the phone. The same message
    again, in a turn that is tried again, changes nothing, and what looks like a command is in no
    language."""
    if message.text.lstrip().startswith("/"):
        return
    if conversation.dialogue.get(_KEPT_AS, {}).get("at") != message.position:
        held = after_words(_held(conversation), message.text, heard=heard)
        if _own_setting(conversation) and held == Held(conversation.language, "guessed"):
            held = replace(held, source="profile")  # a word that agrees makes it no weaker
        _keep(conversation, held, at=message.position)


def follow_profile(conversation: Conversation, language: str) -> None:
    """The customer is known now, and so is the language that billing keeps for them. What their
    own Telegram speaks is their wish too, and a newer one."""
    if _own_setting(conversation):
        language = conversation.language
    _keep(conversation, after_proof(_held(conversation), language))


def choose(conversation: Conversation, language: str) -> None:
    """The customer wants this language."""
    _keep(conversation, Held(language, "chosen"))


def _own_setting(conversation: Conversation) -> bool:
    """Whether the language is that of the customer's own Telegram, and nothing else is known."""
    return conversation.channel == "telegram" and conversation.language_source == "hint"


def after_words(held: Held, text: str, *, heard: bool = False) -> Held:
    """Follows a sentence at once, and two phrases in a row; a choice is left for two sentences in
    a row. What proves nothing changes nothing.

    On the phone words pass through a recogniser that writes one language only, so nothing less
    than a sentence counts there.
    """
    found = evidence(text)
    if found is None or (heard and found.strength < Strength.SENTENCE):
        return held
    if found.language == held.language:
        return _confirmed(held, found.strength)
    if held.source in _UNHEARD:
        return Held(found.language, _ground(found.strength))
    return _against(held, found.language, found.strength)


def after_proof(held: Held, profile: str) -> Held:
    """The profile knows better than a guess, and less than sentences or a choice."""
    if profile not in LANGUAGES or held.source not in _GUESSES:
        return held
    return Held(profile, "profile")


def _confirmed(held: Held, strength: Strength) -> Held:
    if strength < Strength.PHRASE and held.source not in _UNHEARD:
        return held
    if held.source in _UNHEARD or (strength == Strength.SENTENCE and held.source != "chosen"):
        return Held(held.language, _ground(strength))
    return replace(held, leaning=0)


def _against(held: Held, language: str, strength: Strength) -> Held:
    chosen = held.source == "chosen"
    if strength < (Strength.SENTENCE if chosen else Strength.PHRASE):
        return held
    at_once = strength == Strength.SENTENCE and not chosen
    if at_once or held.leaning + 1 >= _IN_A_ROW:
        return Held(language, "detected")
    return replace(held, leaning=held.leaning + 1)


def _ground(strength: Strength) -> str:
    return "detected" if strength == Strength.SENTENCE else "guessed"


def _held(conversation: Conversation) -> Held:
    leaning = conversation.dialogue.get(_KEPT_AS, {}).get("times", 0)
    return Held(conversation.language, conversation.language_source, leaning)


def _keep(conversation: Conversation, held: Held, *, at: int | None = None) -> None:
    if held == _held(conversation):
        return
    conversation.language, conversation.language_source = held.language, held.source
    kept = {name: value for name, value in conversation.dialogue.items() if name != _KEPT_AS}
    if held.leaning:
        kept[_KEPT_AS] = {"times": held.leaning, "at": at}
    conversation.dialogue = kept
