"""After a storm: was every message answered once, in order, to the right person, and is the money
right?

What the product wrote down is compared with what the devices show: neither is believed alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.channels.message import Button, Channel, Outbound
from bot.channels.sms import render as sms
from bot.channels.voice.render import speakable
from bot.nlu.choosing import LANGUAGES
from bot.texts import Texts
from limpede.settings import ROOT
from tests.faults.people import Person, Sent
from tests.faults.stack import Stack

# The changes of money that a customer can agree to, by table.
EFFECTS = ("arrangement", "discount_grant", "dispute")
_WITH_A_PERSON = ("to_desk", "menu", "handed_over")
_TEXTS = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
_YES_OR_NO = tuple(
    _TEXTS.say("utter_voice_say_yes_or_no", language, "voice").text for language in LANGUAGES
)
_NUMBER = re.compile(r"\b[A-Z]{1,4}-\d{4}-\d{3,}\b")

Effects = Mapping[tuple[str, str], int]


@dataclass
class Reckoning:
    """The table at the end. `wrong` has a line for everything that must not be."""

    happened: Counter[str]
    settled: float
    messages: int = 0
    answered: int = 0
    with_a_person: int = 0
    apologised: int = 0
    doubled: int = 0
    lost: int = 0
    out_of_order: int = 0
    overheard: int = 0
    repeated: int = 0
    agreed: int = 0
    done: int = 0
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        happened = [(what, str(times)) for what, times in sorted(self.happened.items())]
        return [
            ("messages", str(self.messages)),
            ("answered once, by the bot", str(self.answered)),
            ("answered once, by a person's desk", str(self.with_a_person)),
            ("answered once, with an apology and a person", str(self.apologised)),
            ("doubled", str(self.doubled)),
            ("lost", str(self.lost)),
            ("out of order", str(self.out_of_order)),
            ("another's facts told", str(self.overheard)),
            *happened,
            ("repeated deliveries", str(self.repeated)),
            ("changes of money agreed to", str(self.agreed)),
            ("changes of money found", str(self.done)),
            ("deliveries of which nobody knows", str(self.unknown)),
            ("seconds until all had settled", f"{self.settled:.1f}"),
        ]


@dataclass(frozen=True)
class Row:
    """An outgoing message as the product wrote it down."""

    text: str
    status: str
    in_reply_to: UUID | None
    document: bool

    @property
    def surely_shown(self) -> bool:
        return self.status in ("sent", "delivered")


def effects(stack: Stack, people: Sequence[Person]) -> Effects:
    """How many changes of each kind are on each account."""
    found: dict[tuple[str, str], int] = {}
    with stack.database() as database:
        for table in EFFECTS:
            rows = database.execute(
                f"SELECT account_id::text, count(*) FROM {table} GROUP BY account_id"
            )
            found |= {(account, table): count for account, count in rows}
    ours = {person.account for person in people}
    return {key: count for key, count in found.items() if key[0] in ours}


def reckon(
    stack: Stack,
    people: Sequence[Person],
    before: Effects,
    happened: Counter[str],
    settled: float,
) -> Reckoning:
    result = Reckoning(happened, settled)
    with stack.database() as database:
        owners = dict(
            database.execute(
                "SELECT number, account_id::text FROM invoice"
                " UNION SELECT number, account_id::text FROM credit_note"
                " UNION SELECT number, account_id::text FROM dispute"
            ).fetchall()
        )
        for person in people:
            _messages(result, database, person)
            _device(result, person, _rows(database, person))
            _discretion(result, person, owners)
        _books(result, database)
    _money(result, people, before, effects(stack, people))
    return result


def _messages(result: Reckoning, database: Any, person: Person) -> None:
    """Every message that was taken is there once, in order, and had its turn."""
    rows = database.execute(
        "SELECT m.provider_message_id, m.position, m.handled_at IS NOT NULL, m.outcome,"
        " (SELECT count(*) FROM outbound_message AS o WHERE o.in_reply_to = m.id"
        "  AND NOT o.options ? 'document'),"
        " (SELECT min(o.position) FROM outbound_message AS o WHERE o.in_reply_to = m.id)"
        " FROM inbound_message AS m JOIN conversation AS c ON c.id = m.conversation_id"
        " WHERE c.channel = %s AND c.address = %s ORDER BY m.position",
        (person.channel, person.address),
    ).fetchall()
    stored = {row[0]: row[1:] for row in rows}
    last = last_answer = 0
    for message in person.sent:
        result.messages += 1
        result.repeated += message.deliveries - 1
        position, handled, outcome, answers, answered_at = stored.get(
            message.provider_id, (0, False, None, 0, None)
        )
        _outcome(result, person, message, handled, outcome, answers)
        if (position and position < last) or (answered_at and answered_at < last_answer):
            result.out_of_order += 1
            result.wrong.append(f"out of order: {person.channel} {message.text!r}")
        last, last_answer = max(last, position), max(last_answer, answered_at or 0)


def _outcome(
    result: Reckoning, person: Person, message: Sent, handled: bool, outcome: str, answers: int
) -> None:
    if not handled or (outcome == "answered" and not answers):
        result.lost += 1
        result.wrong.append(f"lost: {person.channel} {message.text!r}, {outcome}")
    elif answers > 1:
        result.doubled += 1
        result.wrong.append(f"answered twice: {person.channel} {message.text!r}")
    elif outcome in _WITH_A_PERSON:
        result.with_a_person += 1
    elif outcome == "failed":
        result.apologised += 1
    else:
        result.answered += 1


def _device(result: Reckoning, person: Person, rows: Sequence[Row]) -> None:
    """What the device shows is what was written down, once and in that order. Of an unknown
    delivery nobody can say more than that it was shown once or not at all."""
    result.unknown += sum(row.status == "unknown" for row in rows)
    seen = _as_written(person, rows)
    shown = list(seen)
    for row in rows:
        if shown and shown[0] == row.text and row.status not in ("dropped", "failed"):
            shown.pop(0)
        elif row.surely_shown:
            result.lost += 1
            result.wrong.append(f"not shown: {person.channel} {row.text!r}")
    written = Counter(row.text for row in rows)
    for text in shown:
        twice = seen.count(text) > written[text]
        result.doubled += twice
        result.out_of_order += not twice
        result.wrong.append(f"{'said twice' if twice else 'out of place'}: {text!r}")


def _as_written(person: Person, rows: Sequence[Row]) -> list[str]:
    """On the phone the keys of the choices are said behind what was written (bot/keys.py)."""
    if person.channel != "voice":
        return list(person.seen)
    beginnings = sorted(((_without_keys(row.text), row.text) for row in rows), reverse=True)
    return [
        next((whole for begins, whole in beginnings if begins and said.startswith(begins)), said)
        for said in person.seen
    ]


def _without_keys(text: str) -> str:
    for words in _YES_OR_NO:
        text = text.removesuffix(words)
    return text.rstrip()


def _discretion(result: Reckoning, person: Person, owners: Mapping[str, str]) -> None:
    """No number of somebody else's bill, credit note or dispute was told."""
    for text in person.seen:
        for number in _NUMBER.findall(text):
            if owners.get(number, person.account) != person.account:
                result.overheard += 1
                result.wrong.append(f"told to somebody else: {number}")


def _books(result: Reckoning, database: Any) -> None:
    """Every credit note is in the journal, once."""
    rows = database.execute(
        "SELECT n.number, count(e.id) FROM credit_note AS n"
        " LEFT JOIN journal_entry AS e ON e.document = n.number AND e.kind = 'credit_note'"
        " GROUP BY n.number HAVING count(e.id) <> 1"
    ).fetchall()
    result.wrong += [
        f"credit note {number} is {times} times in the books" for number, times in rows
    ]


def _money(result: Reckoning, people: Sequence[Person], before: Effects, after: Effects) -> None:
    """Every change that a customer said yes to was made once, and no other."""
    for person in people:
        agreed = Counter(person.yeses)
        for table in EFFECTS:
            key = (person.account, table)
            done = after.get(key, 0) - before.get(key, 0)
            result.agreed += agreed[table]
            result.done += done
            if done != agreed[table]:
                result.wrong.append(
                    f"{table} on {person.channel}: agreed {agreed[table]}, found {done}"
                )


def _rows(database: Any, person: Person) -> list[Row]:
    rows = database.execute(
        "SELECT o.text, o.buttons, o.status, o.in_reply_to, o.options ? 'document'"
        " FROM outbound_message AS o JOIN conversation AS c ON c.id = o.conversation_id"
        " WHERE c.channel = %s AND c.address = %s ORDER BY o.position",
        (person.channel, person.address),
    ).fetchall()
    return [
        Row(_shown(person.channel, text or "", buttons), status, reply, document)
        for text, buttons, status, reply, document in rows
    ]


def _shown(channel: str, text: str, buttons: Sequence[Mapping[str, str]]) -> str:
    """How the device shows it."""
    if channel == Channel.VOICE:
        return speakable(text)
    if channel == Channel.SMS:
        choices = tuple(Button(button["title"], "") for button in buttons)
        return "\n".join(sms.render(Outbound(Channel.SMS, "", text, "ro", buttons=choices)))
    return text.strip()
