"""A real browser, a real server on loopback, and Elena who waits for a person at the desk."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import demo as company
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.contract import Billing, CodeIssued, Verified
from billing_backend.db import Sessions, transaction
from billing_backend.policy import Policy
from bot.texts import Texts
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Status,
    open_conversation,
    receive,
    write,
)
from handoff.conversations.bell import WAKE_DESK, Bell, ring
from handoff.desk import (
    DEMO_AGENTS,
    DeskServices,
    cases,
    make_desk_api,
    make_desk_pages,
    repository,
)
from handoff.queue import Case, request_person
from limpede import demo
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 8, 3, tzinfo=UTC)
NO_BROWSER = (
    "the desk's browser tests need Chromium: install it (apt-get install chromium) or name the"
    " program in CHROMIUM"
)


@dataclass
class Scene:
    """The desk's server, and Elena's conversation behind it."""

    url: str
    services: DeskServices
    conversation_id: UUID

    async def elena_writes(self, text: str) -> None:
        """Her words come in as the channel and the turn would bring them."""
        async with transaction(self.services.sessions) as session:
            conversation = await session.get_one(Conversation, self.conversation_id)
            await _writes(session, conversation, text)
            await ring(session, WAKE_DESK, str(self.conversation_id))

    async def elena_wrote_by_sms(self, text: str) -> None:
        """She had written on another channel too, and proved there who she is."""
        billing = self.services.billing
        async with transaction(self.services.sessions) as session:
            who = await billing.identification(session, self.conversation_id, now=NOW)
            assert who.customer_id is not None
            elena = await billing.customer(session, who.customer_id, today=NOW.date())
            by_sms = await open_conversation(
                session,
                channel="sms",
                address=elena.phone,
                sender=elena.phone,
                phone=elena.phone,
                language_hint="en",
                now=NOW,
            )
            await _proves(session, billing, by_sms.id, elena.phone, method="caller_number")
            await _writes(session, by_sms, text)

    async def words_fail_to_reach_elena(self, reason: str) -> None:
        """The assistant's words did not arrive, as a sender would note it."""
        async with transaction(self.services.sessions) as session:
            message = await session.scalar(
                select(OutboundMessage).where(
                    OutboundMessage.conversation_id == self.conversation_id,
                    OutboundMessage.author == Author.BOT,
                )
            )
            assert message is not None
            message.status, message.failure = Status.FAILED, reason
            await ring(session, WAKE_DESK, str(self.conversation_id))

    async def radu_takes_over(self) -> None:
        """The supervisor takes Elena's case from whoever has it."""
        async with transaction(self.services.sessions) as session:
            radu = await repository.agent_by_email(session, DEMO_AGENTS[1].email)
            case = await session.scalar(
                select(Case).where(Case.conversation_id == self.conversation_id)
            )
            assert radu is not None
            assert case is not None
            await cases.take(session, radu, case.id, take_over=True, now=NOW)

    async def said_to_elena(self, author: Author) -> list[str]:
        """What was written to her, oldest first: words, or the responses that stand for them."""
        async with transaction(self.services.sessions) as session:
            rows = await session.scalars(
                select(OutboundMessage)
                .where(
                    OutboundMessage.conversation_id == self.conversation_id,
                    OutboundMessage.author == author,
                )
                .order_by(OutboundMessage.position)
            )
            return [row.text or " ".join(part["response"] for part in row.parts) for row in rows]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window. On CI its absence is a failure, elsewhere a skip."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser profile; anything that the page itself complains of fails the test."""
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 1280, "height": 800}, timezone_id="Europe/Bucharest"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            # A refusal is an answer that the page shows; the browser notes its status by itself.
            if said.type == "error" and "Failed to load resource" not in said.text
            else None
        ),
    )
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
async def scene(sessions: Sessions, database_url: str) -> AsyncIterator[Scene]:
    """Elena of the demo company, verified, has asked for a person."""
    billing = BuiltInBilling(
        Policy(), code_key=b"a key for tests", pay_address="https://bill.example/pay"
    )
    texts = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
    services = DeskServices(
        sessions=sessions,
        billing=billing,
        clock=FixedClock(NOW),
        zone="Europe/Bucharest",
        bell=Bell(database_url),
        word=lambda said, language, channel: texts.join(said, language, channel).text,
        secure_cookies=False,
        demo_agents=DEMO_AGENTS,
    )
    await demo.found(sessions, services.clock, billing.policy)
    conversation_id = await _elena_waits(sessions, billing)
    app = FastAPI()
    app.include_router(make_desk_api(services))
    app.include_router(make_desk_pages(services))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    listening = asyncio.create_task(services.bell.run())
    yield Scene(f"http://127.0.0.1:{listener.getsockname()[1]}", services, conversation_id)
    services.closing.begin()
    server.should_exit = True
    await serving
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def _elena_waits(sessions: Sessions, billing: BuiltInBilling) -> UUID:
    elena = next(person for person in company.cast().main if person.key == "elena")
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel="telegram",
            address="700000005",
            sender="700000005",
            phone=elena.phone,
            language_hint="en",
            now=NOW,
        )
        whose = conversation.id
        proved = await _proves(session, billing, whose, elena.phone, method="telegram_contact")
        await _writes(session, conversation, "why did my bill go up? <b>this is too much</b>")
        explained = Draft(text="Your invoice is higher because your discount ended.")
        await write(session, conversation, explained, author=Author.BOT, now=NOW)
        await _writes(session, conversation, "I want to talk to a person")
        await request_person(
            session,
            whose,
            reason="asked",
            detail={},
            customer_id=proved.customer_id,
            now=NOW,
        )
    return whose


async def _proves(
    session: AsyncSession, billing: Billing, whose: UUID, phone: str, *, method: str
) -> Verified:
    await billing.recognise(session, whose, phone=phone, method=method, now=NOW)
    issued = await billing.issue_code(session, whose, address=phone, now=NOW)
    assert isinstance(issued, CodeIssued)
    proved = await billing.check_code(session, whose, issued.code, address=phone, now=NOW)
    assert isinstance(proved, Verified)
    return proved


async def _writes(session: AsyncSession, conversation: Conversation, text: str) -> None:
    await receive(
        session,
        conversation,
        provider_message_id=f"browser:{text}",
        kind="text",
        text=text,
        data={},
        now=NOW,
    )
