"""What of a call is written on its phone's screen?"""

from __future__ import annotations

from bot.channels.simulator import twiml
from bot.channels.simulator.screen import Screen


class CallTranscript:
    """What the caller said, what the caller heard, and what happened to the line."""

    def __init__(self, screen: Screen, sid: str) -> None:
        self._screen = screen
        self._sid = sid
        self._heard: set[str] = set()
        self._heard_before: set[str] = set()
        self._news = False

    def caller_says(self, text: str, **more: object) -> None:
        """`more`: the keys that were pressed, or that it was silence."""
        self._screen.show(**{"from": "caller"}, text=text, **more, call=self._sid)

    def note(self, event: str, detail: str) -> None:
        """Something happens to the line, without words."""
        self._screen.show(**{"from": "line"}, text="", event=event, detail=detail, call=self._sid)

    def caller_hears(self, heard: tuple[twiml.Say | twiml.Play, ...], *, in_queue: bool) -> None:
        """Write down what is said; words that a queue repeats round after round only once."""
        for one in heard:
            words = one.text if isinstance(one, twiml.Say) else one.url
            if in_queue and self._is_repeated(words):
                continue
            if isinstance(one, twiml.Say):
                what = {"text": one.text, "language": one.language}
            else:
                what = {"text": "", "event": "played", "url": one.url}
            self._screen.show(**{"from": "bot"}, **what, call=self._sid)
            self._news = True

    def _is_repeated(self, words: str) -> bool:
        known = words in self._heard or words in self._heard_before
        self._heard.add(words)
        return known

    def turn_page(self) -> None:
        """The next document comes: what the last one said may be a repetition there."""
        self._heard, self._heard_before = set(), self._heard

    def forget_rounds(self) -> None:
        """The caller waits no more: nothing counts as a repetition."""
        self._heard, self._heard_before = set(), set()

    def take_news(self) -> bool:
        """Whether something was heard since this was asked last."""
        news, self._news = self._news, False
        return news
