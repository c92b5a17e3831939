"""Does an agent see what a customer sent, safely, and nobody else?"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from billing_backend.audit.models import AuditEntry
from billing_backend.db import Sessions, transaction
from handoff.conversations import Conversation, receive
from handoff.queue import Waiting
from tests.integration.handoff.conftest import NOON, begin, wait_for_person

JPEG = b"\xff\xd8\xff\xe0 a photo of a bill"


class KeptElsewhere:
    """A provider's files, by reference; remembers how much was asked for at most."""

    def __init__(self, *references: str) -> None:
        self.files = dict.fromkeys(references, JPEG)
        self.asked: list[tuple[str, int]] = []

    async def fetch(self, reference: str, *, at_most: int) -> bytes | None:
        self.asked.append((reference, at_most))
        return self.files.get(reference)


@pytest.fixture
def telegram(desk: Any) -> KeptElsewhere:
    kept = KeptElsewhere("photo-1")
    desk.services.files["telegram"] = kept
    return kept


@pytest.fixture
def twilio(desk: Any) -> KeptElsewhere:
    kept = KeptElsewhere("MM1/ME1", "MM1/ME2")
    desk.services.files["sms"] = kept
    return kept


async def sends(
    sessions: Sessions, conversation: Conversation, kind: str = "photo", **data: Any
) -> UUID:
    async with transaction(sessions) as session:
        stored = await receive(
            session,
            conversation,
            provider_message_id=uuid4().hex,
            kind="media",
            text=kind,
            data=data,
            now=NOON,
        )
        return stored.message_id


def photo(mime: str = "image/jpeg", **more: Any) -> list[dict[str, Any]]:
    return [{"reference": "photo-1", "mime": mime, "size": len(JPEG), **more}]


@pytest.fixture
async def by_mms(sessions: Sessions, elena: Conversation) -> UUID:
    """Elena's words by SMS, with a photo, a page and a photo that is gone."""
    kinds = ("image/jpeg", "text/html", "image/jpeg")
    media = [{"reference": f"MM1/ME{n}", "mime": mime} for n, mime in enumerate(kinds, 1)]
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, elena.id)
        conversation.channel = "sms"
        stored = await receive(
            session,
            conversation,
            provider_message_id="MM1",
            kind="text",
            text="asta e factura",
            data={"media": media},
            now=NOON,
        )
    return stored.message_id


def path(waiting: Waiting, message: UUID, place: int = 0) -> str:
    return f"/desk/api/cases/{waiting.case_id}/files/{message}/{place}"


async def lines(client: httpx.AsyncClient, waiting: Waiting) -> list[dict[str, Any]]:
    case = (await client.get(f"/desk/api/cases/{waiting.case_id}")).json()
    return [each for each in case["messages"] if each["sent"]]


async def test_a_photo_is_shown_in_the_conversation_and_fetched_when_it_is_opened(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    elena: Conversation,
    waiting: Waiting,
    telegram: KeptElsewhere,
) -> None:
    message = await sends(sessions, elena, media=photo(), caption="factura mea")

    [line] = await lines(maria, waiting)
    assert (line["sent"], line["text"]) == ("photo", "factura mea")
    [file] = line["files"]
    assert file == {"url": path(waiting, message), "name": "photo.jpg", "image": True}
    assert telegram.asked == [], "nothing is fetched before somebody looks"

    answer = await maria.get(file["url"])
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''photo.jpg"


async def test_pictures_beside_words_are_each_shown_and_opened(
    maria: httpx.AsyncClient, waiting: Waiting, by_mms: UUID, twilio: KeptElsewhere
) -> None:
    case = (await maria.get(f"/desk/api/cases/{waiting.case_id}")).json()
    [line] = [each for each in case["messages"] if each["files"]]
    assert (line["sent"], line["text"]) == (None, "asta e factura")
    assert [(file["name"], file["image"]) for file in line["files"]] == [
        ("photo.jpg", True),
        ("document.html", False),
        ("photo.jpg", True),
    ]

    shown, saved, gone = [await maria.get(file["url"]) for file in line["files"]]
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert (gone.status_code, gone.json()["code"]) == (404, "file_gone")
    assert [reference for reference, _ in twilio.asked] == ["MM1/ME1", "MM1/ME2", "MM1/ME3"]


async def test_who_opened_a_file_is_noted(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    waiting: Waiting,
    by_mms: UUID,
    twilio: KeptElsewhere,
) -> None:
    await maria.get(path(waiting, by_mms, 1))
    async with sessions() as session:
        [entry] = await session.scalars(
            select(AuditEntry).where(AuditEntry.action == "media.opened")
        )
    assert entry.actor == "maria@demo.example"
    assert (entry.details["message"], entry.details["place"]) == (str(by_mms), 1)


@pytest.mark.parametrize(
    ("kind", "mime", "name", "answered", "disposition"),
    [
        ("document", "application/pdf", 'fa"ctură.pdf', "application/pdf", "attachment"),
        ("document", "text/html", "x.html", "application/octet-stream", "attachment"),
        ("document", "image/svg+xml", "x.svg", "application/octet-stream", "attachment"),
        ("document", "text/javascript", "x.js", "application/octet-stream", "attachment"),
        ("voice", "audio/ogg", "", "audio/ogg", "inline"),
        ("video_note", "video/mp4", "", "video/mp4", "inline"),
        ("sticker", "image/webp", "", "image/webp", "inline"),
    ],
)
async def test_only_what_cannot_act_is_shown_by_the_browser(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    elena: Conversation,
    waiting: Waiting,
    telegram: KeptElsewhere,
    kind: str,
    mime: str,
    name: str,
    answered: str,
    disposition: str,
) -> None:
    message = await sends(sessions, elena, kind, media=photo(mime, name=name))
    answer = await maria.get(path(waiting, message))
    assert answer.headers["content-type"] == answered
    assert answer.headers["content-disposition"].startswith(disposition)
    assert '"' not in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_a_file_that_is_too_large_is_not_fetched(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    elena: Conversation,
    waiting: Waiting,
    telegram: KeptElsewhere,
) -> None:
    message = await sends(sessions, elena, "video", media=photo("video/mp4", size=50_000_000))
    answer = await maria.get(path(waiting, message))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert telegram.asked == []


async def test_a_file_that_telegram_no_longer_gives_is_told_so(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    elena: Conversation,
    waiting: Waiting,
    telegram: KeptElsewhere,
) -> None:
    message = await sends(sessions, elena, media=photo(reference="gone"))
    answer = await maria.get(path(waiting, message))
    assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")
    assert telegram.asked == [("gone", 20 * 1024 * 1024)]


async def test_a_file_opens_only_from_its_own_case(
    sessions: Sessions,
    maria: httpx.AsyncClient,
    elena: Conversation,
    waiting: Waiting,
    telegram: KeptElsewhere,
) -> None:
    other = await begin(sessions, "telegram", "4242")
    await wait_for_person(sessions, other)
    message = await sends(sessions, other, media=photo())
    unknown = path(waiting, uuid4())
    own = path(waiting, await sends(sessions, elena, media=photo()), place=1)
    for gone in (path(waiting, message), unknown, own):
        answer = await maria.get(gone)
        assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")
    nowhere = await maria.get(f"/desk/api/cases/{uuid4()}/files/{message}/0")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_case")
    assert telegram.asked == []


async def test_nobody_opens_a_file_without_signing_in(
    sessions: Sessions, desk: Any, elena: Conversation, waiting: Waiting, telegram: KeptElsewhere
) -> None:
    message = await sends(sessions, elena, media=photo())
    async with desk.client() as stranger:
        answer = await stranger.get(path(waiting, message))
    assert answer.status_code == 401
    assert telegram.asked == []


async def test_a_place_and_changed_words_are_shown(
    sessions: Sessions, maria: httpx.AsyncClient, elena: Conversation, waiting: Waiting
) -> None:
    await sends(sessions, elena, "location", place="44.426800,26.102500")
    await sends(sessions, elena, "edited", caption="voiam să scriu octombrie", edits="1:2")

    place, edited = await lines(maria, waiting)
    assert (place["place"], place["files"]) == ("44.426800,26.102500", [])
    assert (edited["sent"], edited["text"]) == ("edited", "voiam să scriu octombrie")
