"""How is a moment of a call written in TwiML?

Twilio's own queue keeps a caller who waits for a person, with a document of ours that it plays
over and over. Gather in that document listens to keys only: speech there is not documented, and
a caller who talks to somebody in the room while waiting is not talking to us.
"""

import re
from collections.abc import Callable, Iterable, Mapping
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

_LOCALES = {"ro": "ro-RO", "en": "en-US"}
# How many keys answer a question; anything else is a choice of one key.
_KEYS = {"customer_number": 8, "code": 6, "pin": 4}
# Words that recognition should be ready for at any time: it listens in one language, and they are
# how a caller gets to the other. Heard, not said.
_HINTS = "română, engleză, Romanian, English"

# What XML cannot hold, and what a voice would spell out.
_UNSPEAKABLE = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]|[\u2600-\u27bf\ufe0f\u200d*_#`•●▪►<>]"
)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Style:
    """How the line sounds. `voices`: a voice of Twilio's by language. Times in seconds:
    `listening` for an answer, `agent_listening` between two looks for an agent's words,
    `holding` between two looks while waiting. `music`: an address to play while waiting."""

    voices: Mapping[str, str] = field(
        default_factory=lambda: {"ro": "Google.ro-RO-Wavenet-A", "en": "Polly.Joanna-Neural"}
    )
    listening: int = 6
    agent_listening: int = 3
    holding: int = 5
    music: str | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """The addresses at which a call goes on from here."""

    answer: str  # with what the caller does
    more: str  # for the next words, without the caller; also after the queue
    retry: str  # the same, for words that were not ready yet
    wait: str  # in the queue


@dataclass(frozen=True, slots=True)
class Speech:
    """Writes documents in one style."""

    words: Words
    style: Style = field(default_factory=Style)

    def listen(self, spoken: Spoken, ways: Ways) -> str:
        """Say what there is and hear the caller out; silence is told to the bot too."""
        response = VoiceResponse()
        gather = self._gather(
            spoken, ways.answer, self.style.listening, action_on_empty_result=True
        )
        self._say_all(gather, spoken.messages)
        response.append(gather)
        return str(response)

    def listen_for_agent(self, spoken: Spoken, ways: Ways) -> str:
        """The same beside an agent: silence means nothing, soon there may be words to say."""
        response = VoiceResponse()
        gather = self._gather(spoken, ways.answer, self.style.agent_listening)
        self._say_all(gather, spoken.messages)
        response.append(gather)
        response.redirect(ways.more)
        return str(response)

    def say_and_ask_again(self, spoken: Spoken, ways: Ways, *, first: bool) -> str:
        """Words are still being made: say what there is, or that it takes a moment."""
        response = VoiceResponse()
        if spoken.messages:
            gather = self._gather(spoken, ways.answer, 1)
            self._say_all(gather, spoken.messages)
            response.append(gather)
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
            gather = self._keys(ways.answer, 1)
            self._say_all(gather, spoken.messages)
            response.append(gather)
        response.enqueue(QUEUE, wait_url=ways.wait, action=ways.more)
        return str(response)

    def hold(self, spoken: Spoken, *, answer: str, again: str) -> str:
        """One round of waiting; also where Twilio's queue has no place."""
        response = VoiceResponse()
        gather = self._keys(answer, self.style.holding)
        self._say_all(gather, spoken.messages)
        if self.style.music:
            gather.play(self.style.music)
        response.append(gather)
        response.redirect(again)
        return str(response)

    def leave_queue(self, spoken: Spoken) -> str:
        """The waiting is over; what is left to say is said first."""
        response = VoiceResponse()
        self._say_all(response, spoken.messages)
        response.leave()
        return str(response)

    def connect(self, spoken: Spoken, number: str, ways: Ways) -> str:
        """An agent's phone rings; afterwards the call goes on with us."""
        response = VoiceResponse()
        self._say_all(response, spoken.messages)
        self._say(response, self.words(CONNECTING, spoken.language), spoken.language)
        response.dial(number, action=ways.more, answer_on_bridge=True)
        return str(response)

    def farewell(self, messages: Iterable[Outbound]) -> str:
        """Last words, and the line is closed."""
        response = VoiceResponse()
        self._say_all(response, messages)
        response.hangup()
        return str(response)

    def trouble(self, language: str) -> str:
        """Nothing works: a sentence in the caller's language instead of Twilio's own."""
        response = VoiceResponse()
        self._say(response, self.words(TROUBLE, language), language)
        response.hangup()
        return str(response)

    def _gather(
        self, spoken: Spoken, action: str, timeout: int, *, action_on_empty_result: bool = False
    ) -> Gather:
        return Gather(
            input="speech dtmf",
            action=action,
            timeout=timeout,
            speech_timeout="auto",
            num_digits=_KEYS.get(spoken.expects or "", 1),
            finish_on_key="#",
            language=_LOCALES[spoken.language],
            hints=_HINTS,
            action_on_empty_result=True if action_on_empty_result else None,
        )

    def _keys(self, action: str, timeout: int) -> Gather:
        return Gather(input="dtmf", action=action, timeout=timeout, num_digits=1)

    def _say_all(self, verb: VoiceResponse | Gather, messages: Iterable[Outbound]) -> None:
        for message in messages:
            self._say(verb, message.text, message.language)

    def _say(self, verb: VoiceResponse | Gather, text: str, language: str) -> None:
        for piece in split(speakable(text), SAY_LIMIT):
            verb.say(piece, voice=self.style.voices.get(language), language=_LOCALES[language])


def speakable(text: str) -> str:
    """Words without markup, emoji and what XML cannot hold: an agent types as in a chat."""
    return _BLANKS.sub(" ", _UNSPEAKABLE.sub(" ", text)).strip()


NOTHING = str(VoiceResponse())
