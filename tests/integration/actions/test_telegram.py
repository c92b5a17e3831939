"""What only happens on Telegram: links into the chat, and things that are no words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.deep_links import DeepLinks, Linked
from tests.integration.actions.conftest import LINKS, TEXTS

Someone = Callable[..., Any]

PICTURE = [{"reference": "photo-1", "mime": "image/jpeg"}]


async def invoices(somebody: Any) -> list[Any]:
    """Newest first."""
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        today = setting.clock.now().date()
        return list(await setting.billing.invoices(session, found.account_id, today=today))


def said(response: str, language: str) -> str:
    return TEXTS.say(response, language, "telegram").text


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_a_link_to_an_invoice_opens_it_after_the_proof(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", language=language)
    _, older, *_ = await invoices(ana)
    carried = LINKS.carry(Linked("explain_bill", older.number))

    asked = await ana.starts(carried)
    assert asked.responses == ["utter_welcome_by_link", "utter_ask_who"]
    assert older.number not in asked.text

    await ana.shares_contact(ana.person.phone, own=True)
    shown = await ana.gives(await ana.code(), "code")
    assert shown.responses[0] == "utter_verified_go_on"
    assert any(name.startswith("utter_explain") for name in shown.responses)
    total = f"{older.total.minor // 100}"
    assert total in shown.text


async def test_a_link_opens_at_once_for_somebody_who_is_proved(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    shown = await ana.starts(LINKS.carry(Linked("check_balance")))
    assert "utter_ask_who" not in shown.responses
    assert shown.responses[0] == "utter_welcome_by_link"
    assert len(shown.responses) > 1


async def test_a_link_to_somebody_elses_invoice_shows_nothing_of_it(customer: Someone) -> None:
    ana, dan = customer("ana"), customer("dan")
    theirs = (await invoices(dan))[0]
    await ana.proves_by_code()
    shown = await ana.starts(LINKS.carry(Linked("explain_bill", theirs.number)))
    assert shown.responses == ["utter_welcome_by_link", "utter_bill_not_found"]


@pytest.mark.parametrize(
    "carried", ["ref42", DeepLinks(b"another key").carry(Linked("check_balance"))]
)
async def test_a_link_that_is_not_ours_begins_as_usual(customer: Someone, carried: str) -> None:
    somebody = customer("ana")
    heard = await somebody.starts(carried)
    assert heard.responses == ["utter_welcome_stranger"]
    assert "resume" not in (await somebody.conversation()).dialogue


@pytest.mark.parametrize("language", ["ro", "en"])
@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("photo", "utter_unsupported"),
        ("document", "utter_unsupported"),
        ("voice", "utter_unsupported_sound"),
        ("video_note", "utter_unsupported_sound"),
        ("sticker", "utter_unsupported_sticker"),
        ("location", "utter_unsupported_location"),
        ("edited", "utter_unsupported_edited"),
        ("group", "utter_unsupported_group"),
        ("poll", "utter_unsupported"),
    ],
)
async def test_what_is_no_words_is_answered_honestly(
    customer: Someone, kind: str, response: str, language: str
) -> None:
    ana = customer("ana", language=language)
    heard = await ana.sends(kind)
    assert (heard.responses, heard.text) == ([response], said(response, language))


async def test_changed_words_are_not_taken_for_words_beside_a_file(customer: Someone) -> None:
    ana = customer("ana")
    heard = await ana.sends("edited", caption="plătit?", edits="1:2")
    assert heard.responses == ["utter_unsupported_edited"]


@pytest.mark.parametrize("language", ["ro", "en"])
@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_file_can_be_opened_by_a_person(
    customer: Someone, kind: str, language: str
) -> None:
    ana = customer("ana", language=language)
    heard = await ana.sends(kind, media=PICTURE)
    response = "utter_unsupported_file"
    assert (heard.responses, heard.text) == ([response], said(response, language))
    assert [payload for _, payload in heard.choices] == ["/talk_to_human"]


@pytest.mark.parametrize(
    ("text", "kind", "data"),
    [
        ("photo", "media", {"caption": "cât am de plată?"}),
        ("photo", "media", {"caption": "cât am de plată?", "media": PICTURE}),
        ("cât am de plată?", "text", {"media": PICTURE}),  # MMS
    ],
)
async def test_beside_a_picture_only_the_words_are_answered_and_that_is_said(
    customer: Someone, text: str, kind: str, data: dict[str, Any]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    message = await ana._store(text, kind, data)
    heard = await ana._turn(message, "check_balance", {})
    assert heard.responses[0] == "utter_only_the_words"
    assert len(heard.responses) > 1
    again = await ana.means("check_balance")
    assert "utter_only_the_words" not in again.responses


async def test_a_command_we_do_not_have_brings_nobody(customer: Someone) -> None:
    ana = customer("ana")
    for _ in range(3):
        heard = await ana.means("ask_capabilities", "/refund")
        assert heard.responses == ["utter_capabilities"]
    assert (await ana.conversation()).owner == "bot"
