"""Does a customer choose which notices come, and do short answers to one land in its context?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import NoticeChoices
from bot import told
from bot.actions import replay
from bot.actions.job import ASSISTANT
from bot.notices import _WORDS
from bot.told import ASKS_FOR_MONEY, LIFETIME
from handoff.conversations import InboundMessage
from tests.integration.actions.test_telegram import invoices

Someone = Callable[..., Any]
Later = Callable[[timedelta], None]


async def chosen(somebody: Any) -> NoticeChoices:
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        choices: NoticeChoices = await setting.billing.notice_choices(session, found.customer_id)
        return choices


async def wishes(somebody: Any, wish: str) -> Any:
    return await somebody.means("choose", choice=f"notices:{wish}")


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_a_proved_customer_turns_all_of_them_off_and_on_again(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", language=language)
    await ana.proves_by_code()

    assert (await wishes(ana, "off")).responses == ["utter_notices_all_off"]
    assert set((await chosen(ana)).wanted.values()) == {False}
    assert (await wishes(ana, "on")).responses == ["utter_notices_all_on"]
    assert set((await chosen(ana)).wanted.values()) == {True}


async def test_one_kind_can_be_turned_off_and_it_is_audited_where_that_was_said(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()

    heard = await wishes(ana, "due:off")

    assert heard.responses == ["utter_notice_topic_due_off"]
    wanted = (await chosen(ana)).wanted
    assert (wanted["due"], wanted["overdue"], wanted["invoices"]) == (False, True, True)
    async with ana.setting.sessions() as session:
        row = await session.scalar(select(AuditEntry).where(AuditEntry.action == "notices.chosen"))
    assert row is not None
    assert row.details == {"topics": ["due"], "wanted": False, "stated_in": "telegram"}


async def test_what_comes_and_where_is_shown_with_buttons_to_change_it(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await wishes(ana, "channel:sms")
    assert (await chosen(ana)).channel == "sms"

    heard = await wishes(ana, "show")

    assert heard.responses[0] == "utter_notices_on_sms"
    assert "utter_notice_topic_disputes_on" in heard.responses
    assert '/choose{"choice": "notices:due:off"}' in [payload for _, payload in heard.choices]


async def test_stopping_them_here_needs_no_proof(customer: Someone) -> None:
    somebody = customer("ana", "sms")
    heard = await wishes(somebody, "off")
    assert heard.responses == ["utter_notices_stopped"]
    assert (await somebody.conversation()).opted_out_at is not None
    assert set((await chosen(somebody)).wanted.values()) == {True}, "an SMS proves nobody"


async def test_what_comes_elsewhere_needs_the_proof_and_goes_on_after_it(
    customer: Someone,
) -> None:
    somebody = customer("ana", "sms")
    asked = await wishes(somebody, "payments:off")
    assert asked.responses == ["utter_code_sent"]
    done = await somebody.gives(await somebody.code(), "code")
    assert done.responses[-1] == "utter_notice_topic_payments_off"


@pytest.mark.parametrize("wish", ["stop"])
async def test_stop_says_so(customer: Someone, wish: str) -> None:
    assert (await wishes(customer("mihai"), wish)).responses == ["utter_notices_stopped"]


async def test_a_wish_that_makes_no_sense_is_an_old_button(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    for wish in ("channel:pigeon", "weather:off"):
        assert (await wishes(ana, wish)).responses == ["utter_old_button"]


# --- answers to a notice ---


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_why_after_an_invoice_notice_explains_that_invoice(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", language=language)
    await ana.proves_by_code()
    _, older, *_ = await invoices(ana)
    newest = await ana.means("explain_bill", "de ce?")
    await ana.is_told("invoice_issued", invoice=older.number)

    heard = await ana.means("explain_bill", "de ce?")

    assert heard.text != newest.text
    by_number = await ana.means("explain_bill", "", invoice_number=older.number)
    assert heard.text == by_number.text


async def test_a_month_that_is_named_counts_more_than_what_was_told(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    newest, older, *_ = await invoices(ana)
    month = newest.issued_on.strftime("%Y-%m")
    asked = await ana.means("explain_bill", "", month=month)
    await ana.is_told("invoice_issued", invoice=older.number)
    again = await ana.means("explain_bill", "", month=month)
    first_line, *_ = asked.text.splitlines()
    assert first_line in again.text


async def test_what_was_told_is_over_after_some_days_and_with_another_topic(
    customer: Someone, later: Later
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    _, older, *_ = await invoices(ana)
    newest = await ana.means("explain_bill")

    await ana.is_told("invoice_issued", invoice=older.number)
    await ana.means("check_usage")
    assert (await ana.means("explain_bill")).text == newest.text

    await ana.is_told("invoice_issued", invoice=older.number)
    later(LIFETIME)
    assert told.of(await ana.conversation(), now=ana.setting.clock.now()) is None


@pytest.mark.parametrize(("intent", "words"), [("affirm", "da"), ("pay_bill", "PLATA")])
async def test_yes_or_pay_after_a_reminder_leads_to_paying_after_the_proof(
    customer: Someone, intent: str, words: str
) -> None:
    bogdan = customer("bogdan", "sms")
    owed = next(one for one in await invoices(bogdan) if one.outstanding)
    await bogdan.means("greet", "bună")
    await bogdan.is_told("reminder_1", invoice=owed.number)

    asked = await bogdan.means(intent, words)
    assert asked.responses == ["utter_code_sent"]
    paying = await bogdan.gives(await bogdan.code(), "code")

    assert paying.responses[0] == "utter_verified_go_on"
    assert any(
        name.startswith(("utter_due", "utter_balance", "utter_pay")) for name in paying.responses
    ), paying.responses


async def test_yes_after_a_notice_that_asks_for_nothing_pays_nothing(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.is_told("payment_received_all")
    assert (await ana.means("affirm", "da")).responses == ["utter_nothing_to_confirm"]


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_why_after_a_rejected_dispute_tells_its_reason(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", language=language)
    await ana.proves_by_code()
    invoice = (await invoices(ana))[0]
    number = await dispute_of(ana, invoice.number)
    setting = ana.setting
    async with setting.sessions() as session, session.begin():
        [found] = await setting.billing.find_customers(session, phone=ana.person.phone)
        now = setting.clock.now()
        await setting.billing.reject_dispute(
            session, found.account_id, number, answer="Prețul este cel din contract.",
            authority=ASSISTANT, key="reject", now=now,
        )  # fmt: skip
    await ana.is_told("dispute_rejected", number=number, invoice=invoice.number)

    heard = await ana.means("explain_bill", "de ce?")

    assert heard.responses == ["utter_dispute_state_rejected", "utter_dispute_disagree"]
    assert "Prețul este cel din contract." in heard.text


# Notices of a bill; what says so is said of that bill.
_OF_A_BILL = {
    "invoice_issued": "utter_explain",
    "invoice_covered": "utter_explain",
    "due_soon": "utter_explain",
    "reminder_1": "utter_explain",
    "reminder_2": "utter_explain",
    "suspension_notice": "utter_explain",
    "service_suspended": "utter_explain",
}
_OF_A_DISPUTE = {kind: "utter_dispute_state" for kind in _WORDS if kind.startswith("dispute_")}
_OF_THE_ACCOUNT = {
    "payment_received": "utter_balance",
    "payment_received_all": "utter_balance",
    "extension_due": "utter_balance",
    "extension_missed": "utter_balance",
    "instalment_due": "utter_balance",
    "instalment_missed": "utter_balance",
    "service_restored": "utter_balance",
    "service_restored_with_fee": "utter_fees",
}
_WHY_IS = {**_OF_A_BILL, **_OF_A_DISPUTE, **_OF_THE_ACCOUNT}


async def answers(somebody: Any, words: str) -> Any:
    """What few words typed after a notice get, by way of what they are taken for."""
    conversation = await somebody.conversation()
    typed = InboundMessage(kind="text", text=words, data={})
    met = replay.met(conversation)
    command = told.answer(met, typed, now=somebody.setting.clock.now())
    assert command is not None, words
    return await somebody.means(command.removeprefix("/"), words)


def test_every_kind_of_notice_has_an_answer_to_why() -> None:
    assert set(_WHY_IS) == set(_WORDS)


@pytest.mark.parametrize(("language", "why"), [("ro", "DE CE"), ("en", "WHY")])
@pytest.mark.parametrize(("kind", "begins"), sorted(_WHY_IS.items()))
async def test_why_after_any_notice_by_sms_is_answered_about_that(
    customer: Someone, kind: str, begins: str, language: str, why: str
) -> None:
    bogdan = customer("bogdan", "sms", language)
    await bogdan.proves_by_code()
    bill = (await invoices(bogdan))[0]
    about = {} if kind in _OF_THE_ACCOUNT else {"invoice": bill.number}
    if kind in _OF_A_DISPUTE:
        about["number"] = await dispute_of(bogdan, bill.number)
    await bogdan.is_told(kind, **about)

    heard = await answers(bogdan, why)

    assert heard.responses[0].startswith(begins), heard.responses


@pytest.mark.parametrize(
    ("language", "pay", "later"), [("ro", "PLATA", "AMÂNARE"), ("en", "PAY", "LATER")]
)
@pytest.mark.parametrize("kind", sorted(ASKS_FOR_MONEY))
async def test_pay_and_later_after_any_notice_of_a_debt_by_sms_are_answered(
    customer: Someone, kind: str, language: str, pay: str, later: str
) -> None:
    bogdan = customer("bogdan", "sms", language)
    await bogdan.proves_by_code()
    bill = (await invoices(bogdan))[0]

    await bogdan.is_told(kind, invoice=bill.number)
    paying = await answers(bogdan, pay)
    assert "utter_pay" in " ".join(paying.responses), paying.responses

    await bogdan.is_told(kind, invoice=bill.number)
    asked = await answers(bogdan, later)
    assert "extension" in asked.responses[0], asked.responses


async def dispute_of(somebody: Any, invoice: str) -> str:
    """The number of a dispute that this customer has just opened."""
    setting = somebody.setting
    async with setting.sessions() as session, session.begin():
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        opened = await setting.billing.open_dispute(
            session, found.account_id, invoice, reason="price", words="prea mult",
            authority=ASSISTANT, key="open", now=setting.clock.now(),
        )  # fmt: skip
        number: str = opened.dispute.number
        return number
