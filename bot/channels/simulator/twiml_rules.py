"""Would Twilio take this TwiML as it stands?

The rules are those of Twilio's reference (https://www.twilio.com/docs/voice/twiml) for the verbs
that this product uses: what may stand where, with which attributes, and which values those take.
Twilio warns of some of it and goes on; here all of it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

LONGEST_DOCUMENT = 64_000  # bytes
LONGEST_URL = 4_000
LONGEST_SAY = 4_096
LONGEST_NAME = 64
MOST_HINTS, LONGEST_HINT = 500, 100

Check = Callable[[str], bool]


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _matches(pattern: str) -> Check:
    return lambda value: re.fullmatch(pattern, value) is not None


def _each_of(*values: str) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= set(values)


def _address(value: str) -> bool:
    parts = urlsplit(value)
    known = parts.scheme in ("", "http", "https")
    return known and 0 < len(value) <= LONGEST_URL and " " not in value


def _whole_address(value: str) -> bool:
    """Twilio calls it from elsewhere than the document: a relative one leads nowhere."""
    return _address(value) and urlsplit(value).scheme != "" and urlsplit(value).netloc != ""


def _hints(value: str) -> bool:
    hints = [hint.strip() for hint in value.split(",")]
    return len(hints) <= MOST_HINTS and all(0 < len(hint) <= LONGEST_HINT for hint in hints)


_BOOLEAN = _one_of("true", "false")
_METHOD = _one_of("GET", "POST")
_COUNT = _matches(r"[1-9]\d{0,3}")
_NUMBER = _matches(r"\d{1,4}")
_LOCALE = _matches(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-[A-Z]{2}")
_E164 = _matches(r"\+[1-9]\d{6,14}")
_MODEL = _matches(
    r"default|numbers_and_commands|phone_call|experimental_(conversations|utterances)"
    r"|googlev2_\w+|deepgram_[\w-]+"
)
_CALL_EVENTS = _each_of("initiated", "ringing", "answered", "completed")
_SPEECH_ONLY = ("speechTimeout", "speechModel", "enhanced", "hints", "language", "maxSpeechTime")
_LAST = frozenset({"Redirect", "Hangup", "Leave", "Reject"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What one element may have; `words` checks its text, None: it has none."""

    attributes: Mapping[str, Check] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    words: Check | None = None


_PROSODY = {
    "rate": _matches(r"x-slow|slow|medium|fast|x-fast|[1-9]\d{1,2}%"),
    "pitch": _matches(r"x-low|low|medium|high|x-high|[+-]\d{1,2}%"),
    "volume": _matches(r"silent|x-soft|soft|medium|loud|x-loud|[+-]\d{1,2}dB"),
}
RULES: Mapping[str, Rule] = {
    "Response": Rule(
        children=frozenset(
            {
                "Dial",
                "Enqueue",
                "Gather",
                "Hangup",
                "Leave",
                "Pause",
                "Play",
                "Redirect",
                "Reject",
                "Say",
            }
        )
    ),
    "Say": Rule(
        {"voice": _matches(r"[\w.-]+"), "language": _LOCALE, "loop": _NUMBER},
        frozenset({"prosody", "break"}),
        lambda text: 0 < len(text) <= LONGEST_SAY,
    ),
    "prosody": Rule(_PROSODY, words=lambda text: bool(text)),
    "break": Rule({"time": _matches(r"\d+m?s"), "strength": _matches(r"[a-z-]+")}),
    "Play": Rule({"loop": _NUMBER, "digits": _matches(r"[0-9*#wW]+")}, words=_address),
    "Pause": Rule({"length": _COUNT}),
    "Gather": Rule(
        {
            "input": _each_of("dtmf", "speech"),
            "action": _address,
            "method": _METHOD,
            "timeout": lambda value: value == "auto" or _COUNT(value),
            "numDigits": _COUNT,
            "finishOnKey": _matches(r"[0-9*#]*"),
            "actionOnEmptyResult": _BOOLEAN,
            "bargeIn": _BOOLEAN,
            "profanityFilter": _BOOLEAN,
            "speechTimeout": lambda value: value == "auto" or _COUNT(value),
            "speechModel": _MODEL,
            "enhanced": _BOOLEAN,
            "maxSpeechTime": _COUNT,
            "language": _LOCALE,
            "hints": _hints,
        },
        frozenset({"Say", "Play", "Pause"}),
    ),
    "Redirect": Rule({"method": _METHOD}, words=_address),
    "Enqueue": Rule(
        {
            "action": _address,
            "method": _METHOD,
            "waitUrl": _address,
            "waitUrlMethod": _METHOD,
            "maxQueueSize": _COUNT,
        },
        words=lambda name: 0 < len(name) <= LONGEST_NAME,
    ),
    "Dial": Rule(
        {
            "action": _address,
            "method": _METHOD,
            "timeout": lambda value: _COUNT(value) and 5 <= int(value) <= 600,
            "answerOnBridge": _BOOLEAN,
            "callerId": _E164,
            "hangupOnStar": _BOOLEAN,
            "timeLimit": _COUNT,
        },
        frozenset({"Number"}),
        lambda number: number == "" or _E164(number),
    ),
    "Number": Rule(
        {
            "url": _address,
            "method": _METHOD,
            "statusCallback": _whole_address,
            "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": _CALL_EVENTS,
        },
        words=_E164,
    ),
    "Leave": Rule(),
    "Hangup": Rule(),
    "Reject": Rule({"reason": _one_of("rejected", "busy")}),
}


def complaints(document: str, *, public: bool = False) -> list[str]:
    """What is wrong with a document, one sentence each; empty when Twilio takes it all.

    `public`: addresses are those of a real installation, so every whole one is https.
    """
    if len(document.encode()) > LONGEST_DOCUMENT:
        return ["the document is longer than 64 kB"]
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - our own app's answer
    except ElementTree.ParseError as error:
        return [f"it is not XML ({error})"]
    if root.tag != "Response":
        return [f"it begins with <{root.tag}> and not with <Response>"]
    found = [*_element(root), *_order(root)]
    if public:
        found += _insecure(root)
    return found


def _element(element: ElementTree.Element) -> Iterator[str]:
    rule = RULES.get(element.tag)
    if rule is None:
        yield f"<{element.tag}> is no verb that Twilio knows"
        return
    for name, value in element.attrib.items():
        check = rule.attributes.get(name)
        if check is None:
            yield f"<{element.tag}> has no attribute {name}"
        elif not check(value):
            yield f"<{element.tag} {name}={value[:80]!r}> is not allowed"
    yield from _words(element, rule)
    if element.tag == "Gather":
        yield from _gather(element)
    if element.tag == "Say":
        yield from _voice(element)
    for child in element:
        if child.tag in RULES and child.tag not in rule.children:
            yield f"<{child.tag}> cannot stand in <{element.tag}>"
        yield from _element(child)


def _words(element: ElementTree.Element, rule: Rule) -> Iterator[str]:
    inside = "".join(element.itertext()).strip()
    if element.tag == "Dial" and len(element):
        inside = (element.text or "").strip()
    if rule.words is None:
        if (element.text or "").strip():
            yield f"<{element.tag}> holds words"
    elif not rule.words(inside):
        yield f"<{element.tag}> holds {inside[:80]!r}"


def _gather(element: ElementTree.Element) -> Iterator[str]:
    attributes = element.attrib
    if "speech" not in attributes.get("input", "dtmf").split():
        for name in _SPEECH_ONLY:
            if name in attributes:
                yield f"<Gather> listens to keys only: {name} means nothing"
    if "speechModel" in attributes and attributes.get("speechTimeout") == "auto":
        yield "13335: speechTimeout auto cannot be used with a speechModel"
    if attributes.get("enhanced") == "true" and attributes.get("speechModel") != "phone_call":
        yield "enhanced is for speechModel phone_call only"


def _voice(element: ElementTree.Element) -> Iterator[str]:
    """Google's voices are of one language each; the basic ones understand no SSML."""
    voice, language = element.get("voice", ""), element.get("language", "")
    if voice.startswith("Google.") and language and not voice.startswith(f"Google.{language}-"):
        yield f"the voice {voice} does not speak {language}"
    if len(element) and not voice.startswith(("Google.", "Polly.")):
        yield f"the voice {voice or 'by default'} understands no SSML"


def _order(root: ElementTree.Element) -> Iterator[str]:
    """Nothing is reached behind a verb that goes elsewhere or ends."""
    for before, verb in zip(root, list(root)[1:], strict=False):
        if before.tag in _LAST:
            yield f"<{verb.tag}> is never reached behind <{before.tag}>"
        if verb.tag == "Reject":
            yield "<Reject> must come first"


def _insecure(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for value in (*element.attrib.values(), element.text or ""):
            if value.strip().startswith("http://"):
                yield f"<{element.tag}> names an address without https"
