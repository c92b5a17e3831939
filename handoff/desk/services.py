"""What does the desk need from outside? Given once, by the composition root."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from billing_backend.clock import Clock
from billing_backend.contract import Billing
from billing_backend.db import Sessions
from handoff.conversations.bell import Bell
from handoff.desk.clicks import Click
from handoff.desk.files import Files
from handoff.desk.models import Agent
from handoff.desk.seeds import DemoAgent
from handoff.desk.view import Link, Viewer, Word


class Closing:
    """Whether the server is about to stop. Live feeds never end by themselves, and a server
    waits for its responses: `begin` when the signal comes, and they end within 2 seconds."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def now(self) -> bool:
        return self._begun.is_set()

    def begin(self) -> None:
        self._begun.set()

    async def wait(self) -> None:
        await self._begun.wait()


@dataclass(frozen=True, slots=True)
class DeskServices:
    """`secure_cookies` is False only where the desk is served without https (the demo on
    localhost). `demo_agents` are shown on the sign-in page: empty for a real company. `files`
    fetch what customers sent, by channel; `chat_link` makes the link that opens an invoice in a
    customer's chat."""

    sessions: Sessions
    billing: Billing
    clock: Clock
    zone: str
    bell: Bell
    word: Word
    secure_cookies: bool = True
    demo_agents: tuple[DemoAgent, ...] = ()
    closing: Closing = field(default_factory=Closing)
    files: Mapping[str, Files] = field(default_factory=dict)
    chat_link: Link = lambda _: None

    def viewer(self, agent: Agent) -> Viewer:
        return Viewer(agent, self.billing, self.word, self.zone, self.clock.now(), self.chat_link)

    def click(self, agent: Agent, case_id: uuid.UUID, key: str | None) -> Click:
        """Without a key every call is a click of its own: billing knows what is done already."""
        return Click(agent, case_id, key or uuid.uuid4().hex, self.clock.now())
