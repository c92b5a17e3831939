"""What may stand in a file of conversations?

README.md beside this file says what each word means. A file with anything else in it is refused,
with its name, the conversation and what is wrong.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Language = Literal["ro", "en"]
Channel = Literal["telegram", "sms", "phone"]
# What is the same in every language, or one of each.
Words = str | dict[Language, str]
# A figure by its name, an amount, a percentage, a day; any other text is a pattern for words.
Said = date | Words
Deed = Literal[
    "starts",
    "proves",
    "shares own contact",
    "shares strange contact",
    "calls",
    "hangs up",
    "keeps silent",
    "sends photo",
    "sends voice note",
    "sends sticker",
    "sends again",
]
# What of an account's books may change, as the billing API names it.
Books = Literal["arrangements", "disputes", "credit_notes", "grants", "scheduled", "refunds"]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


SaidThings = Annotated[list[Said], BeforeValidator(_listed)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Changes(_Strict):
    """What a step does to the account: all of it, nothing else may change."""

    arrangements: int | list[dict[str, Any]] = 0
    disputes: int | list[dict[str, Any]] = 0
    credit_notes: int | list[dict[str, Any]] = 0
    grants: int | list[dict[str, Any]] = 0
    scheduled: int | list[dict[str, Any]] = 0
    refunds: int | list[dict[str, Any]] = 0
    gone: list[Books] = []  # of which one is there no longer
    plan: str | None = None
    add_ons: list[str] | None = None
    cancelled_on: Literal["{period_end}", "never"] | date | None = None
    due: str | None = None  # what is owed afterwards; free when left out


class Step(_Strict):
    """One thing that the customer does, and what must follow."""

    says: Words | None = None
    presses: Words | None = None
    keys: Words | None = None
    does: Deed | None = None
    later: timedelta | None = None

    hears: SaidThings = []
    hears_not: SaidThings = []
    understood: str | None = None
    waits_for: str | None = None
    answers_in: Language | None = None
    answered: bool = True
    changes: Changes | None = None
    person: str | None = None

    @model_validator(mode="after")
    def one_deed(self) -> Self:
        deeds = [self.says, self.presses, self.keys, self.does, self.later]
        if sum(deed is not None for deed in deeds) != 1:
            raise ValueError("a step is exactly one of says, presses, keys, does, later")
        return self


class Conversation(_Strict):
    """One conversation, in one language or in both."""

    conversation: str = Field(min_length=8)
    who: str
    on: Channel
    languages: list[Language] = Field(default=["ro"], min_length=1)
    begins: Literal["opened", "unopened", "proved"] = "opened"
    # Whose account is watched; the customer's own, unless somebody pries into another's.
    account: str | None = None
    # It leaves something that no book shows: an offer of a discount, which counts when dropped too.
    counts: bool = False
    public: list[str] = []  # amounts of the account that are public anyway: a plan's price
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def fits_the_channel(self) -> Self:
        for step in self.steps:
            if step.presses is not None and self.on != "telegram":
                raise ValueError("presses is for Telegram: by SMS a number is said, by phone keyed")
            if step.keys is not None and self.on != "phone":
                raise ValueError("keys is for the phone")
            if step.does is not None and self.on not in _DEVICES_OF[step.does]:
                raise ValueError(f"nobody {step.does} on {self.on}")
            _in_every_language(step, self.languages)
        return self

    @property
    def people(self) -> set[str]:
        return {self.who, self.account or self.who}

    @property
    def leaves_traces(self) -> bool:
        """Whether an account is another one afterwards, or somebody may be locked out of it."""
        return self.counts or self.account is not None or any(step.changes for step in self.steps)

    @property
    def moves_the_clock(self) -> bool:
        return any(step.later is not None for step in self.steps)


class Wrong(Exception):
    """The file cannot be read as conversations; the text says where and why."""


def read(file: Path) -> list[Conversation]:
    """Every conversation of a file, or Wrong."""
    try:
        # YAML 1.2: yes, no and on are words there, as people mean them.
        found = YAML(typ="safe", pure=True).load(file)
    except YAMLError as error:
        raise Wrong(f"{file.name}: {error}") from None
    if not isinstance(found, list):
        raise Wrong(f"{file.name}: it must be a list of conversations")
    conversations = [_conversation(file, number, each) for number, each in enumerate(found, 1)]
    names = [each.conversation for each in conversations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Wrong(f"{file.name}: two conversations are called {twice.pop()!r}")
    return conversations


def _conversation(file: Path, number: int, found: Any) -> Conversation:
    try:
        return Conversation.model_validate(found)
    except ValidationError as error:
        name = found.get("conversation") if isinstance(found, dict) else None
        place = f"{file.name}, conversation {number}{f' ({name})' if name else ''}"
        wrong = "; ".join(_sentence(each["loc"], each["msg"]) for each in error.errors())
        raise Wrong(f"{place}: {wrong}") from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{where}: {message}" if where else message


def _in_every_language(step: Step, languages: list[Language]) -> None:
    for words in (step.says, step.presses, step.keys, *step.hears, *step.hears_not):
        if isinstance(words, dict) and not set(languages) <= set(words):
            raise ValueError(f"{words} lacks a language of the conversation")


_DEVICES_OF: dict[str, set[str]] = {
    "starts": {"telegram"},
    "proves": {"telegram", "sms", "phone"},
    "shares own contact": {"telegram"},
    "shares strange contact": {"telegram"},
    "calls": {"phone"},
    "hangs up": {"phone"},
    "keeps silent": {"phone"},
    "sends photo": {"telegram", "sms"},
    "sends voice note": {"telegram"},
    "sends sticker": {"telegram"},
    "sends again": {"telegram", "sms"},
}
