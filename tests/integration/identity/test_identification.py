"""Is somebody verified only by a right code or PIN, whatever they try?"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import identity
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    CodeIssued,
    Identification,
    Level,
    LockedOut,
    Verified,
    WrongSecret,
)
from billing_backend.customers.models import Account, Contact, Customer
from billing_backend.db import Sessions, transaction
from billing_backend.identity import secrets
from billing_backend.identity.models import OneTimeCode, Pin
from billing_backend.policy import Policy

POLICY = Policy()
KEY = b"a key that only this test knows"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANA, BOGDAN, CARMEN = "12345674", "23456783", "34567892"
ANAS_PHONE, SHARED_PHONE = "+40712000001", "+40712000009"
CARMENS_PIN, NOBODYS_NUMBER = "4711", "99999997"
PIN_HASH = identity.hash_pin(CARMENS_PIN)


async def settle(session: AsyncSession) -> dict[str, UUID]:
    """Ana and Bogdan, who share a phone beside their own, and Carmen, who has a PIN."""
    ids: dict[str, UUID] = {}
    for name, number, phones in [
        ("Ana", ANA, [ANAS_PHONE, SHARED_PHONE]),
        ("Bogdan", BOGDAN, ["+40712000002", SHARED_PHONE]),
        ("Carmen", CARMEN, ["+40712000003"]),
    ]:
        ids[name] = uuid4()
        session.add(
            Customer(
                id=ids[name],
                number=number,
                name=f"{name} Pop",
                first_name=name,
                language="ro",
                since=NOW.date(),
            )
        )
        await session.flush()
        session.add(
            Account(
                id=uuid4(),
                customer_id=ids[name],
                currency="RON",
                billing_day=1,
                opened_on=NOW.date(),
            )
        )
        for position, phone in enumerate(phones):
            session.add(
                Contact(customer_id=ids[name], kind="phone", value=phone, position=position)
            )
    await identity.set_pin(session, ids["Carmen"], PIN_HASH, actor="Carmen", now=NOW)
    return ids


@dataclass
class Person:
    """Somebody in one conversation, from one address."""

    session: AsyncSession
    address: str = "telegram:1"
    conversation: UUID = field(default_factory=uuid4)
    now: datetime = NOW

    async def says_number(self, number: str) -> None:
        await identity.name_customer(self.session, self.conversation, number, now=self.now)

    async def is_recognised_by(
        self, phone: str, method: str = "telegram_contact"
    ) -> Identification:
        return await identity.recognise(
            self.session, self.conversation, phone=phone, method=method, now=self.now, policy=POLICY
        )

    async def asks_for_a_code(self) -> CodeIssued | LockedOut:
        return await identity.issue_code(
            self.session,
            self.conversation,
            address=self.address,
            now=self.now,
            policy=POLICY,
            code_key=KEY,
        )

    async def gets_a_code(self) -> CodeIssued:
        issued = await self.asks_for_a_code()
        assert isinstance(issued, CodeIssued)
        return issued

    async def types_code(self, code: str) -> Verified | WrongSecret | LockedOut:
        return await identity.check_code(
            self.session,
            self.conversation,
            code,
            address=self.address,
            now=self.now,
            policy=POLICY,
            code_key=KEY,
        )

    async def types_pin(self, pin: str) -> Verified | WrongSecret | LockedOut:
        return await identity.check_pin(
            self.session, self.conversation, pin, address=self.address, now=self.now, policy=POLICY
        )

    async def known_as(self) -> Identification:
        return await identity.identification(
            self.session, self.conversation, now=self.now, policy=POLICY
        )

    async def waits(self, **time: float) -> None:
        self.now += timedelta(**time)

    def elsewhere(self, address: str) -> "Person":
        return replace(self, address=address, conversation=uuid4())


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.fixture
async def ids(session: AsyncSession) -> dict[str, UUID]:
    return await settle(session)


@pytest.fixture
async def person(session: AsyncSession, ids: dict[str, UUID]) -> Person:
    return Person(session)


async def test_a_stranger_is_unknown(person: Person) -> None:
    assert await person.known_as() == Identification(Level.UNKNOWN)


async def test_ana_shares_her_contact_and_proves_it_by_the_code_on_her_phone(
    person: Person, ids: dict[str, UUID]
) -> None:
    recognised = await person.is_recognised_by("0712 000 001")
    assert (recognised.level, recognised.customer_id) == (Level.RECOGNISED, ids["Ana"])

    issued = await person.gets_a_code()
    assert issued.phone == ANAS_PHONE
    assert issued.expires_at == NOW + timedelta(minutes=5)
    assert await person.types_code(issued.code) == Verified(ids["Ana"], "Ana")
    known = await person.known_as()
    assert (known.level, known.method, known.fresh) == (Level.VERIFIED, "code", True)


async def test_a_number_of_two_customers_recognises_nobody(person: Person) -> None:
    assert (await person.is_recognised_by(SHARED_PHONE)).level is Level.UNKNOWN


async def test_a_proof_is_fresh_for_a_quarter_of_an_hour(person: Person) -> None:
    await person.says_number(CARMEN)
    await person.types_pin(CARMENS_PIN)

    await person.waits(minutes=15)
    assert (await person.known_as()).level is Level.VERIFIED
    assert not (await person.known_as()).fresh
    await person.waits(hours=12)
    assert (await person.known_as()).level is Level.RECOGNISED


async def test_a_code_works_once(person: Person) -> None:
    await person.says_number(ANA)
    code = (await person.gets_a_code()).code

    assert isinstance(await person.types_code(code), Verified)
    assert isinstance(await person.types_code(code), WrongSecret)


async def test_a_code_expires(person: Person) -> None:
    await person.says_number(ANA)
    code = (await person.gets_a_code()).code

    await person.waits(minutes=5)
    assert isinstance(await person.types_code(code), WrongSecret)


async def test_a_new_code_replaces_the_old_one(person: Person) -> None:
    await person.says_number(ANA)
    first, second = await person.gets_a_code(), await person.gets_a_code()

    if first.code != second.code:
        assert isinstance(await person.types_code(first.code), WrongSecret)
    assert isinstance(await person.types_code(second.code), Verified)


async def test_a_code_is_bound_to_its_conversation(person: Person) -> None:
    await person.says_number(ANA)
    code = (await person.gets_a_code()).code
    mihai = person.elsewhere("telegram:66")

    await mihai.says_number(ANA)
    assert isinstance(await mihai.types_code(code), WrongSecret)


async def test_a_code_for_oneself_does_not_open_somebody_elses_account(person: Person) -> None:
    await person.says_number(ANA)
    code = (await person.gets_a_code()).code

    await person.says_number(BOGDAN)
    assert isinstance(await person.types_code(code), WrongSecret)
    assert (await person.known_as()).level is Level.UNKNOWN


async def test_naming_another_customer_ends_the_proof(person: Person) -> None:
    await person.says_number(CARMEN)
    await person.types_pin(CARMENS_PIN)

    await person.says_number(ANA)
    assert (await person.known_as()).level is Level.UNKNOWN


async def test_naming_oneself_again_keeps_the_proof(person: Person) -> None:
    await person.says_number(CARMEN)
    await person.types_pin(CARMENS_PIN)

    await person.says_number(CARMEN)
    assert (await person.known_as()).level is Level.VERIFIED


async def test_the_callers_number_does_not_undo_the_number_that_was_named(
    person: Person, ids: dict[str, UUID]
) -> None:
    await person.says_number(CARMEN)
    await person.is_recognised_by(ANAS_PHONE, method="caller_number")

    assert await person.types_pin(CARMENS_PIN) == Verified(ids["Carmen"], "Carmen")


async def test_sharing_a_contact_replaces_the_number_that_was_named(
    person: Person, ids: dict[str, UUID]
) -> None:
    await person.says_number(CARMEN)

    assert (await person.is_recognised_by(ANAS_PHONE)).customer_id == ids["Ana"]


async def test_a_forgotten_person_is_unknown_and_their_code_dead(person: Person) -> None:
    await person.says_number(ANA)
    code = (await person.gets_a_code()).code
    await identity.forget_identification(person.session, person.conversation)

    await person.says_number(ANA)
    assert isinstance(await person.types_code(code), WrongSecret)


async def test_three_wrong_pins_lock_for_a_quarter_of_an_hour_and_six_for_a_day(
    person: Person,
) -> None:
    await person.says_number(CARMEN)
    assert await person.types_pin("0000") == WrongSecret(tries_left=2)
    assert await person.types_pin("0001") == WrongSecret(tries_left=1)
    assert await person.types_pin("0002") == LockedOut(NOW + timedelta(minutes=15))
    # A locked try is refused even when it is right.
    assert await person.types_pin(CARMENS_PIN) == LockedOut(NOW + timedelta(minutes=15))
    assert isinstance(await person.asks_for_a_code(), LockedOut)

    await person.waits(minutes=15)
    for pin in ("0003", "0004", "0005"):
        last = await person.types_pin(pin)
    assert last == LockedOut(person.now + timedelta(days=1))


async def test_a_lock_follows_the_customer_to_another_conversation_and_address(
    person: Person,
) -> None:
    await person.says_number(CARMEN)
    for pin in ("0000", "0001", "0002"):
        await person.types_pin(pin)

    other = person.elsewhere("phone:+40799999999")
    await other.says_number(CARMEN)
    assert isinstance(await other.types_pin(CARMENS_PIN), LockedOut)


async def test_a_lock_follows_the_address_to_another_customer(person: Person) -> None:
    for number in (ANA, BOGDAN, NOBODYS_NUMBER):
        await person.says_number(number)
        last = await person.types_pin("0000")
    assert isinstance(last, LockedOut)

    again = person.elsewhere(person.address)
    await again.says_number(CARMEN)
    assert isinstance(await again.types_pin(CARMENS_PIN), LockedOut)


async def test_proving_it_forgives_ones_own_typing_errors(person: Person) -> None:
    await person.says_number(CARMEN)
    for pin in ("0000", "0001"):
        await person.types_pin(pin)
    await person.types_pin(CARMENS_PIN)

    assert await person.types_pin("0002") == WrongSecret(tries_left=2)


async def test_proving_it_does_not_forgive_a_strangers_tries(person: Person) -> None:
    stranger = person.elsewhere("telegram:66")
    await stranger.says_number(CARMEN)
    for pin in ("0000", "0001"):
        await stranger.types_pin(pin)
    await person.says_number(CARMEN)
    await person.types_pin(CARMENS_PIN)

    assert isinstance(await stranger.types_pin("0002"), LockedOut)


async def test_ones_own_account_does_not_wash_tries_at_others_off_the_address(
    person: Person,
) -> None:
    for number in (ANA, BOGDAN):
        await person.says_number(number)
        await person.types_pin("0000")
    await person.says_number(CARMEN)
    await person.types_pin(CARMENS_PIN)

    await person.says_number(ANA)
    assert isinstance(await person.types_pin("0001"), LockedOut)


async def test_after_three_codes_the_fourth_waits(person: Person) -> None:
    await person.says_number(ANA)
    for _ in range(3):
        await person.gets_a_code()
        await person.waits(minutes=1)

    assert await person.asks_for_a_code() == LockedOut(NOW + timedelta(minutes=15))
    elsewhere = person.elsewhere("sms:+40712000077")
    await elsewhere.says_number(ANA)
    assert await elsewhere.asks_for_a_code() == LockedOut(NOW + timedelta(minutes=15))


@pytest.mark.parametrize("number", [CARMEN, NOBODYS_NUMBER])
async def test_a_number_that_nobody_has_behaves_like_a_real_one(
    person: Person, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = count_hashes(monkeypatch)
    await person.says_number(number)
    assert (await person.known_as()).level is Level.UNKNOWN
    issued = await person.gets_a_code()
    assert len(issued.code) == 6

    heard = [
        await person.types_code(other_than(issued.code)),
        await person.types_pin("0000"),
        await person.types_pin("0001"),
        await person.types_pin(CARMENS_PIN),
    ]
    assert heard == [
        WrongSecret(tries_left=2),
        WrongSecret(tries_left=1),
        LockedOut(NOW + timedelta(minutes=15)),
        LockedOut(NOW + timedelta(minutes=15)),
    ]
    assert hashes == {"codes": 2, "pins": 2}  # one issued, one checked; the locked try: none
    rows = await person.session.scalars(select(OneTimeCode))
    assert len(rows.all()) == 1


async def test_even_the_right_code_for_nobody_verifies_nobody(person: Person) -> None:
    await person.says_number(NOBODYS_NUMBER)
    issued = await person.gets_a_code()

    assert issued.phone is None
    assert isinstance(await person.types_code(issued.code), WrongSecret)


async def test_without_a_number_every_code_and_pin_is_wrong(person: Person) -> None:
    assert await person.types_pin(CARMENS_PIN) == WrongSecret(tries_left=2)
    assert await person.types_code("123456") == WrongSecret(tries_left=1)


async def test_neither_codes_nor_pins_are_kept_or_audited(person: Person) -> None:
    await person.says_number(CARMEN)
    issued = await person.gets_a_code()
    await person.types_pin("8642")
    await person.types_code(issued.code)

    entries = (await person.session.scalars(select(AuditEntry))).all()
    assert {entry.action for entry in entries} == {
        "identity.pin_set",
        "identity.code_issued",
        "identity.failed",
        "identity.verified",
    }
    code = (await person.session.scalars(select(OneTimeCode))).one()
    pin = (await person.session.scalars(select(Pin))).one()
    kept = [str(entry.details) for entry in entries] + [code.digest.decode("latin-1"), pin.hash]
    assert not [text for text in kept if issued.code in text or "8642" in text or "+40" in text]


async def test_many_guesses_at_once_are_counted_one_by_one(committed: Sessions) -> None:
    """Forty guesses at the same moment, the last one right: three are looked at."""

    async def guess(number: int) -> Verified | WrongSecret | LockedOut:
        async with transaction(committed) as session:
            guesser = Person(session, f"telegram:{number}", uuid4())
            await guesser.says_number(CARMEN)
            return await guesser.types_pin(f"{number:04d}")

    heard = await asyncio.gather(*(guess(number) for number in range(40)))

    assert sum(isinstance(each, WrongSecret) for each in heard) == 2
    assert sum(isinstance(each, LockedOut) for each in heard) == 38


@pytest.fixture
async def committed(sessions: Sessions) -> Sessions:
    async with transaction(sessions) as session:
        await settle(session)
    return sessions


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts the work that takes time, instead of measuring the time."""
    counts = {"codes": 0, "pins": 0}
    digest, verify = secrets.code_digest, secrets._verify

    def counted_digest(code: str, code_id: UUID, key: bytes) -> bytes:
        counts["codes"] += 1
        return digest(code, code_id, key)

    def counted_verify(pin: str, pin_hash: str) -> bool:
        counts["pins"] += 1
        return verify(pin, pin_hash)

    monkeypatch.setattr("billing_backend.identity.service.code_digest", counted_digest)
    monkeypatch.setattr(secrets, "_verify", counted_verify)
    return counts
