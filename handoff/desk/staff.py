"""How does somebody begin to work at the desk, or get a new password?"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from billing_backend.clock import Clock
from handoff.desk import passwords, repository
from handoff.desk.models import Role

SHORTEST_PASSWORD = 10


class WrongAgent(ValueError):
    """An agent cannot be kept like this; the sentence says what to change."""


async def keep_agent(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    password: str,
    role: Role | None,
    phone: str | None,
    language: str | None,
    clock: Clock,
) -> UUID:
    """Add an agent, or bring the one with that e-mail up to date; `phone` is in E.164.

    What is None stays, or is an agent who speaks Romanian, without a phone. Whoever was signed
    in by the old password is signed out. Raises WrongAgent.
    """
    email = email.strip().lower()
    known = await repository.agent_by_email(session, email)
    if "@" not in email.strip("@") or len(email) > 254:
        raise WrongAgent("the e-mail address is not one: write name@company.example")
    if not name.strip():
        raise WrongAgent("the name is empty: customers are told the first name")
    if len(password) < SHORTEST_PASSWORD:
        raise WrongAgent(f"the password is too short: at least {SHORTEST_PASSWORD} characters")
    agent_id = await repository.save_agent(
        session,
        email=email,
        name=name.strip(),
        password_hash=passwords.hash_password(password),
        role=role or (known.role if known else Role.AGENT),
        phone=phone or (known.phone if known else None),
        language=language or (known.language if known else "ro"),
    )
    await repository.end_sessions(session, agent_id)
    await record(
        session,
        actor="operator",
        action="desk.agent_kept",
        subject=f"agent:{agent_id}",
        details={"role": role or "as before"},
        now=clock.now(),
    )
    return agent_id
