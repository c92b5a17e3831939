"""How is a conversation held with the running product, step by step?"""

from __future__ import annotations

from tests.conversations.facts import Facts
from tests.conversations.format import Step, Words
from tests.conversations.inside import Inside
from tests.conversations.laws import Laws
from tests.conversations.line import Line, PhoneLine, SmsLine, TelegramLine
from tests.conversations.world import Case
from tests.journeys.people import Devices, Product

_HOW_MUCH = {"ro": "cât am de plată?", "en": "how much do I owe?"}

Cast = dict[str, dict[str, str]]


class Talk:
    """One conversation in one language."""

    def __init__(self, product: Product, inside: Inside, cast: Cast, case: Case) -> None:
        self._product = product
        self._script = case.script
        self._language = case.language
        self._facts = Facts(product, cast, self._script.who)
        self._laws = Laws(product, inside, self._facts, self._script, self._language)
        self._line = _line(Devices(product, cast), inside, self._facts, case)
        self._told: list[str] = []

    def hold(self) -> None:
        """Play every step; the first thing that is not so is raised, with all that was said."""
        step: Step | None = None
        try:
            self._begin()
            self._laws.begin()
            for step in self._script.steps:
                self._laws.hold(step, self._act(step), self._line.state())
        except AssertionError as error:
            at = step.model_dump_json(exclude_unset=True) if step else "the beginning"
            told = "\n".join(self._told)
            raise AssertionError(f"{error}\n\nat {at}\n\n{told}") from None
        finally:
            self._line.ends()

    def _begin(self) -> None:
        """As the file's `begins` says; no amount is said on the way to the proof."""
        begins, line = self._script.begins, self._line
        if begins != "unopened":
            self._note("(opens)", line.opens(self._language))
        elif self._script.on == "phone":
            self._note("(calls)", line.does("calls"))
        if begins == "proved":
            if self._script.on != "telegram":
                self._note(_HOW_MUCH[self._language], line.says(_HOW_MUCH[self._language]))
            self._prove()
            state = line.state()
            assert state is not None
            number = self._facts.of_person(self._script.who, "customer_number")
            assert state.proved == number, "the proof was not taken"

    def _act(self, step: Step) -> str:
        line = self._line
        if step.says is not None:
            words = self._worded(step.says)
            return self._note(words, line.says(words))
        if step.presses is not None:
            title = self._worded(step.presses)
            return self._note(f"[{title}]", line.presses(title))
        if step.keys is not None:
            keys = self._worded(step.keys)
            return self._note(f"#{keys}", line.keys(keys))
        if step.later is not None:
            self._product.advance(f"PT{int(step.later.total_seconds())}S")
            return self._note(f"({step.later} later)", line.listens())
        assert step.does is not None
        if step.does == "proves":
            return self._prove()
        return self._note(f"({step.does})", line.does(step.does))

    def _prove(self) -> str:
        before = self._note("(says who it is)", self._line.identifies())
        return f"{before}\n{self._note('(proves)', self._line.proves())}"

    def _worded(self, words: Words) -> str:
        chosen = words[self._language] if isinstance(words, dict) else words
        return self._facts.fill(chosen)

    def _note(self, did: str, heard: str) -> str:
        """Keep both for the report of a failure; whatever it was, it gave no secret away."""
        self._told += [f"> {did[:200]}", heard]
        self._laws.keeps_secrets(heard, self._line.state())
        return heard


def _line(devices: Devices, inside: Inside, facts: Facts, case: Case) -> Line:
    """The customer's way to us. On the phone somebody who pries keys another's number."""
    script = case.script
    match script.on:
        case "telegram":
            stranger = facts.of_person(script.account or _SOMEBODY_ELSE, "phone")
            return TelegramLine(script.who, devices, inside, stranger)
        case "sms":
            return SmsLine(script.who, devices, inside)
    watched = script.account or script.who
    number = facts.of_person(watched, "customer_number")
    return PhoneLine(script.who, devices, inside, number, facts.of_person(watched, "pin"))


_SOMEBODY_ELSE = "customer10"
