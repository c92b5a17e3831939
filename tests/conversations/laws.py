"""What must hold after a step: what the file says of it, and the laws that need no saying.

Everything is answered, in the customer's language; nothing of an account is said before the
proof; nothing changes and nobody takes over unless the step says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.nlu.language import detect
from tests.conversations import books, hearing
from tests.conversations.books import Snapshot
from tests.conversations.facts import Facts
from tests.conversations.format import Conversation, Language, Said, Step
from tests.conversations.inside import Inside, State
from tests.journeys.people import Product

# As `person`: the bot has the conversation again, for good or while the place in line is kept.
NOBODY, MEANWHILE = "none", "meanwhile"


@dataclass
class Laws:
    """What is so far true of one conversation, and must stay so or change as a step says."""

    product: Product
    inside: Inside
    facts: Facts
    script: Conversation
    language: Language  # in which the customer is answered
    _reason: str | None = None  # why a person is awaited
    _meanwhile: bool = False  # the assistant goes on while the place in line is kept
    _books: Snapshot = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._watched = self.script.account or self.script.who
        self._account = self.facts.account(self._watched)
        public = {self.facts.value(amount) for amount in self.script.public}
        self._secrets = self.facts.secret_amounts(self._watched) - public

    def begin(self) -> None:
        """From here on the account may change by steps only."""
        self._books = books.snapshot(self.product, self._account)

    def hold(self, step: Step, heard: str, state: State | None) -> None:
        """Raises AssertionError with the first thing that is not so."""
        self._answered(step, heard)
        self._spoken_to(step, heard)
        self._said(step, heard)
        if state is not None:
            self._understood(step, state)
            self._owned(step, state)
        self._booked(step)

    def keeps_secrets(self, heard: str, state: State | None) -> None:
        """Amounts of the account are for who has proved whose it is."""
        number = self.facts.of_person(self._watched, "customer_number")
        if state is not None and state.proved is not None and state.proved == number:
            return
        for amount in self._secrets:
            for language in ("ro", "en"):
                told = hearing.names_amount(heard, amount, language, self.script.on)
                assert not told, f"{amount} was said before the proof"

    def _answered(self, step: Step, heard: str) -> None:
        if step.later is None:  # time may bring a notice, or nothing
            due = step.answered and step.does != "hangs up"
            assert bool(heard.strip()) == due, "no answer" if due else "it answered"
        shows = hearing.raw(heard)
        assert shows is None, f"it shows its machinery: {shows!r}"

    def _spoken_to(self, step: Step, heard: str) -> None:
        self.language = step.answers_in or self.language
        if step.waits_for != "language":  # which is asked in both
            written = detect(heard)
            assert written in (None, self.language), f"it answered in {written}"

    def _said(self, step: Step, heard: str) -> None:
        for thing in step.hears:
            assert self._says(heard, thing), f"it did not say {thing}"
        for thing in step.hears_not:
            assert not self._says(heard, thing), f"it said {thing}"

    def _says(self, heard: str, thing: Said) -> bool:
        return hearing.says(
            heard, thing, self.facts, language=self.language, channel=self.script.on
        )

    def _understood(self, step: Step, state: State) -> None:
        message = self.inside.last_message(state.id)
        assert message.failure is None, f"the turn failed: {message.failure}"
        if step.understood is not None:
            assert message.intent == step.understood, f"understood as {message.intent}"
        if step.waits_for is not None:
            waits_for = state.expects or "nothing"
            assert waits_for == step.waits_for, f"it waits for {waits_for}"

    def _owned(self, step: Step, state: State) -> None:
        """The bot answers until a step brings in a person; then why is known at the desk."""
        if step.person is not None:
            self._meanwhile = step.person == MEANWHILE
            if not self._meanwhile:
                self._reason = None if step.person == NOBODY else step.person
        owner = "bot" if self._reason is None or self._meanwhile else "queue"
        found = self.inside.reason(state.id)
        assert (state.owner, found) == (owner, self._reason), (
            f"{state.owner} has the conversation, because of {found}"
        )

    def _booked(self, step: Step) -> None:
        before, self._books = self._books, books.snapshot(self.product, self._account)
        if step.changes is not None:
            books.changed_so(step.changes, before, self._books, self.facts)
        elif step.later is None:  # time itself may bring an invoice or a fee
            books.nothing_changed(before, self._books)
