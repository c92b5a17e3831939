"""Who sits at the desk of the demo company?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.desk import passwords, repository
from handoff.desk.models import Role
from handoff.queue import Policy, parse_hours
from handoff.queue import repository as queue
from handoff.queue.hours import ALWAYS


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """A sign-in that the start page shows: for the demo company only."""

    name: str
    email: str
    password: str
    role: Role
    phone: str
    language: str


DEMO_AGENTS = (
    DemoAgent(
        name="Maria Ionescu",
        email="maria@demo.example",
        password="maria-demo",  # noqa: S106 - shown to every visitor of the demo
        role=Role.AGENT,
        phone="+40310000101",
        language="ro",
    ),
    DemoAgent(
        name="Radu Pop",
        email="radu@demo.example",
        password="radu-demo",  # noqa: S106 - shown to every visitor of the demo
        role=Role.SUPERVISOR,
        phone="+40310000102",
        language="en",
    ),
)


async def seed_agents(
    session: AsyncSession, *, always_present: bool = True, hours: str = ALWAYS
) -> tuple[DemoAgent, ...]:
    """Add the demo's agents (or bring them up to date) and answer how they sign in.

    `always_present` counts them as at the desk although nobody sits there, and the demo is on
    duty at all `hours`, so that whoever tries it, and whenever, hears a place and a wait.
    """
    hashes = await asyncio.gather(
        *(asyncio.to_thread(passwords.hash_password, agent.password) for agent in DEMO_AGENTS)
    )
    for agent, password_hash in zip(DEMO_AGENTS, hashes, strict=True):
        agent_id = await repository.save_agent(
            session,
            email=agent.email,
            name=agent.name,
            password_hash=password_hash,
            role=agent.role,
            phone=agent.phone,
            language=agent.language,
        )
        await queue.set_presence(session, agent_id, available=True, always=always_present)
    await queue.keep_policy(session, Policy(hours=parse_hours(hours)))
    return DEMO_AGENTS
