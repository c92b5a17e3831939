"""Who gets an invoice as a document, how, and when do they get words only?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from billing_backend.documents import Sellers
from bot import attachments
from bot.actions.send_document import asks_for_document
from handoff.conversations import Author, Conversation, InboundMessage, OutboundMessage

Someone = Callable[..., Any]


async def noted(somebody: Any) -> dict[str, Any] | None:
    """What goes out after the words of this turn."""
    found = (await somebody.conversation()).dialogue.get("attach")
    return None if found is None else dict(found)


async def turn_ends(somebody: Any) -> list[OutboundMessage]:
    """Write what the turn writes after its words; all documents in the outbox."""
    setting = somebody.setting
    async with setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, somebody.conversation_id)
        message = await session.scalar(
            select(InboundMessage)
            .where(InboundMessage.conversation_id == conversation.id)
            .order_by(InboundMessage.position.desc())
            .limit(1)
        )
        assert message is not None
        await attachments.write(
            session, conversation, message, epoch=conversation.epoch, now=setting.clock.now()
        )
    return await documents(somebody)


async def documents(somebody: Any) -> list[OutboundMessage]:
    async with somebody.setting.sessions() as session:
        rows = await session.scalars(
            select(OutboundMessage)
            .where(OutboundMessage.options["document"].is_not(None))
            .order_by(OutboundMessage.position)
        )
        return list(rows)


async def newest(somebody: Any) -> Any:
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        today = setting.clock.now().date()
        return await setting.billing.invoices(session, found.account_id, today=today)


async def test_on_telegram_a_bill_comes_with_its_file(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("view_bill", "arată-mi factura")
    [invoice, *_] = await newest(ana)
    [sent] = await turn_ends(ana)
    assert invoice.number in told.text
    assert sent.options == {"document": str(invoice.invoice_id)}
    assert sent.author == Author.BOT
    assert await noted(ana) is None


async def test_the_bill_of_the_month_that_was_asked_for_is_sent(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("view_bill", "Vreau factura din octombrie în PDF", month="2026-10")
    [_, october, *_] = await newest(ana)
    [sent] = await turn_ends(ana)
    assert october.issued_on.month == 10
    assert october.number in told.text
    assert sent.options["document"] == str(october.invoice_id)


async def test_by_sms_words_come_free_and_the_link_on_request(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("view_bill", "cât e factura")
    assert await turn_ends(bogdan) == []
    await bogdan.means("view_bill", "trimiteți-mi factura")
    [sent] = await turn_ends(bogdan)
    [part] = sent.parts
    assert part["values"]["link"] == {"document": sent.options["document"]}


async def test_the_wish_outlives_the_proof(customer: Someone) -> None:
    """Asked for before the code: the document follows the code."""
    bogdan = customer("bogdan", "sms")
    await bogdan.means("view_bill", "trimiteți-mi factura în pdf")
    assert await turn_ends(bogdan) == []
    told = await bogdan.gives(await bogdan.code(), "code")
    [invoice, *_] = await newest(bogdan)
    assert invoice.number in told.text
    [sent] = await turn_ends(bogdan)
    assert sent.options["document"] == str(invoice.invoice_id)


async def test_on_the_phone_it_goes_by_sms_to_the_number_on_file(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin()
    told = await carmen.means("view_bill", "puteți să-mi trimiteți factura", kind="speech")
    assert "V-am trimis factura prin SMS" in told.text
    [sent] = await documents(carmen)
    async with carmen.setting.sessions() as session:
        sms = await session.get_one(Conversation, sent.conversation_id)
    assert (sms.channel, sms.address) == ("sms", carmen.person.phone)
    assert sent.author == Author.NOTICE
    assert [one.id for one in await turn_ends(carmen)] == [sent.id]


async def test_on_the_phone_words_are_enough_for_who_wants_to_hear_the_bill(
    customer: Someone,
) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin()
    told = await carmen.means("view_bill", "ce scrie pe factură", kind="speech")
    assert "SMS" not in told.text
    assert await turn_ends(carmen) == []


@pytest.mark.parametrize("channel", ["telegram", "voice"])
async def test_the_same_message_again_sends_nothing_twice(customer: Someone, channel: str) -> None:
    ana = customer("ana", channel)
    await (ana.proves_by_pin() if channel == "voice" else ana.proves_by_code())
    first = await ana.means("view_bill", "trimite factura")
    assert (await ana.hears_again()).text == first.text
    assert len(await turn_ends(ana)) == 1
    await ana.hears_again()
    assert len(await turn_ends(ana)) == 1


async def test_a_stranger_gets_no_document(customer: Someone) -> None:
    mihai = customer("mihai")
    await mihai.means("view_bill", "trimiteți-mi factura Anei în pdf")
    assert await turn_ends(mihai) == []


async def test_what_was_left_of_a_failed_turn_is_not_sent_with_the_next(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("view_bill", "trimite factura")
    await ana.means("check_balance")
    assert await turn_ends(ana) == []
    assert await noted(ana) is None


async def test_a_bill_that_is_not_there_comes_without_a_file(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("view_bill", "trimite factura", invoice_number="DT-2026-99999")
    assert "Nu găsesc" in told.text
    assert await turn_ends(ana) == []


async def test_a_company_that_has_not_said_who_it_is_sends_words_only(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    ana.setting.billing.sellers = Sellers()
    told = await ana.means("view_bill", "trimite factura")
    assert "Acum nu pot trimite documentul" in told.text
    assert await turn_ends(ana) == []


@pytest.mark.parametrize(
    "words",
    [
        "Vreau factura din octombrie în PDF",
        "trimiteți-mi factura",
        "mai trimite odata factura ca am sters mailul",
        "aș dori o copie a facturii",
        "cum descarc factura",
        "nu am primit factura luna asta",
        "doresc să îmi transmiteți factura fiscală",
        "un duplicat vă rog",
        "can you send me the october invoice",
        "download bill pdf",
        "I need a copy of my bill",
        "please email me the last invoice",
        "I haven't received my bill",
    ],
)
def test_these_words_ask_for_the_document(words: str) -> None:
    assert asks_for_document(words)


@pytest.mark.parametrize(
    "words",
    ["arată-mi factura", "ce scrie pe factură", "prima factură", "show me my bill", "1", ""],
)
def test_these_words_ask_what_it_says(words: str) -> None:
    assert not asks_for_document(words)
