"""Who is in this conversation, and do they prove it?

A number that nobody has goes through the same steps as a real one, with the same work: the same
queries, one code stored, one hash verified, the same counting and the same locks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, customers
from billing_backend.contract import (
    CodeIssued,
    Identification,
    Level,
    LockedOut,
    Verified,
    WrongSecret,
)
from billing_backend.identity import repository
from billing_backend.identity.models import IdentificationRow, OneTimeCode
from billing_backend.identity.rules import (
    HISTORY,
    Tries,
    judge_tries,
    next_code_at,
    plain_number,
    proof_state,
)
from billing_backend.identity.secrets import code_digest, new_code, pin_matches, same_digest
from billing_backend.policy import Policy

# Sharing one's contact is a deliberate act and replaces a number that was named before it; the
# sender's number merely comes along with every message.
_DELIBERATE = frozenset({"telegram_contact"})


@dataclass(frozen=True, slots=True)
class _Target:
    """Whom the person wants to prove to be; `customer_id` is None when nobody is that."""

    conversation_id: UUID
    subject: str
    customer_id: UUID | None
    claimed_number: str | None


async def identification(
    session: AsyncSession, conversation_id: UUID, *, now: datetime, policy: Policy
) -> Identification:
    """What is known of the person; `unknown` when nothing is."""
    return _as_value(await repository.find(session, conversation_id), now, policy)


async def proved_in(session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
    """The conversations in which the customer proved who they are, the latest proof first."""
    return await repository.proved_in(session, customer_id)


async def recognise(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    phone: str,
    method: str,
    now: datetime,
    policy: Policy,
) -> Identification:
    """Takes the person for the one customer who has this phone (E.164) as a contact.

    A number of several customers recognises nobody. Somebody who already proved to be that
    customer stays verified.
    """
    row = await repository.find(session, conversation_id)
    owners = await customers.ids_by_phone(session, phone)
    owner = owners[0] if len(owners) == 1 else None
    if row is None or not _outweighs(row, owner, method):
        await repository.save(
            session,
            conversation_id,
            claimed_number=None,
            customer_id=owner,
            method=None if owner is None else method,
            verified_at=None,
        )
    return await identification(session, conversation_id, now=now, policy=policy)


async def name_customer(
    session: AsyncSession, conversation_id: UUID, number: str, *, now: datetime
) -> None:
    """The person says which customer they are; nothing tells whether that customer exists.

    Naming somebody else than whom they proved to be ends that proof.
    """
    del now  # part of the contract; what is claimed does not age
    plain = plain_number(number)
    named = await customers.id_by_number(session, plain)
    row = await repository.find(session, conversation_id)
    if row is not None and row.customer_id is not None and row.customer_id == named:
        return
    await repository.save(
        session,
        conversation_id,
        claimed_number=plain,
        customer_id=None,
        method=None,
        verified_at=None,
    )


async def issue_code(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    address: str,
    now: datetime,
    policy: Policy,
    code_key: bytes,
) -> CodeIssued | LockedOut:
    """A code to be sent to the customer's phone on file; LockedOut also when too many were sent.

    It replaces the codes issued before. `phone` is None when there is nobody to send it to.
    """
    target = await _target(session, conversation_id)
    await repository.hold(session, _both(target, address))
    locked = _lock(await _tries(session, target, address, now, policy)) or await _code_limit(
        session, target, address, now, policy
    )
    if locked is not None:
        await _audit(session, target, "identity.code_refused", now, {})
        return locked
    code, code_id = new_code(policy.code_digits), uuid4()
    expires_at = now + policy.code_lifetime
    row = OneTimeCode(
        id=code_id,
        conversation_id=conversation_id,
        subject=target.subject,
        address=address,
        digest=code_digest(code, code_id, code_key),
        issued_at=now,
        expires_at=expires_at,
    )
    await repository.add_code(session, row)
    # Nobody's id is looked up too: the same queries for a number that does not exist.
    phone = await customers.phone_on_file(session, target.customer_id or uuid4())
    await _audit(session, target, "identity.code_issued", now, {"sent": phone is not None})
    return CodeIssued(phone=phone, code=code, expires_at=expires_at)


async def check_code(
    session: AsyncSession,
    conversation_id: UUID,
    code: str,
    *,
    address: str,
    now: datetime,
    policy: Policy,
    code_key: bytes,
) -> Verified | WrongSecret | LockedOut:
    """Verifies by the newest code of this conversation; a right code works once."""
    target = await _target(session, conversation_id)

    async def is_right() -> bool:
        row = await repository.live_code(session, conversation_id, target.subject, now)
        digest = code_digest(code, conversation_id if row is None else row.id, code_key)
        if row is None or not same_digest(digest, row.digest):
            return False
        return await repository.spend_code(session, row.id, now)

    return await _check(session, target, "code", is_right, address, now, policy)


async def check_pin(
    session: AsyncSession,
    conversation_id: UUID,
    pin: str,
    *,
    address: str,
    now: datetime,
    policy: Policy,
) -> Verified | WrongSecret | LockedOut:
    """Verifies by the customer's PIN."""
    target = await _target(session, conversation_id)

    async def is_right() -> bool:
        return await pin_matches(pin, await repository.pin_hash(session, target.customer_id))

    return await _check(session, target, "pin", is_right, address, now, policy)


async def lockout(
    session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime, policy: Policy
) -> LockedOut | None:
    """Whether codes and PINs are refused for now, for this customer or for this address."""
    target = await _target(session, conversation_id)
    return _lock(await _tries(session, target, address, now, policy))


async def forget_identification(session: AsyncSession, conversation_id: UUID) -> None:
    """The next words of this conversation are a stranger's. Counted tries stay counted."""
    await repository.forget(session, [conversation_id])


async def set_pin(
    session: AsyncSession, customer_id: UUID, pin_hash: str, *, actor: str, now: datetime
) -> None:
    """Keeps a PIN; `pin_hash` comes from `hash_pin`."""
    await repository.save_pin(session, customer_id, pin_hash, now)
    await audit.record(
        session,
        actor=actor,
        action="identity.pin_set",
        subject=f"customer:{customer_id}",
        details={},
        now=now,
    )


async def drop_history(session: AsyncSession, *, now: datetime) -> None:
    """Forgets codes and tries that no rule looks at any more: for the daily job."""
    await repository.drop_history(session, now - HISTORY)


def _outweighs(row: IdentificationRow, owner: UUID | None, method: str) -> bool:
    """Whether what is known already says more than that this number is `owner`'s."""
    if row.claimed_number is not None and method not in _DELIBERATE:
        return True
    if owner is None:
        return row.claimed_number is not None or row.verified_at is not None
    return row.customer_id == owner


async def _check(
    session: AsyncSession,
    target: _Target,
    method: str,
    is_right: Callable[[], Awaitable[bool]],
    address: str,
    now: datetime,
    policy: Policy,
) -> Verified | WrongSecret | LockedOut:
    await repository.hold(session, _both(target, address))
    if locked := _lock(await _tries(session, target, address, now, policy)):
        # A locked try is not even looked at, or a right guess could be told from a wrong one.
        await _audit(session, target, "identity.locked", now, {"method": method})
        return locked
    if await is_right() and target.customer_id is not None:
        return await _verified(session, target, target.customer_id, method, address, now)
    await repository.add_failure(session, subject=target.subject, address=address, now=now)
    tries = await _tries(session, target, address, now, policy)
    locked = _lock(tries)
    details = {"method": method, "locks": locked is not None}
    await _audit(session, target, "identity.failed", now, details)
    return locked or WrongSecret(tries_left=min(each.left for each in tries))


async def _verified(
    session: AsyncSession,
    target: _Target,
    customer_id: UUID,
    method: str,
    address: str,
    now: datetime,
) -> Verified:
    await repository.forgive(session, subject=target.subject, address=address, now=now)
    await repository.save(
        session,
        target.conversation_id,
        claimed_number=target.claimed_number,
        customer_id=customer_id,
        method=method,
        verified_at=now,
    )
    await _audit(session, target, "identity.verified", now, {"method": method})
    return Verified(customer_id, await customers.first_name(session, customer_id))


async def _target(session: AsyncSession, conversation_id: UUID) -> _Target:
    row = await repository.find(session, conversation_id)
    claimed = None if row is None else row.claimed_number
    if row is not None and row.customer_id is not None:
        number = await customers.number_of(session, row.customer_id)
        return _Target(conversation_id, f"customer {number}", row.customer_id, claimed)
    if claimed is None:
        return _Target(conversation_id, f"conversation {conversation_id}", None, None)
    # The same count for the same number, whether it was named or recognised, real or not.
    customer_id = await customers.id_by_number(session, claimed)
    return _Target(conversation_id, f"customer {claimed}", customer_id, claimed)


async def _tries(
    session: AsyncSession, target: _Target, address: str, now: datetime, policy: Policy
) -> tuple[Tries, Tries]:
    at_customer, from_address = await repository.failures(
        session, subject=target.subject, address=address, since=now - HISTORY
    )
    return judge_tries(at_customer, now, policy), judge_tries(from_address, now, policy)


async def _code_limit(
    session: AsyncSession, target: _Target, address: str, now: datetime, policy: Policy
) -> LockedOut | None:
    """Codes cost money and annoy: so many for one customer, and so many for one address."""
    issued = await repository.codes_issued(
        session, subject=target.subject, address=address, since=now - policy.codes_window
    )
    waits = [until for side in issued if (until := next_code_at(side, now, policy)) is not None]
    return LockedOut(max(waits)) if waits else None


def _lock(tries: tuple[Tries, Tries]) -> LockedOut | None:
    until = [each.locked_until for each in tries if each.locked_until is not None]
    return LockedOut(max(until)) if until else None


def _both(target: _Target, address: str) -> tuple[str, str]:
    return target.subject, f"address {address}"


def _as_value(row: IdentificationRow | None, now: datetime, policy: Policy) -> Identification:
    if row is None or row.customer_id is None:
        return Identification(Level.UNKNOWN)
    level, fresh = proof_state(row.verified_at, now, policy)
    return Identification(level, row.customer_id, row.method, row.verified_at, fresh)


async def _audit(
    session: AsyncSession, target: _Target, action: str, now: datetime, details: dict[str, object]
) -> None:
    known = target.customer_id is not None
    await audit.record(
        session,
        actor="customer",
        action=action,
        subject=f"customer:{target.customer_id}" if known else "customer:nobody",
        details={"conversation": str(target.conversation_id), **details},
        now=now,
    )
