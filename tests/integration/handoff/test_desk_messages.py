"""What did not arrive is seen at the desk at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import Level
from billing_backend.db import Sessions, transaction
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    write,
)
from handoff.queue import Waiting
from tests.integration.handoff.conftest import NOON, begin


async def say(
    sessions: Sessions, conversation: Conversation, *, key: str | None = None, **known: Any
) -> UUID:
    """A message to the customer, and what became of it."""
    async with transaction(sessions) as session:
        said = await write(
            session, conversation, Draft(text="45 lei"), author=Author.BOT, now=NOON, key=key
        )
        assert said is not None
        await session.execute(
            update(OutboundMessage).where(OutboundMessage.id == said).values(**known)
        )
    return said


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    lists: dict[str, Any] = (await client.get("/desk/api/queue")).json()
    found: list[dict[str, Any]] = lists["undelivered"]
    return found


async def test_what_failed_is_listed_with_why_and_what_can_be_done(
    maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting, elena: Conversation
) -> None:
    message = await say(sessions, elena, status="failed", failure="blocked")
    [line] = await listed(maria)
    assert line == {
        "message_id": str(message),
        "case_id": str(waiting.case_id),
        "state": "failed",
        "channel": "telegram",
        "customer": "Elena Radu",
        "phone": "+40721000005",
        "moment": "23 Nov, 12:00",
        "text": "45 lei",
        "reason": "blocked",
        "reason_text": "The customer or the network blocks our messages.",
        "advice_text": "Write on another channel, or call.",
    }


async def test_somebody_whom_nobody_knows_is_listed_too(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    desk.billing.level = Level.UNKNOWN
    stranger = await begin(sessions, "sms", "+40700200006")
    await say(sessions, stranger, status="unknown", failure="timeout")
    [line] = await listed(maria)
    assert (line["customer"], line["phone"], line["case_id"]) == ("Unknown person", None, None)
    assert line["advice_text"].startswith("Ask the customer whether it arrived")


async def test_only_what_somebody_should_deal_with_is_listed(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation
) -> None:
    call = await begin(sessions, "voice", "CA1")
    await say(sessions, elena, status="sent")
    await say(sessions, elena, status="dropped", failure="overtaken")
    await say(sessions, call, status="failed", failure="expired")
    await say(sessions, elena, status="failed", failure="opted_out", key="keyword:1")
    old = NOON - timedelta(days=8)
    await say(sessions, elena, status="failed", failure="blocked", created_at=old)
    notice = await say(sessions, elena, status="failed", failure="opted_out", key="notice:1")
    assert [line["message_id"] for line in await listed(maria)] == [str(notice)]


async def test_what_was_dealt_with_leaves_the_list_and_is_noted(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation
) -> None:
    message = await say(sessions, elena, status="unknown", failure="timeout")
    for _ in range(2):
        done = await maria.post(f"/desk/api/undelivered/{message}/attend")
        assert done.status_code == 200
    assert await listed(maria) == []
    async with sessions() as session:
        [entry] = await session.scalars(
            select(AuditEntry).where(AuditEntry.action == "message.attended")
        )
    assert entry.actor == "maria@demo.example"


@pytest.mark.parametrize("status", ["sent", "queued"])
async def test_what_is_on_its_way_cannot_be_dealt_with(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, status: str
) -> None:
    message = await say(sessions, elena, status=status)
    for each in (message, uuid4()):
        refused = await maria.post(f"/desk/api/undelivered/{each}/attend")
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_message")


async def test_the_conversation_tells_why(
    maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting, elena: Conversation
) -> None:
    await say(sessions, elena, status="failed", failure="landline")
    await say(sessions, elena, status="sent", failure="unreachable")
    lines = (await maria.get(f"/desk/api/cases/{waiting.case_id}")).json()["messages"]
    failures = {line["status"]: line["failure_text"] for line in lines if line["text"] == "45 lei"}
    assert failures == {"failed": "The number takes no SMS: a landline.", "sent": None}
