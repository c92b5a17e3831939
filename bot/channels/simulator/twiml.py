"""What does this TwiML make the phone do next?

Pure: a document is parsed into verbs, and `perform` runs them up to the point where something
outside is needed (the caller's words, a request, time, another party). The verbs and their
defaults are Twilio's (https://www.twilio.com/docs/voice/twiml), those that this product uses;
any other is refused by name rather than skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

DEFAULT_LANGUAGE = "en-US"


class BadTwiml(Exception):
    """Twilio would end the call with an application error; the message says why."""


# --- verbs ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Play:
    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Gather:
    """`num_digits` 0 means any number; `timeout` in seconds of silence."""

    prompt: tuple[Say | Play | Pause, ...] = ()
    action: str = ""
    method: str = "POST"
    speech: bool = False
    keys: bool = True
    num_digits: int = 0
    finish_on_key: str = "#"
    timeout: float = 5.0
    on_empty: bool = False
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Enqueue:
    name: str
    wait_url: str = ""
    wait_method: str = "POST"
    action: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Dial:
    """With `whisper`, who answers hears that document before the two are connected."""

    number: str
    action: str = ""
    method: str = "POST"
    whisper: str = ""
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Leave:
    pass


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    reason: str = "rejected"


Verb = Say | Play | Pause | Gather | Redirect | Enqueue | Dial | Leave | Hangup | Reject


# --- running --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finished:
    """The document has no more verbs: a call ends, a waiting caller hears it again."""


Stop = Pause | Gather | Redirect | Enqueue | Dial | Leave | Hangup | Reject | Finished


@dataclass(frozen=True, slots=True)
class Step:
    """What was heard on the way, the verb that stopped the run, and the verbs after it."""

    heard: tuple[Say | Play, ...]
    then: Stop
    rest: tuple[Verb, ...] = ()


def perform(verbs: tuple[Verb, ...]) -> Step:
    """Run until something outside is needed. A Gather's prompt is heard before it listens."""
    heard: list[Say | Play] = []
    for index, verb in enumerate(verbs):
        if isinstance(verb, Say | Play):
            heard.append(verb)
            continue
        if isinstance(verb, Gather):
            heard.extend(one for one in verb.prompt if not isinstance(one, Pause))
        return Step(tuple(heard), verb, verbs[index + 1 :])
    return Step(tuple(heard), Finished())


@dataclass(frozen=True, slots=True)
class Pressed:
    """`digits` go to the app; `used` is how many keys the Gather took, the rest came too late."""

    digits: str
    used: int
    finished_on: str = ""


def press(gather: Gather, keys: str) -> Pressed:
    """Press keys one after the other into a Gather, until it has enough or its final key comes.
    Keys that do not complete it are sent as they are, when the time-out passes."""
    digits = ""
    for index, key in enumerate(keys):
        # Twilio: the final key does nothing before the first digit, it is then one itself.
        if digits and key in gather.finish_on_key:
            return Pressed(digits, index + 1, key)
        digits += key
        if gather.num_digits and len(digits) == gather.num_digits:
            return Pressed(digits, index + 1)
    return Pressed(digits, len(keys))


def silence(gather: Gather) -> dict[str, str]:
    """What Twilio posts when nothing was said and no key was pressed."""
    spoken = {"SpeechResult": ""} if gather.speech else {}
    return spoken | ({"Digits": ""} if gather.keys else {})


# --- parsing --------------------------------------------------------------------------------


def parse(document: str) -> tuple[Verb, ...]:
    """Raises BadTwiml for what Twilio would not take."""
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - our own app's answer
    except ElementTree.ParseError as error:
        raise BadTwiml(f"12100: the answer is not XML ({error})") from None
    if root.tag != "Response":
        raise BadTwiml(f"12100: the answer begins with <{root.tag}> and not with <Response>")
    return tuple(_verb(element) for element in root)


def _verb(element: ElementTree.Element) -> Verb:
    attributes = element.attrib
    words = " ".join("".join(element.itertext()).split())
    method = attributes.get("method", "POST").upper()
    action = attributes.get("action", "")
    match element.tag:
        case "Say":
            return Say(words, attributes.get("language", DEFAULT_LANGUAGE))
        case "Play":
            return Play(words)
        case "Pause":
            return Pause(_number(attributes, "length", 1.0))
        case "Gather":
            return _gather(element)
        case "Redirect":
            return Redirect(words, method)
        case "Enqueue":
            wait = attributes.get("waitUrlMethod", "POST").upper()
            return Enqueue(words, attributes.get("waitUrl", ""), wait, action, method)
        case "Dial":
            return _dial(element, words, action, method)
        case "Leave":
            return Leave()
        case "Hangup":
            return Hangup()
        case "Reject":
            return Reject(attributes.get("reason", "rejected"))
    raise BadTwiml(f"12200: the simulated phone does not know <{element.tag}>")


def _dial(element: ElementTree.Element, words: str, action: str, method: str) -> Dial:
    numbers = list(element)
    if not numbers:
        return Dial(words, action, method)
    if len(numbers) > 1 or numbers[0].tag != "Number":
        raise BadTwiml("12200: the simulated phone dials one <Number> at a time")
    number = "".join((numbers[0].text or "").split())
    timeout = _number(element.attrib, "timeout", 30.0)
    return Dial(number, action, method, numbers[0].get("url", ""), timeout)


def _gather(element: ElementTree.Element) -> Gather:
    attributes = element.attrib
    inputs = attributes.get("input", "dtmf").split()
    prompt = tuple(_verb(child) for child in element)
    spoken = tuple(one for one in prompt if isinstance(one, Say | Play | Pause))
    if len(spoken) != len(prompt):
        raise BadTwiml("12200: a <Gather> holds only <Say>, <Play> and <Pause>")
    return Gather(
        prompt=spoken,
        action=attributes.get("action", ""),
        method=attributes.get("method", "POST").upper(),
        speech="speech" in inputs,
        keys="dtmf" in inputs,
        num_digits=int(_number(attributes, "numDigits", 0)),
        finish_on_key=attributes.get("finishOnKey", "#"),
        timeout=_number(attributes, "timeout", 5.0),
        on_empty=attributes.get("actionOnEmptyResult", "false").lower() == "true",
        language=attributes.get("language", DEFAULT_LANGUAGE),
    )


def _number(attributes: Mapping[str, str], name: str, default: float) -> float:
    value = attributes.get(name, "")
    if not value or value == "auto":
        return default
    try:
        return max(0.0, float(value))
    except ValueError:
        raise BadTwiml(f"12200: {name}={value!r} is not a number") from None
