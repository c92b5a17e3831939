"""Do the simulated devices and the product's own channels understand each other?

The product's webhooks and senders, with a door that remembers; only what is behind it is absent.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from telegram import Bot

from bot.channels import sms, telegram, voice
from bot.channels.message import (
    Button,
    Channel,
    DeliveryFailed,
    File,
    Inbound,
    Kind,
    Outbound,
    Pressed,
    Receipt,
    Sender,
    Spoken,
    Use,
)
from bot.channels.simulator import Simulator, make_simulator
from bot.channels.twilio_api import make_client
from bot.channels.voice.switchboard import Switchboard
from handoff.conversations import Report, Status
from tests.integration.simulator import conftest as simulated

ANA, PHONE = simulated.ANA, simulated.ANA_PHONE


@dataclass
class Door:
    """Remembers what comes in; says on the phone what the test has laid out, in order."""

    stored: dict[str, tuple[UUID, Inbound]] = field(default_factory=dict)
    answers: dict[UUID, str] = field(default_factory=dict)
    statuses: list[Report] = field(default_factory=list)
    words: list[Spoken] = field(default_factory=list)
    pressed: Pressed | None = None

    async def accept(self, inbound: Inbound) -> Receipt:
        repeated = inbound.provider_message_id in self.stored
        message_id, _ = self.stored.setdefault(inbound.provider_message_id, (uuid4(), inbound))
        answer = self.answers.get(message_id)
        return Receipt(UUID(int=1), message_id, repeated, answer, self.pressed)

    async def spoken(self, conversation_id: UUID, *, document: str, wait: float) -> Spoken:
        return self.words.pop(0) if self.words else Spoken((), "ro", "bot")

    async def remember_answer(self, message_id: UUID, answer: str) -> None:
        self.answers[message_id] = answer

    async def delivery_status(self, report: Report) -> None:
        self.statuses.append(report)

    def kinds(self) -> list[Kind]:
        return [inbound.kind for _, inbound in self.stored.values()]

    def last(self) -> Inbound:
        return list(self.stored.values())[-1][1]


@dataclass
class Product:
    door: Door
    simulator: Simulator
    api: httpx.AsyncClient
    senders: dict[Channel, Sender]
    files: telegram.TelegramFiles
    bot: Bot

    async def notices(self, count: int) -> list[str]:
        """What Ana was told over her chat for pressing, as soon as it is so many."""
        path, found = f"/simulator/telegram/{ANA}/messages", list[str]()
        for _ in range(100):
            screen = (await self.api.get(path, params={"wait": 0.05})).json()
            found = [one["text"] for one in screen["messages"] if one.get("notice")]
            if len(found) >= count:
                break
        return found

    async def pressable(self, *, without: str) -> list[str]:
        """The buttons that Ana can press, as soon as that one is gone: they are edited after the
        webhook has answered."""
        path, shown = f"/simulator/telegram/{ANA}/messages", [without]
        for _ in range(100):
            screen = (await self.api.get(path, params={"after": 10**9, "wait": 0.05})).json()
            shown = [title for titles in screen["pressable"].values() for title in titles]
            if without not in shown:
                break
        return shown

    @property
    def twilio_url(self) -> str:
        return f"{self.api.base_url}".rstrip("/") + "/simulator/twilio-api"

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.api.post(f"/simulator/{path}", json=body)).json()
        return answer

    async def shown(self, path: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.api.get(f"/simulator/{path}")).json()[
            "messages"
        ]
        return messages

    async def heard(self) -> list[str]:
        shown = await self.shown(f"voice/{PHONE}/transcript")
        return [one["text"] for one in shown if one["from"] == "bot"]


class NoNews:
    """A switchboard at which nothing changes."""

    async def news(self, conversation_id: UUID) -> None:
        """The line stands as before."""


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    door, switchboard = Door(), cast(Switchboard, NoNews())
    simulators: list[Simulator] = []
    bots: list[Bot] = []
    senders: dict[Channel, Sender] = {}
    clock = simulated.MovingClock(simulated.NOON)
    people = {"cast": [{"name": "Ana Munteanu", "phone": PHONE, "telegram_id": ANA}]}

    async def nothing() -> None:
        """There is no company behind this door."""

    def words(name: str, language: str) -> str:
        return f"{name} {language}"

    def make_app(url: str) -> FastAPI:
        bots.append(telegram.make_bot(simulated.TOKEN, f"{url}/simulator/telegram-api"))
        twilio = make_client(
            simulated.ACCOUNT, simulated.AUTH, f"{url}/simulator/twilio-api", timeout=0.5
        )
        chats = telegram.TelegramSender(bots[0], words)
        senders[Channel.TELEGRAM] = chats
        senders[Channel.SMS] = sms.SmsSender(
            twilio, sms.From((simulated.SMS_NUMBER,)), url + sms.STATUS_PATH
        )
        simulators.append(
            make_simulator(
                simulated.settings_at(url),
                clock=clock,
                reset=nothing,
                cast=lambda: people,
            )
        )
        proof = {"auth_token": simulated.AUTH, "public_url": url}
        app = FastAPI()
        for router in (
            simulators[0].router,
            telegram.make_router(
                door=door, secret=simulated.SECRET, answer_button=chats.answer_button
            ),
            sms.make_router(door=door, **proof),
            voice.make_router(door=door, switchboard=switchboard, words=words, **proof),
        ):
            app.include_router(router)
        return app

    async with (
        simulated.serving(make_app) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as api,
    ):
        await bots[0].initialize()
        files = telegram.TelegramFiles(bots[0])
        yield Product(door, simulators[0], api, senders, files, bots[0])
        await bots[0].shutdown()
        await simulators[0].close()


def to_ana(text: str, **more: Any) -> Outbound:
    return Outbound(Channel.TELEGRAM, str(ANA), text, "ro", **more)


def base64(content: bytes) -> str:
    return b64encode(content).decode()


def said(text: str, *, owner: str = "bot", **more: Any) -> Spoken:
    hang_up = more.pop("hang_up", False)
    message = Outbound(Channel.VOICE, "call", text, "ro", hang_up=hang_up)
    return Spoken((message,), "ro", owner, **more)


async def test_a_telegram_chat_goes_both_ways(product: Product) -> None:
    chats = product.senders[Channel.TELEGRAM]
    await product.post(f"telegram/{ANA}/send", {"text": "/start"})
    await chats.send(to_ana("Numărul dvs.?", ask_contact=True))
    await product.post(f"telegram/{ANA}/send", {"contact": "own"})
    assert (product.door.last().contact_phone, product.door.last().contact_is_own) == (PHONE, True)

    await chats.send(to_ana("Doriți oferta?", buttons=(Button("Da", "t-1"), Button("Nu", "t-2"))))
    await product.post(f"telegram/{ANA}/send", {"button": "Nu"})

    assert product.door.last().text == "t-2"
    assert product.door.kinds() == [Kind.BEGIN, Kind.CONTACT, Kind.BUTTON]


async def test_a_bill_that_is_sent_is_shown_by_its_name_and_opens(product: Product) -> None:
    bill = File("factura-DT-2026-000123.pdf", "application/pdf", b"%PDF-1.3 a bill")
    await product.post(f"telegram/{ANA}/send", {"text": "/start"})

    sent = await product.senders[Channel.TELEGRAM].send(to_ana("Factura", file=bill))

    shown = (await product.shown(f"telegram/{ANA}/messages"))[-1]
    [file] = shown["files"]
    assert (shown["text"], file["name"], file["mime"]) == ("Factura", bill.name, bill.mime)
    assert sent.provider_message_id.startswith(f"{ANA}:")
    opened = await product.api.get(file["url"])
    assert opened.content == bill.content
    assert opened.headers["content-type"] == "application/pdf"
    assert opened.headers["content-disposition"].startswith("inline")
    assert bill.name in opened.headers["content-disposition"]


async def test_only_the_chosen_button_is_left_and_it_is_marked(product: Product) -> None:
    chats = product.senders[Channel.TELEGRAM]
    await product.post(f"telegram/{ANA}/send", {"text": "/start"})
    await chats.send(to_ana("Doriți oferta?", buttons=(Button("Da", "t-1"), Button("Nu", "t-2"))))

    product.door.pressed = Pressed(Use.COUNTS, "ro", "Da")
    await product.post(f"telegram/{ANA}/send", {"button": "Da"})
    assert await product.pressable(without="Nu") == ["✓ Da"]

    product.door.pressed = Pressed(Use.USED, "ro", "Da")
    await product.post(f"telegram/{ANA}/send", {"button": "✓ Da"})
    assert product.door.last().text == "t-1", "the same token: used up by now"
    assert await product.notices(1) == ["utter_button_used ro"]
    assert await product.pressable(without="Nu") == ["✓ Da"]


@pytest.mark.parametrize(
    ("deed", "kind", "mime", "name"),
    [
        ({"photo": "factura"}, "photo", "image/jpeg", ""),
        ({"document": True}, "document", "text/plain", "scrisoare.txt"),
        ({"voice_note": True}, "voice", "audio/ogg", ""),
        ({"video_note": True}, "video_note", "video/mp4", ""),
        ({"sticker": True}, "sticker", "image/webp", ""),
    ],
)
async def test_what_a_person_sends_can_be_fetched_with_its_content(
    product: Product, deed: dict[str, Any], kind: str, mime: str, name: str
) -> None:
    own = {"name": "scrisoare.txt", "mime": "text/plain", "content": base64(b"a file of mine")}
    await product.post(f"telegram/{ANA}/send", deed)
    [sample] = product.door.last().media
    await product.post(f"telegram/{ANA}/send", {**deed, "file": own})
    [sent] = product.door.last().media

    assert (product.door.last().text, sent.mime, sent.name) == (kind, mime, name)
    assert sent.size == 14
    assert await product.files.fetch(sent.reference, at_most=14) == b"a file of mine"
    assert await product.files.fetch(sent.reference, at_most=13) is None
    assert len(await product.files.fetch(sample.reference, at_most=10**6) or b"") == sample.size


async def test_a_file_that_telegram_does_not_have_is_none(product: Product) -> None:
    assert await product.files.fetch("gone", at_most=100) is None


async def test_the_menu_of_commands_is_taken_in_both_languages(product: Product) -> None:
    await telegram.register_commands(product.bot, lambda name, language: f"{name} {language}")
    menus = product.simulator.commands
    assert menus.keys() == {"ro", "en", ""}
    assert {"command": "stop", "description": "utter_command_stop ro"} in menus["ro"]


async def test_a_shared_place_arrives(product: Product) -> None:
    place = {"latitude": 44.4268, "longitude": 26.1025}
    await product.post(f"telegram/{ANA}/send", {"location": place})
    assert product.door.last().place == "44.426800,26.102500"


async def test_a_group_is_refused_once_and_where_it_was_asked(product: Product) -> None:
    for deed in ({"added_to_group": True}, {"group_text": "/start"}, {"group_text": "/help"}):
        await product.post(f"telegram/{ANA}/send", deed)
    [(_, inbound)] = product.door.stored.values()
    assert (inbound.kind, inbound.text) == (Kind.MEDIA, "group")

    answer = Outbound(Channel.TELEGRAM, inbound.address, "Doar în privat.", "ro")
    await product.senders[Channel.TELEGRAM].send(answer)
    shown = (await product.shown(f"telegram/{ANA}/messages"))[-1]
    assert (shown["text"], shown["group"]) == ("Doar în privat.", True)


async def test_a_strangers_copy_of_anas_card_is_not_their_own(product: Product) -> None:
    await product.post("telegram/4242/send", {"contact": PHONE})

    assert product.door.last().kind is Kind.CONTACT
    assert product.door.last().contact_is_own is False


@pytest.mark.parametrize("deed", [{"text": "bună"}, {"contact": "own"}, {"photo": True}])
async def test_a_repeated_update_is_known_again(product: Product, deed: dict[str, Any]) -> None:
    await product.post(f"telegram/{ANA}/send", deed)
    again = await product.post(f"telegram/{ANA}/send", {"repeat_last": True})

    assert (again["status"], len(product.door.stored)) == (200, 1)


@pytest.mark.parametrize(
    "deed",
    [
        {"photo": "factura"},
        {"voice_note": True},
        {"sticker": True},
        {"group_text": "salut"},
        {"blocked": True},
        {"blocked": False},
    ],
)
async def test_nothing_that_a_person_can_do_breaks_the_webhook(
    product: Product, deed: dict[str, Any]
) -> None:
    assert (await product.post(f"telegram/{ANA}/send", deed))["status"] == 200


async def test_an_sms_goes_both_ways_and_its_receipt_comes(product: Product) -> None:
    await product.post(f"sms/{PHONE}/send", {"text": "Cât am de plată?"})
    assert (product.door.last().kind, product.door.last().sender) == (Kind.TEXT, PHONE)
    again = await product.post(f"sms/{PHONE}/send", {"repeat_last": True})
    assert (again["status"], len(product.door.stored)) == (200, 1)

    sent = await product.senders[Channel.SMS].send(Outbound(Channel.SMS, PHONE, "120 lei", "ro"))
    await product.simulator.sms.settle()

    assert (await product.shown(f"sms/{PHONE}/messages"))[-1]["text"] == "120 lei"
    assert Report("sms", sent.provider_message_id, Status.DELIVERED) in product.door.statuses


@pytest.mark.parametrize(
    ("channel", "address"), [(Channel.TELEGRAM, str(ANA)), (Channel.SMS, PHONE)]
)
@pytest.mark.parametrize(
    ("kind", "reason", "permanent", "uncertain"),
    [
        ("rate_limited", "rate_limited", False, False),
        ("server_error", "unreachable", False, False),
        ("blocked", "blocked", True, False),
    ],
)
async def test_the_senders_understand_the_doubles_refusals(
    product: Product,
    channel: Channel,
    address: str,
    kind: str,
    reason: str,
    permanent: bool,
    uncertain: bool,
) -> None:
    await product.post("faults", {"channel": channel.value, "kind": kind})

    with pytest.raises(DeliveryFailed) as failed:
        await product.senders[channel].send(Outbound(channel, address, "Bună ziua!", "ro"))

    failure = failed.value
    if (channel, kind) == (Channel.SMS, "blocked"):
        reason = "opted_out"
    assert (failure.reason, failure.permanent, failure.uncertain) == (reason, permanent, uncertain)
    assert failure.retry_after == (3 if kind == "rate_limited" else None)


async def test_an_sms_without_an_answer_is_uncertain(product: Product) -> None:
    await product.post("faults", {"channel": "sms", "kind": "timeout"})

    with pytest.raises(DeliveryFailed) as failed:
        await product.senders[Channel.SMS].send(Outbound(Channel.SMS, PHONE, "120 lei", "ro"))

    assert (failed.value.reason, failed.value.uncertain) == ("timeout", True)


async def test_a_call_is_a_dialogue_until_the_bot_says_goodbye(product: Product) -> None:
    product.door.words = [
        said("Bună ziua!"),
        said("Codul de client?", expects="customer_number"),
        said("Mai sunteți?"),
        said("La revedere.", hang_up=True),
    ]
    began = await product.post(f"voice/{PHONE}/call")
    asked = await product.post(f"voice/{PHONE}/say", {"text": "cât am de plată"})
    keyed = await product.post(f"voice/{PHONE}/keys", {"keys": "12040010#"})
    again = await product.post(f"voice/{PHONE}/keys", {"repeat_last": True})
    ended = await product.post(f"voice/{PHONE}/silence")

    assert (began["state"], asked["listening"]["num_digits"]) == ("listening", 8)
    assert keyed["used"] == "12040010"
    assert again["same_answer"] is True
    assert ended["state"] == "ended"
    assert await product.heard() == [
        "Bună ziua!",
        "Codul de client?",
        "Mai sunteți?",
        "La revedere.",
    ]
    kinds = [Kind.BEGIN, Kind.SPEECH, Kind.KEYS, Kind.SILENCE, Kind.HANGUP]
    assert product.door.kinds() == kinds


async def test_a_slow_answer_is_waited_for_with_a_word(product: Product) -> None:
    product.door.words = [
        said("Bună ziua!"),
        Spoken((), "ro", "bot", pending=True),
        said("Aveți de plată 120 de lei."),
    ]
    await product.post(f"voice/{PHONE}/call")
    answer = await product.post(f"voice/{PHONE}/say", {"text": "cât am de plată"})

    assert answer["state"] == "listening"
    first, bridge, last = await product.heard()
    assert bridge == "utter voice one moment ro"
    assert (first, last) == ("Bună ziua!", "Aveți de plată 120 de lei.")


async def test_a_caller_waits_in_the_queue_and_talks_with_an_agent(product: Product) -> None:
    quiet = Spoken((), "ro", "queue")
    product.door.words = [
        said("Vă caut un coleg.", owner="queue"),
        said("Sunteți primul.", owner="queue"),
        quiet,
        quiet,
        Spoken((), "ro", "agent"),
        said("Bună ziua, sunt Radu.", owner="agent"),
        *[Spoken((), "ro", "agent")] * 3,
        said("La revedere.", owner="agent", hang_up=True),
    ]
    await product.post(f"voice/{PHONE}/call")

    state, after = "", 0
    while state != "ended":
        page = (
            await product.api.get(
                f"/simulator/voice/{PHONE}/transcript", params={"after": after, "wait": 1}
            )
        ).json()
        state, after = page["state"], page["last"]

    assert await product.heard() == [
        "Vă caut un coleg.",
        "Sunteți primul.",
        "Bună ziua, sunt Radu.",
        "La revedere.",
    ]


async def test_a_hidden_number_is_a_caller_without_a_number(product: Product) -> None:
    await product.post(f"voice/{PHONE}/call", {"withheld": True})

    assert product.door.last().phone is None
    assert product.door.last().sender.startswith("withheld:")


async def test_a_picture_is_fetched_from_where_it_is_kept(product: Product) -> None:
    await product.post(f"sms/{PHONE}/send", {"media": True})
    [media] = product.door.last().media
    files = sms.SmsFiles(simulated.ACCOUNT, simulated.AUTH, product.twilio_url)
    content = await files.fetch(media.reference, at_most=10**6)
    assert content is not None
    assert (media.mime, content[:4]) == ("image/png", b"\x89PNG")
    assert await files.fetch(media.reference, at_most=len(content) - 1) is None
    stranger = sms.SmsFiles(simulated.ACCOUNT, "wrong", product.twilio_url)
    assert await stranger.fetch(media.reference, at_most=10**6) is None
