"""Which variation of a response is said, in which language, on which channel? Pure, stdlib only.

Stock Rasa cannot choose ours: its `channel:` never matches callers over HTTP, ties are random,
and the language slot is empty on the first turn. Here a variation names its language, and a
channel where it is for one channel only, in its metadata:

    - text: "Aveți de plată {amount}."
      metadata: {language: ro}
    - text: "De plată: {amount}"
      metadata: {language: ro, channel: sms}
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LANGUAGES = ("ro", "en")
CHANNELS = ("telegram", "sms", "voice")

Variation = Mapping[str, Any]

# A name in braces. JSON in a button's payload (/inform{"date": "{date}"}) is not one, so the
# placeholder inside it is found and the braces around it stay.
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PARTS = ("text", "buttons", "custom")


class ResponseGap(LookupError):
    """No variation of this response fits the language and channel. Add one in data/responses."""


class MissingVariable(LookupError):
    """The response names a variable that nobody gave. Pass it where the response is said."""


def choose(variations: Sequence[Variation], language: str, channel: str | None) -> Variation:
    """The variation for this language and channel, else the one for this language anywhere.

    Raises ResponseGap when there is none. Two of the same kind are refused by `check`; here the
    first of them wins, so that the words never depend on chance.
    """
    of_language = [each for each in variations if _kind(each)[0] == language]
    for wanted in (channel, None):
        for variation in of_language:
            if _kind(variation)[1] == wanted:
                return variation
    raise ResponseGap(f"no variation for language {language} and channel {channel}")


def fill(variation: Variation, values: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a variation (text, buttons, custom) with every {variable} replaced.

    Values are put in once: a value with braces in it is said as it is. Raises MissingVariable
    rather than saying "{amount}" to a customer; a value of None counts as missing.
    """
    return {part: _filled(variation[part], values) for part in _PARTS if part in variation}


def check(responses: Mapping[str, Sequence[Variation]]) -> list[str]:
    """What is wrong with a set of responses, one sentence each; empty when all is well.

    Ties, gaps, placeholders that differ between languages, conditions that the chooser does not
    know, empty variations and the wrong Romanian letters (cedilla for comma below).
    """
    return [
        f"{name}: {problem}"
        for name, variations in sorted(responses.items())
        for problem in _problems(variations)
    ]


def placeholders(part: Any) -> frozenset[str]:
    """The variable names used anywhere in a variation or a part of it."""
    return frozenset(name for text in _texts(part) for name in _PLACEHOLDER.findall(text))


def _kind(variation: Variation) -> tuple[str | None, str | None]:
    metadata = variation.get("metadata") or {}
    return metadata.get("language"), metadata.get("channel")


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(part, str):
        return _PLACEHOLDER.sub(lambda found: _value(found.group(1), values), part)
    if isinstance(part, Mapping):
        return {key: _filled(each, values) for key, each in part.items()}
    if isinstance(part, (list, tuple)):
        return [_filled(each, values) for each in part]
    return part


def _value(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value is None:
        raise MissingVariable(name)
    return str(value)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for key, each in part.items():
            if key != "metadata":
                yield from _texts(each)
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from _texts(each)


def _problems(variations: Sequence[Variation]) -> Iterator[str]:
    yield from _own_problems(variations)
    for channel in CHANNELS:
        chosen = {}
        for language in LANGUAGES:
            try:
                chosen[language] = placeholders(choose(variations, language, channel))
            except ResponseGap:
                yield f"nothing to say in {language} on {channel}"
        if len(set(chosen.values())) > 1:
            used = ", ".join(f"{key} {sorted(names)}" for key, names in chosen.items())
            yield f"placeholders differ between languages on {channel}: {used}"


def _own_problems(variations: Sequence[Variation]) -> Iterator[str]:
    seen: set[tuple[str | None, str | None]] = set()
    for variation in variations:
        language, channel = kind = _kind(variation)
        if language not in LANGUAGES:
            yield f"unknown language {language!r} in metadata"
        if channel not in (None, *CHANNELS):
            yield f"unknown channel {channel!r} in metadata"
        if kind in seen:
            yield f"two variations for language {language} and channel {channel or 'any'}"
        seen.add(kind)
        for key in ("channel", "condition"):
            if key in variation:
                yield f"'{key}:' is not read; say it in metadata"
        if not any(variation.get(part) for part in _PARTS):
            yield f"a variation in {language} says nothing"
        if any(letter in text for text in _texts(variation) for letter in "şţŞŢ"):
            yield "ş or ţ with a cedilla; write ș and ț with a comma below"
