"""Does the simulated Telegram behave like the real one, to the app and to the person?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

ANA, MIHAI, STRANGER = 1001, 1006, 7777
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def bot_of(world: World, token: str = TOKEN, read_timeout: float = 5) -> Bot:
    """The app's own client, the real python-telegram-bot."""
    request = HTTPXRequest(read_timeout=read_timeout, httpx_kwargs={"trust_env": False})
    return Bot(
        token,
        base_url=f"{world.business.url}/simulator/telegram-api/bot",
        request=request,
        get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    )


@pytest.fixture(autouse=True)
def _durations_as_the_app_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    async with bot_of(world) as bot:
        yield bot


def choices(*titles: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(title, callback_data=f"token-{title}") for title in titles]
    return InlineKeyboardMarkup([row])


async def test_typed_words_reach_the_webhook_as_an_update_with_the_secret(world: World) -> None:
    answer = await world.post(f"telegram/{ANA}/send", {"text": "/start"})

    assert answer.json()["status"] == 200
    update = Update.de_json(world.business.updates[0])
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.text == "/start"
    assert update.message.entities[0].type == "bot_command"
    assert update.message.chat.type == "private"
    assert (update.message.from_user.id, update.message.from_user.first_name) == (ANA, "Ana")
    assert update.message.from_user.language_code == "ro"


async def test_the_profile_language_stays_as_it_was_set(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "hi", "language": "en"})
    await world.post(f"telegram/{ANA}/send", {"text": "hello again"})

    languages = [one["message"]["from"]["language_code"] for one in world.business.updates]
    assert languages == ["en", "en"]


async def test_a_repeated_update_is_the_same_to_the_last_number(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "cât am de plată?"})
    await world.post(f"telegram/{ANA}/send", {"repeat_last": True})

    first, second = world.business.updates
    assert first == second
    assert len(await world.shown(f"telegram/{ANA}")) == 1


async def test_new_messages_get_new_numbers_even_after_a_reset(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "unu"})
    await world.post("reset")
    await world.post(f"telegram/{ANA}/send", {"text": "doi"})

    first, second = world.business.updates
    assert second["update_id"] > first["update_id"]
    assert second["message"]["message_id"] > first["message"]["message_id"]


async def test_the_bots_words_and_buttons_are_shown_and_pressed_by_their_text(
    world: World, bot: Bot
) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "/start"})
    sent = await bot.send_message(ANA, "Doriți oferta?", reply_markup=choices("Da", "Nu"))

    shown = (await world.shown(f"telegram/{ANA}"))[-1]
    assert (shown["from"], shown["text"], shown["buttons"]) == (
        "bot",
        "Doriți oferta?",
        ["Da", "Nu"],
    )
    await world.post(f"telegram/{ANA}/send", {"button": "Da"})
    update = Update.de_json(world.business.updates[-1])
    assert update.callback_query is not None
    assert update.callback_query.data == "token-Da"
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == sent.message_id
    assert await bot.answer_callback_query(update.callback_query.id)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_a_button_that_is_not_shown_is_refused_with_those_that_are(
    world: World, bot: Bot
) -> None:
    await bot.send_message(ANA, "Doriți oferta?", reply_markup=choices("Da", "Nu"))

    answer = await world.post(f"telegram/{ANA}/send", {"button": "Poate"})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == ("No button “Poate” is shown; the buttons shown are: Da, Nu.")


async def test_taken_away_buttons_cannot_be_pressed(world: World, bot: Bot) -> None:
    sent = await bot.send_message(ANA, "Doriți oferta?", reply_markup=choices("Da", "Nu"))
    await bot.edit_message_reply_markup(ANA, sent.message_id, reply_markup=None)

    assert (await world.post(f"telegram/{ANA}/send", {"button": "Da"})).status_code == 409
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(ANA, sent.message_id, reply_markup=None)


async def test_the_contact_button_shares_the_persons_own_number(world: World, bot: Bot) -> None:
    asking = KeyboardButton("Trimit numărul meu", request_contact=True)
    await bot.send_message(ANA, "Numărul?", reply_markup=ReplyKeyboardMarkup([[asking]]))
    assert (await world.shown(f"telegram/{ANA}"))[-1]["request_contact"] is True

    await world.post(f"telegram/{ANA}/send", {"button": "Trimit numărul meu"})

    contact = world.business.updates[-1]["message"]["contact"]
    assert contact["user_id"] == ANA
    assert contact["phone_number"] == "40700000001"
    await bot.send_message(ANA, "Mulțumesc.", reply_markup=ReplyKeyboardRemove())
    screen = (await world.api.get(f"/simulator/telegram/{ANA}/messages")).json()
    assert screen["contact_button"] is None


async def test_a_stranger_who_shares_anas_card_is_told_apart_from_ana(world: World) -> None:
    await world.post(f"telegram/{STRANGER}/send", {"contact": "+40700000001"})
    await world.post(f"telegram/{STRANGER}/send", {"contact": "+40799999999"})

    anas, nobodys = (one["message"] for one in world.business.updates)
    assert anas["from"]["id"] == STRANGER
    assert anas["contact"]["user_id"] == ANA
    assert "user_id" not in nobodys["contact"]


async def test_a_person_without_a_number_cannot_share_their_own(world: World) -> None:
    answer = await world.post(f"telegram/{STRANGER}/send", {"contact": "own"})

    assert answer.status_code == 409
    assert world.business.updates == []


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        ({"photo": True}, "photo"),
        ({"photo": "factura mea"}, "caption"),
        ({"voice_note": True}, "voice"),
        ({"sticker": True}, "sticker"),
        ({"document": "contractul"}, "document"),
        ({"video_note": True}, "video_note"),
        ({"location": {"latitude": 44.4, "longitude": 26.1}}, "location"),
    ],
)
async def test_pictures_and_voice_notes_arrive_as_telegram_sends_them(
    world: World, deed: dict[str, object], field: str
) -> None:
    await world.post(f"telegram/{ANA}/send", deed)

    assert field in world.business.updates[0]["message"]
    assert Update.de_json(world.business.updates[0]).message is not None


async def test_edited_words_a_group_and_a_block_arrive_as_their_own_kinds(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "cat"})
    await world.post(f"telegram/{ANA}/send", {"edited_text": "cât"})
    await world.post(f"telegram/{ANA}/send", {"group_text": "salut"})
    await world.post(f"telegram/{ANA}/send", {"blocked": True})

    typed, edited, group, block = world.business.updates
    assert edited["edited_message"]["message_id"] == typed["message"]["message_id"]
    assert group["message"]["chat"]["type"] == "supergroup"
    member = Update.de_json(block).my_chat_member
    assert member is not None
    assert member.new_chat_member.status == "kicked"


async def test_who_blocked_the_bot_gets_nothing_until_it_is_let_in(world: World, bot: Bot) -> None:
    await world.post(f"telegram/{ANA}/send", {"blocked": True})
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(ANA, "Bună ziua!")

    await world.post(f"telegram/{ANA}/send", {"blocked": False})
    await bot.send_message(ANA, "Bună ziua!")
    assert (await world.shown(f"telegram/{ANA}"))[-1]["text"] == "Bună ziua!"


async def test_a_document_can_be_opened_on_the_device(world: World, bot: Bot) -> None:
    await bot.send_document(ANA, b"%PDF-1.7", filename="factura.pdf", caption="Factura dvs.")

    shown = (await world.shown(f"telegram/{ANA}"))[-1]
    assert shown["text"] == "Factura dvs."
    assert shown["files"][0]["name"] == "factura.pdf"
    assert (await world.api.get(shown["files"][0]["url"])).content == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("chat_id", "text", "button", "complaint"),
    [
        (ANA, " \n ", "x", "message text is empty"),
        (ANA, "ș" * 4_097, "x", "message is too long"),
        (ANA, "😀" * 2_049, "x", "message is too long"),  # two UTF-16 units each
        (ANA, "bună", "ș" * 33, "button_data_invalid"),  # 66 bytes
        (STRANGER, "bună", "x", "chat not found"),  # a bot cannot begin a conversation
        (-100123, "bună", "x", "chat not found"),
    ],
)
async def test_what_telegram_would_refuse_is_refused(
    world: World, bot: Bot, chat_id: int, text: str, button: str, complaint: str
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Da", callback_data=button)]])
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_message(chat_id, text, reply_markup=keyboard)


async def test_only_the_right_token_is_let_in(world: World) -> None:
    with pytest.raises(InvalidToken):
        async with bot_of(world, token="1:wrong"):
            pass


async def test_the_next_send_is_refused_with_the_seconds_to_wait(world: World, bot: Bot) -> None:
    await world.post("faults", {"channel": "telegram", "kind": "rate_limited", "retry_after": 7})
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(ANA, "Bună ziua!")
    assert refused.value.retry_after == timedelta(seconds=7)

    await bot.send_message(ANA, "Bună ziua!")
    assert len(await world.shown(f"telegram/{ANA}")) == 1


async def test_a_fault_for_one_person_leaves_the_others_alone(world: World, bot: Bot) -> None:
    await world.post("faults", {"channel": "telegram", "kind": "blocked", "address": str(MIHAI)})
    await world.post(f"telegram/{MIHAI}/send", {"text": "salut"})
    await bot.send_message(ANA, "Bună ziua!")
    with pytest.raises(Forbidden):
        await bot.send_message(MIHAI, "Bună ziua!")


async def test_a_server_error_is_one(world: World, bot: Bot) -> None:
    await world.post("faults", {"channel": "telegram", "kind": "server_error"})
    with pytest.raises(NetworkError):
        await bot.send_message(ANA, "Bună ziua!")


@pytest.mark.parametrize(("taken", "shown"), [(True, 1), (False, 0)])
async def test_a_time_out_leaves_open_whether_the_message_was_taken(
    world: World, taken: bool, shown: int
) -> None:
    await world.post("faults", {"channel": "telegram", "kind": "timeout", "taken": taken})
    async with bot_of(world, read_timeout=0.1) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(ANA, "Bună ziua!")

    assert len(await world.shown(f"telegram/{ANA}")) == shown


async def test_without_a_webhook_updates_wait_until_they_are_asked_for(
    world: World, bot: Bot
) -> None:
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    asking = asyncio.create_task(bot.get_updates(timeout=20))
    sent = (await world.post(f"telegram/{ANA}/send", {"text": "bună ziua"})).json()

    updates = await asking
    assert sent["status"] is None
    assert [one.message.text for one in updates if one.message] == ["bună ziua"]
    assert await bot.get_updates(offset=updates[0].update_id + 1) == ()
    assert world.business.updates == []


async def test_a_reader_who_waits_is_told_at_once(world: World, bot: Bot) -> None:
    waiting = asyncio.create_task(
        world.api.get(f"/simulator/telegram/{ANA}/messages", params={"after": 0, "wait": 20})
    )
    await bot.send_message(ANA, "Bună ziua!")

    assert (await waiting).json()["messages"][0]["text"] == "Bună ziua!"


async def test_the_apps_refusal_is_told_as_it_is(world: World) -> None:
    world.business.status = 503

    answer = await world.post(f"telegram/{ANA}/send", {"text": "bună"})

    assert (answer.status_code, answer.json()["status"]) == (200, 503)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"telegram/{ANA}/send", {}, 422),
        (f"telegram/{ANA}/send", {"text": "a", "photo": True}, 422),
        (f"telegram/{ANA}/send", {"contact": "0712"}, 422),
        (f"telegram/{ANA}/send", {"words": "a"}, 422),
        (f"telegram/{ANA}/send", {"text": "a", "file": {"content": "YQ=="}}, 422),
        (f"telegram/{ANA}/send", {"photo": True, "file": {"content": "no base64"}}, 422),
        (f"telegram/{ANA}/send", {"location": {"latitude": 91, "longitude": 0}}, 422),
        ("telegram/ana/send", {"text": "a"}, 422),
        (f"telegram/{ANA}/send", {"repeat_last": True}, 409),
        (f"telegram/{ANA}/send", {"edited_text": "a"}, 409),
    ],
)
async def test_a_senseless_wish_is_refused_with_a_sentence(
    world: World, path: str, body: dict[str, object], status: int
) -> None:
    answer = await world.post(path, body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10


async def test_a_method_that_telegram_has_not_is_not_found(world: World) -> None:
    answer = await world.api.post(f"/simulator/telegram-api/bot{TOKEN}/sendPigeon")

    assert (answer.status_code, answer.json()["ok"]) == (404, False)
