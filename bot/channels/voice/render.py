"""How is a moment of a call written in TwiML?

Twilio's own queue keeps a caller who waits for a person, with a document of ours that it plays
over and over. Gather in that document listens to keys only: speech there is not documented, and
a caller who talks to somebody in the room while waiting is not talking to us.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.channels.message import Outbound, Spoken
from bot.channels.splitting import split

ONE_MOMENT = "utter_voice_one_moment"  # an answer takes longer than usual
CONNECTING = "utter_voice_connecting"  # before a person's phone rings
TROUBLE = "utter_voice_trouble"  # nothing works: call again later, then the line is closed

QUEUE = "limpede"
SAY_LIMIT = 4096  # characters in one Say

Words = Callable[[str, str], str]
# What the bot waits for, the language, and the titles of choices, to what Gather takes as hints.
Hints = Callable[[str | None, str, Iterable[str]], str]


def no_hints(expects: str | None, language: str, titles: Iterable[str]) -> str:
    """No word is likelier than another."""
    return ""


# How many keys answer a question; anything else is a choice of one key.
_KEYS = {"customer_number": 8, "code": 6, "pin": 4}
# Nobody should say these aloud, and what is said anyway is not listened to.
_KEYS_ONLY = frozenset({"code", "pin"})
# Voices that understand SSML, by the beginning of their name at Twilio.
_FLEXIBLE = ("Polly.", "Google.")
# Only this model has an enhanced form, in these languages.
PHONE_CALL = "phone_call"
_ENHANCED = frozenset({"en-US", "en-GB", "en-AU"})

# What XML cannot hold, and what a voice would spell out.
_UNSPEAKABLE = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]|[\u2600-\u27bf\ufe0f\u200d*_#`•●▪►<>]"
)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the line, by Twilio's names: what is listened for, the voice that speaks it,
    and the model that recognises it. Without a model Twilio chooses one."""

    locale: str
    voice: str
    model: str | None = None

    @property
    def enhanced(self) -> bool:
        return self.model == PHONE_CALL and self.locale in _ENHANCED


ROMANIAN = Tongue("ro-RO", "Google.ro-RO-Wavenet-A")
ENGLISH = Tongue("en-US", "Polly.Joanna-Neural", PHONE_CALL)


@dataclass(frozen=True, slots=True)
class Style:
    """How the line sounds. Times in seconds: `listening` for an answer, `pause` after which a
    sentence is over (where a model is named), `agent_listening` between two looks for an agent's
    words, `holding` between two looks while waiting, `ringing` of an agent's phone. `music`: an
    address to play while waiting. `number`: ours, shown on phones that are called."""

    tongues: Mapping[str, Tongue] = field(default_factory=lambda: {"ro": ROMANIAN, "en": ENGLISH})
    listening: int = 6
    pause: int = 2
    agent_listening: int = 3
    holding: int = 5
    ringing: int = 20
    slow_rate: str = "75%"
    music: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """The addresses at which a call goes on from here."""

    answer: str  # with what the caller does
    more: str  # for the next words, without the caller; also after the queue
    retry: str  # the same, for words that were not ready yet
    wait: str  # in the queue


@dataclass(frozen=True, slots=True)
class Dialling:
    """The addresses that Twilio asks about an agent's phone."""

    over: str  # when it was put down, or not taken
    whisper: str  # what the agent hears first
    status: str  # how far it is


@dataclass(frozen=True, slots=True)
class Speech:
    """Writes documents in one style."""

    words: Words
    style: Style = field(default_factory=Style)
    hints: Hints = no_hints

    def listen(self, spoken: Spoken, ways: Ways) -> str:
        """Say what there is and hear the caller out; silence is told to the bot too."""
        response = VoiceResponse()
        gather = self._gather(
            spoken, ways.answer, self.style.listening, action_on_empty_result=True
        )
        self._say_and_listen(response, gather, spoken)
        return str(response)

    def listen_for_agent(self, spoken: Spoken, ways: Ways) -> str:
        """The same beside an agent: silence means nothing, soon there may be words to say."""
        response = VoiceResponse()
        gather = self._gather(spoken, ways.answer, self.style.agent_listening)
        self._say_and_listen(response, gather, spoken)
        response.redirect(ways.more)
        return str(response)

    def say_and_ask_again(self, spoken: Spoken, ways: Ways, *, first: bool) -> str:
        """Words are still being made: say what there is, or that it takes a moment."""
        response = VoiceResponse()
        if spoken.messages:
            self._say_and_listen(response, self._gather(spoken, ways.answer, 1), spoken)
        elif first:
            self._say(response, self.words(ONE_MOMENT, spoken.language), spoken.language)
        else:
            response.pause(length=1)
        response.redirect(ways.retry)
        return str(response)

    def enqueue(self, spoken: Spoken, ways: Ways) -> str:
        """A person is coming: say so and wait in Twilio's queue. A key pressed while it is said
        counts like one pressed while waiting."""
        response = VoiceResponse()
        if spoken.messages:
            self._say_and_listen(response, self._keys(ways.answer, 1), spoken)
        response.enqueue(QUEUE, wait_url=ways.wait, action=ways.more)
        return str(response)

    def hold(self, spoken: Spoken, *, answer: str, again: str) -> str:
        """One round of waiting; also where Twilio's queue has no place."""
        response = VoiceResponse()
        gather = self._keys(answer, self.style.holding)
        self._say_all(gather, spoken.messages, slow=spoken.slow)
        if self.style.music:
            gather.play(self.style.music)
        response.append(gather)
        response.redirect(again)
        return str(response)

    def leave_queue(self, spoken: Spoken) -> str:
        """The waiting is over; what is left to say is said first."""
        response = VoiceResponse()
        self._say_all(response, spoken.messages, slow=spoken.slow)
        response.leave()
        return str(response)

    def connect(self, spoken: Spoken, number: str, dialling: Dialling) -> str:
        """An agent's phone rings and the agent is asked first; afterwards the call goes on with us.
        The caller hears it ring until somebody takes it."""
        response = VoiceResponse()
        self._say_all(response, spoken.messages, slow=spoken.slow)
        self._say(response, self.words(CONNECTING, spoken.language), spoken.language)
        dial = response.dial(
            action=dialling.over,
            answer_on_bridge=True,
            timeout=self.style.ringing,
            caller_id=self.style.number,
        )
        dial.number(
            number,
            url=dialling.whisper,
            status_callback=dialling.status,
            status_callback_event="initiated ringing answered completed",
        )
        return str(response)

    def farewell(self, messages: Iterable[Outbound]) -> str:
        """Last words, and the line is closed."""
        response = VoiceResponse()
        self._say_all(response, messages)
        response.hangup()
        return str(response)

    def trouble(self, language: str) -> str:
        """Nothing works: a sentence in the caller's language instead of Twilio's own."""
        return self.last_words(TROUBLE, language)

    def last_words(self, name: str, language: str) -> str:
        """A phrase of the line's own, and the line is closed."""
        response = VoiceResponse()
        self._say(response, self.words(name, language), language)
        response.hangup()
        return str(response)

    def ask_for_key(self, text: str, language: str, answer: str) -> str:
        """Words to somebody whom we called, and one key; no key is told too."""
        response = VoiceResponse()
        gather = self._keys(answer, self.style.listening, action_on_empty_result=True)
        self._say(gather, text, language)
        response.append(gather)
        return str(response)

    def go_on(self, address: str) -> str:
        """Straight on to another document."""
        response = VoiceResponse()
        response.redirect(address)
        return str(response)

    def hang_up(self) -> str:
        """Not a word: nobody should be on this line any more."""
        response = VoiceResponse()
        response.hangup()
        return str(response)

    def _gather(
        self, spoken: Spoken, action: str, timeout: int, *, action_on_empty_result: bool = False
    ) -> Gather:
        empty = True if action_on_empty_result else None
        digits = _KEYS.get(spoken.expects or "", 1)
        if spoken.expects in _KEYS_ONLY:
            return self._keys(action, timeout, digits, action_on_empty_result=empty)
        tongue = self.style.tongues[spoken.language]
        titles = [button.title for message in spoken.messages for button in message.buttons]
        return Gather(
            input="speech dtmf",
            action=action,
            timeout=timeout,
            # Twilio does not take "auto" beside a model (warning 13335).
            speech_timeout="auto" if tongue.model is None else str(self.style.pause),
            speech_model=tongue.model,
            enhanced=True if tongue.enhanced else None,
            num_digits=digits,
            finish_on_key="#",
            language=tongue.locale,
            hints=self.hints(spoken.expects, spoken.language, titles) or None,
            action_on_empty_result=empty,
        )

    def _keys(
        self,
        action: str,
        timeout: int,
        digits: int = 1,
        *,
        action_on_empty_result: bool | None = None,
    ) -> Gather:
        return Gather(
            input="dtmf",
            action=action,
            timeout=timeout,
            num_digits=digits,
            finish_on_key="#",
            action_on_empty_result=action_on_empty_result,
        )

    def _say_and_listen(self, response: VoiceResponse, gather: Gather, spoken: Spoken) -> None:
        """Words inside Gather can be talked over; those that must be heard stand before it."""
        first = _until_last_must(spoken.messages)
        self._say_all(response, spoken.messages[:first], slow=spoken.slow)
        self._say_all(gather, spoken.messages[first:], slow=spoken.slow)
        response.append(gather)

    def _say_all(
        self,
        verb: VoiceResponse | Gather,
        messages: Iterable[Outbound],
        *,
        slow: bool = False,
    ) -> None:
        for message in messages:
            self._say(verb, message.text, message.language, slow=slow)

    def _say(
        self, verb: VoiceResponse | Gather, text: str, language: str, *, slow: bool = False
    ) -> None:
        tongue = self.style.tongues[language]
        for piece in split(speakable(text), SAY_LIMIT):
            if slow and tongue.voice.startswith(_FLEXIBLE):
                say = verb.say(voice=tongue.voice, language=tongue.locale)
                say.prosody(piece, rate=self.style.slow_rate)
            else:
                verb.say(piece, voice=tongue.voice, language=tongue.locale)


def _until_last_must(messages: Sequence[Outbound]) -> int:
    """How many messages there are up to the last one that must be heard, it included."""
    musts = [number for number, message in enumerate(messages, 1) if message.must_hear]
    return max(musts, default=0)


def speakable(text: str) -> str:
    """Words without markup, emoji and what XML cannot hold: an agent types as in a chat."""
    return _BLANKS.sub(" ", _UNSPEAKABLE.sub(" ", text)).strip()


NOTHING = str(VoiceResponse())
