"""Does a message reach Telegram's API, and what is a failure there taken for?"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from telegram import Bot

from bot.channels.message import (
    Button,
    Channel,
    DeliveryFailed,
    File,
    Outbound,
    Pressed,
    Receipt,
    Use,
)
from bot.channels.telegram import (
    TelegramSender,
    make_bot,
    poll,
    register_commands,
    register_webhook,
)
from bot.channels.telegram.payloads import Press
from bot.channels.telegram.render import render

TOKEN = "700000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ME = {"ok": True, "result": {"id": 700000001, "is_bot": True, "first_name": "L", "username": "lb"}}


def words(name: str, language: str) -> str:
    return f"{name}/{language}"


def to_ana(text: str, **more: Any) -> Outbound:
    return Outbound(Channel.TELEGRAM, "700100201", text, "ro", **more)


def shown(message_id: int = 31) -> dict[str, Any]:
    chat = {"id": 700100201, "type": "private", "first_name": "Ana"}
    return {
        "ok": True,
        "result": {"message_id": message_id, "date": 1764000000, "chat": chat, "text": "x"},
    }


def error(status: int, description: str, **parameters: int) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})


@pytest.fixture
async def bot(provider: Any) -> AsyncIterator[Bot]:
    bot = make_bot(TOKEN, provider.url)
    provider.will_answer(200, ME)
    await bot.initialize()
    provider.calls.clear()
    yield bot
    await bot.shutdown()


@pytest.fixture
def sender(bot: Bot) -> TelegramSender:
    return TelegramSender(bot, words)


async def test_a_message_is_shown_as_plain_text(provider: Any, sender: TelegramSender) -> None:
    provider.will_answer(200, shown(31))
    delivered = await sender.send(to_ana("Total: <b>5_0</b> lei & gata"))
    assert delivered.provider_message_id == "700100201:31"
    (call,) = provider.calls
    assert call.path == f"/bot{TOKEN}/sendMessage"
    assert (call.form["chat_id"], call.form["text"]) == (
        "700100201",
        "Total: <b>5_0</b> lei & gata",
    )
    assert "parse_mode" not in call.form
    assert json.loads(call.form["reply_markup"]) == {"remove_keyboard": True}


async def test_buttons_carry_their_tokens_and_short_ones_share_a_row(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, shown())
    buttons = (Button("Da", "t1"), Button("Nu", "t2"), Button("Vreau să vorbesc cu un coleg", "t3"))
    await sender.send(to_ana("Confirmați?", buttons=buttons))
    rows = json.loads(provider.calls[0].form["reply_markup"])["inline_keyboard"]
    assert [[button["callback_data"] for button in row] for row in rows] == [["t1", "t2"], ["t3"]]


async def test_the_contact_keyboard_speaks_the_customers_language(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, shown())
    await sender.send(to_ana("Numărul dumneavoastră?", ask_contact=True))
    ((share,),) = json.loads(provider.calls[0].form["reply_markup"])["keyboard"]
    assert share == {"text": "utter_telegram_share_contact/ro", "request_contact": True}


async def test_a_long_message_is_several_and_only_the_last_has_buttons(
    provider: Any, sender: TelegramSender
) -> None:
    for message_id in (41, 42, 43):
        provider.will_answer(200, shown(message_id))
    sentence = "Aceasta este o linie din factură. "
    delivered = await sender.send(to_ana(sentence * 300, buttons=(Button("Da", "t1"),)))
    texts = [call.form["text"] for call in provider.calls]
    assert all(len(text) <= 4096 and text.endswith(".") for text in texts)
    assert " ".join(texts) == (sentence * 300).strip()
    assert ["reply_markup" in call.form for call in provider.calls] == [False, False, True]
    assert delivered.provider_message_id == "700100201:43"


def test_emoji_count_as_telegram_counts_them() -> None:
    calls = render(to_ana("😀" * 3000), words)
    assert [len(call.text) for call in calls] == [2048, 952]


async def test_a_failure_in_the_middle_is_uncertain(provider: Any, sender: TelegramSender) -> None:
    provider.will_answer(200, shown())
    provider.will_answer(*error(429, "Too Many Requests", retry_after=7))
    with pytest.raises(DeliveryFailed) as failure:
        await sender.send(to_ana("linie. " * 1000))
    assert (failure.value.uncertain, failure.value.permanent) == (True, False)


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "retry_after"),
    [
        (error(429, "Too Many Requests: retry after 7", retry_after=7), "rate_limited", False, 7.0),
        (error(403, "Forbidden: bot was blocked by the user"), "blocked", True, None),
        (error(403, "Forbidden: user is deactivated"), "blocked", True, None),
        (error(400, "Bad Request: chat not found"), "invalid_address", True, None),
        (error(400, "Bad Request: user not found"), "invalid_address", True, None),
        (error(400, "Bad Request: PEER_ID_INVALID"), "invalid_address", True, None),
        (error(400, "group upgraded", migrate_to_chat_id=-100), "invalid_address", True, None),
        (error(400, "Bad Request: BUTTON_DATA_INVALID"), "rejected", True, None),
        (error(401, "Unauthorized"), "rejected", False, None),
        (error(500, "Internal Server Error"), "unreachable", False, None),
        (error(502, "Bad Gateway"), "unreachable", False, None),
        ((503, b"<html>maintenance</html>"), "unreachable", False, None),
    ],
)
async def test_what_telegram_answers_decides_whether_to_try_again(
    provider: Any,
    sender: TelegramSender,
    answer: tuple[int, Any],
    reason: str,
    permanent: bool,
    retry_after: float | None,
) -> None:
    provider.will_answer(*answer)
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_ana("Bună ziua"))
    failure = caught.value
    assert (failure.reason, failure.permanent, failure.retry_after) == (
        reason,
        permanent,
        retry_after,
    )
    assert not failure.uncertain


async def test_a_connection_lost_after_sending_is_uncertain(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_hang_up()
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_ana("Bună ziua"))
    assert (caught.value.reason, caught.value.uncertain) == ("timeout", True)


async def test_an_answer_that_nobody_can_read_is_uncertain(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, b"<html>welcome to the hotel</html>")
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_ana("Bună ziua"))
    assert caught.value.uncertain


async def test_nobody_listening_is_certain_and_may_be_tried_again(unused_tcp_port: int) -> None:
    bot = make_bot(TOKEN, f"http://127.0.0.1:{unused_tcp_port}")
    await bot.request.initialize()
    with pytest.raises(DeliveryFailed) as caught:
        await TelegramSender(bot, words).send(to_ana("Bună ziua"))
    await bot.request.shutdown()
    assert (caught.value.reason, caught.value.uncertain) == ("unreachable", False)


async def test_a_blank_message_is_never_sent(provider: Any, sender: TelegramSender) -> None:
    with pytest.raises(DeliveryFailed, match="rejected"):
        await sender.send(to_ana(" \n "))
    assert provider.calls == []


QUERY = "3006957443410983211"
PRESS = Press(QUERY, "ro", "t1", chat_id=700100201, message_id=31)
TRUE = {"ok": True, "result": True}


def receipt(use: Use | None, title: str = "Da") -> Receipt:
    pressed = Pressed(use, "en", title) if use else None
    return Receipt(uuid4(), uuid4(), repeated=use is None, pressed=pressed)


async def test_the_chosen_button_is_marked_and_the_others_are_gone(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, TRUE)
    provider.will_answer(200, TRUE)
    await sender.answer_button(PRESS, receipt(Use.COUNTS))
    answered, edited = provider.calls
    assert answered.form == {"callback_query_id": QUERY}
    assert edited.path.endswith("/editMessageReplyMarkup")
    assert (edited.form["chat_id"], edited.form["message_id"]) == ("700100201", "31")
    keyboard = json.loads(edited.form["reply_markup"])["inline_keyboard"]
    assert keyboard == [[{"text": "✓ Da", "callback_data": "t1"}]]


@pytest.mark.parametrize(
    ("stored", "notice"),
    [
        (receipt(Use.USED), "utter_button_used/en"),
        (receipt(Use.UNKNOWN, ""), "utter_button_unknown/en"),
        (None, "utter_button_unknown/ro"),  # not handed in: only the profile's language is known
    ],
)
async def test_a_press_in_vain_is_told_so_and_nothing_is_edited(
    provider: Any, sender: TelegramSender, stored: Receipt | None, notice: str
) -> None:
    provider.will_answer(200, TRUE)
    await sender.answer_button(PRESS, stored)
    (answered,) = provider.calls
    assert answered.form == {"callback_query_id": QUERY, "text": notice}


async def test_a_repeated_press_is_answered_without_a_word(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(*error(400, "Bad Request: query is too old and response timeout expired"))
    await sender.answer_button(PRESS, receipt(None))
    (answered,) = provider.calls
    assert answered.form == {"callback_query_id": QUERY}


@pytest.mark.parametrize(
    "trouble",
    [
        error(400, "Bad Request: message is not modified"),
        error(400, "Bad Request: message can't be edited"),
        error(429, "Too Many Requests: retry after 5", retry_after=5),
        error(500, "Internal Server Error"),
    ],
)
async def test_buttons_that_cannot_be_edited_are_no_failure(
    provider: Any, sender: TelegramSender, trouble: tuple[int, Any]
) -> None:
    provider.will_answer(200, TRUE)
    provider.will_answer(*trouble)
    await sender.answer_button(PRESS, receipt(Use.COUNTS))
    assert len(provider.calls) == 2


async def test_typing_is_shown_and_its_failure_is_none(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, TRUE)
    provider.will_answer(*error(403, "Forbidden: bot was blocked by the user"))
    await sender.show_typing("700100201")
    await sender.show_typing("700100201")
    assert provider.calls[0].path.endswith("/sendChatAction")
    assert provider.calls[0].form == {"chat_id": "700100201", "action": "typing"}


async def test_the_commands_are_listed_in_both_languages(provider: Any, bot: Bot) -> None:
    for _ in range(3):
        provider.will_answer(200, TRUE)
    await register_commands(bot, words)
    listed = {
        call.form.get("language_code"): json.loads(call.form["commands"]) for call in provider.calls
    }
    assert listed.keys() == {"ro", "en", None}
    assert [one["command"] for one in listed["ro"]] == [
        "start", "help", "language", "notices", "stop",
    ]  # fmt: skip
    assert listed["ro"][1]["description"] == "utter_command_help/ro"
    assert listed[None] == listed["en"]


async def test_the_token_stays_out_of_the_logs(
    provider: Any, sender: TelegramSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    provider.will_answer(200, shown())
    await sender.send(to_ana("Bună ziua"))
    assert TOKEN not in caplog.text


async def test_registration_gives_telegram_the_secret(provider: Any, bot: Bot) -> None:
    provider.will_answer(200, {"ok": True, "result": True})
    await register_webhook(bot, "https://bot.example/webhooks/telegram", "s3cret")
    form = provider.calls[0].form
    assert (form["url"], form["secret_token"]) == (
        "https://bot.example/webhooks/telegram",
        "s3cret",
    )
    assert "callback_query" in json.loads(form["allowed_updates"])


def update(number: int) -> dict[str, Any]:
    ana = {"id": 700100201, "is_bot": False, "first_name": "Ana", "language_code": "ro"}
    chat = {"id": 700100201, "type": "private", "first_name": "Ana"}
    message = {"message_id": number, "date": 1764000000, "chat": chat, "from": ana, "text": "salut"}
    return {"update_id": number, "message": message}


class Enough(asyncio.CancelledError):
    """Ends the poll at the place where the test is done."""


async def test_polling_confirms_an_update_only_after_it_was_taken(provider: Any, bot: Bot) -> None:
    provider.will_answer(200, {"ok": True, "result": True})  # deleteWebhook
    provider.will_answer(200, {"ok": True, "result": [update(5), update(6)]})
    provider.will_answer(200, {"ok": True, "result": [update(6)]})
    provider.will_answer(200, {"ok": True, "result": [update(7)]})
    taken: list[int] = []
    pauses: list[float] = []

    async def handle(raw: dict[str, Any]) -> None:
        if raw["update_id"] == 6 and not pauses:
            raise OSError("the database is away")
        if raw["update_id"] == 7:
            raise Enough
        assert raw["message"]["from"]["id"] == 700100201
        taken.append(raw["update_id"])

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(Enough):
        await poll(bot, handle, pause=pause)
    asked = [call.form.get("offset") for call in provider.calls if "getUpdates" in call.path]
    assert (taken, asked, pauses) == ([5, 6], [None, "6", "7"], [1.0])


async def test_polling_outlives_telegram_and_waits_longer_each_time(
    provider: Any, bot: Bot
) -> None:
    for _ in range(3):
        provider.will_answer(*error(502, "Bad Gateway"))
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise Enough

    async def handle(_: dict[str, Any]) -> None:
        raise AssertionError("there was no update")

    with pytest.raises(Enough):
        await poll(bot, handle, pause=pause)
    assert pauses == [1.0, 2.0, 4.0]


BILL = File("factura-DT-2026-000123.pdf", "application/pdf", b"%PDF-1.3 ...")


async def test_a_file_is_a_document_with_its_name_and_a_caption(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(200, shown(51))
    delivered = await sender.send(to_ana("Factura DT-2026-000123", file=BILL))
    assert delivered.provider_message_id == "700100201:51"
    (call,) = provider.calls
    assert call.path == f"/bot{TOKEN}/sendDocument"
    assert b'filename="factura-DT-2026-000123.pdf"' in call.body
    assert BILL.content in call.body
    assert b"Factura DT-2026-000123" in call.body


def test_what_is_too_long_for_a_caption_is_said_before_the_file() -> None:
    *before, last = render(to_ana("O linie din factură. " * 100, file=BILL), words)
    assert [call.file for call in before] == [None] * len(before)
    assert before
    assert last.file is BILL
    assert len(last.text) <= 1024


def test_a_file_needs_no_words() -> None:
    [call] = render(to_ana("", file=BILL), words)
    assert (call.text, call.file) == ("", BILL)


async def test_a_file_that_telegram_refuses_is_told_as_any_message(
    provider: Any, sender: TelegramSender
) -> None:
    provider.will_answer(*error(403, "Forbidden: bot was blocked by the user"))
    with pytest.raises(DeliveryFailed) as failure:
        await sender.send(to_ana("Factura", file=BILL))
    assert (failure.value.reason, failure.value.permanent) == ("blocked", True)
