"""Who is at the desk, and how do they prove it?"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from billing_backend.clock import Clock
from billing_backend.db import Sessions, transaction
from handoff.desk import passwords, repository
from handoff.desk.models import Agent
from handoff.queue import repository as queue

SESSION_LASTS = timedelta(hours=12)
TRIES = 5
LOCK = timedelta(minutes=15)
# Presence is a matter of seconds, but not every click need be written down.
_NOTE_PRESENCE_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` is the only copy; `csrf` goes with every change that a browser asks for."""

    agent: Agent
    token: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """reason: wrong (no such agent, or not the password: the same words), locked."""

    reason: str
    until: datetime | None = None


async def sign_in(
    sessions: Sessions, *, email: str, password: str, clock: Clock
) -> SignedIn | NotSignedIn:
    """Sign an agent in. Five wrong tries lock an e-mail address, known or not, for 15 minutes.

    Two transactions, because none may be held while the password is compared: whoever tries
    many addresses would use up the pool.
    """
    email = email.strip().lower()
    now = clock.now()
    async with transaction(sessions) as session:
        locked_until = await _count_try(session, email, now)
        agent = await repository.agent_by_email(session, email)
    if locked_until is not None:
        return NotSignedIn("locked", locked_until)
    right = await passwords.matches(password, None if agent is None else agent.password_hash)
    if agent is None or not right:
        return NotSignedIn("wrong")
    async with transaction(sessions) as session:
        return await _open(session, agent, now)


async def signed_in(session: AsyncSession, token: str) -> Agent | None:
    """The agent of a session token, who is thereby seen at the desk; None when it is over."""
    agent = await repository.agent_of_session(session, _hash(token))
    if agent is not None and await repository.touch_session(
        session, _hash(token), at_most_every=_NOTE_PRESENCE_EVERY
    ):
        await queue.seen(session, agent.id)
    return agent


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the session; the agent's other sessions, if any, go on."""
    await repository.end_session(session, _hash(token))


def csrf_of(token: str) -> str:
    """What a page must send back: only who can read the session's own pages knows it."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()


def csrf_is_right(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())


async def _count_try(session: AsyncSession, email: str, now: datetime) -> datetime | None:
    """Count this try before it is judged, so that many at once are not judged for free.

    Answers until when the address is locked, None while it may be tried.
    """
    tries = await repository.tries(session, _hash(email), now=now)
    if tries.locked_until is not None and tries.locked_until > now:
        return tries.locked_until
    tries.tries += 1
    tries.last_at = now
    # The fifth try is still judged; when it is right, the row is forgotten.
    tries.locked_until = now + LOCK if tries.tries >= TRIES else None
    if tries.locked_until is not None:
        tries.tries = 0
    return None


async def _open(session: AsyncSession, agent: Agent, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    await repository.forget_tries(session, _hash(agent.email))
    await repository.add_session(session, _hash(token), agent.id, lasts=SESSION_LASTS)
    await queue.seen(session, agent.id)
    await record(
        session,
        actor=agent.email,
        action="desk.signed_in",
        subject=f"agent:{agent.id}",
        details={},
        now=now,
    )
    return SignedIn(agent=agent, token=token, csrf=csrf_of(token))


def _hash(value: str) -> bytes:
    # Tokens are 256 random bits: nothing to guess, so a plain hash is enough.
    return hashlib.sha256(value.encode()).digest()
