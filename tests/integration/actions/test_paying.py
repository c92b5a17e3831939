"""Paying by link, past payments and refunds, as customers hear of them on each channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from billing_backend.backend import BuiltInBilling
from billing_backend.contract import Authority, Tier
from billing_backend.money import Money
from billing_backend.payments import events, refund_repository
from billing_backend.payments.gateway import CheckoutNews, ProviderCall, TryFailed
from billing_backend.payments.models import PaymentLink
from billing_backend.payments.refunds import settle
from billing_backend.payments.service import Received, receive
from bot.payment_notices import tell
from handoff.conversations import Conversation, OutboundMessage, Owner
from handoff.queue.models import Case
from tests.integration.actions import conftest as acting

Someone = Callable[..., Any]
TODAY = date(2026, 11, 24)
PAY = "https://bill.example/pay"


@pytest.fixture
def setting(setting: acting.Setting, monkeypatch: pytest.MonkeyPatch) -> acting.Setting:
    """The same company, which takes payments by link."""
    monkeypatch.setattr(setting.billing, "_pay_address", PAY)
    return setting


async def account(somebody: Any) -> UUID:
    async with somebody.setting.sessions() as session:
        [found] = await somebody.setting.billing.find_customers(
            session, phone=somebody.person.phone
        )
        account_id: UUID = found.account_id
        return account_id


async def balance(somebody: Any) -> Any:
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        return await somebody.setting.billing.balance(session, account_id, today=TODAY)


async def link(somebody: Any) -> PaymentLink:
    """The newest link of this customer."""
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        found = await session.scalars(
            select(PaymentLink)
            .where(PaymentLink.account_id == account_id)
            .order_by(PaymentLink.created_at.desc())
        )
        newest = found.first()
        assert newest is not None, "no link was given"
        return newest  # type: ignore[no-any-return]


async def stripe_tells(somebody: Any, news: Any) -> None:
    """An event as the webhook applies it: booked and told in one transaction."""
    setting = somebody.setting
    async with setting.sessions() as session, session.begin():
        call = ProviderCall(f"evt_{uuid4().hex}", "of the test", news)
        now = setting.clock.now()
        applied = await events.apply(session, call, now=now, policy=acting.POLICY)
        if applied.told is not None:
            await tell(session, applied.told, now=now)


async def pays(somebody: Any, minor: int | None = None, state: str = "paid") -> None:
    given = await link(somebody)
    paid = Money(minor or given.amount_minor) if state == "paid" else None
    news = CheckoutNews(given.id, f"cs_{given.id}", state, f"pi_{given.id}", paid)
    await stripe_tells(somebody, news)


async def notices(somebody: Any, channel: str) -> list[str]:
    """What a customer was told unasked, codes aside, in words."""
    address = somebody.person.phone if channel == "sms" else somebody.address
    async with somebody.setting.sessions() as session:
        rows = await session.scalars(
            select(OutboundMessage)
            .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
            .where(
                OutboundMessage.author == "notice",
                Conversation.channel == channel,
                Conversation.address == address,
            )
            .order_by(OutboundMessage.position)
        )
        return [
            acting.TEXTS.join(row.parts, somebody.language, channel).text
            for row in rows
            if row.parts[0]["response"] != "utter_sms_code"
        ]


async def has_credit(somebody: Any, minor: int) -> None:
    """Pays all that is due and so much more."""
    due = (await balance(somebody)).due.minor
    account_id = await account(somebody)
    payment = Received(account_id, Money(due + minor), TODAY, "bank_transfer", f"OP-{uuid4()}")
    async with somebody.setting.sessions() as session, session.begin():
        now = somebody.setting.clock.now()
        await receive(session, [payment], now=now, policy=acting.POLICY)


# --- paying ---


async def test_a_verified_customer_gets_the_amount_and_a_link(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("pay_bill", "vreau să plătesc")
    given = await link(ana)
    assert f"{PAY}/{given.token}" in told.text
    assert ana.setting.billing.takes_payments
    assert Money(given.amount_minor) == (await balance(ana)).due
    assert "112,49 lei" in told.text


async def test_a_stranger_hears_how_to_pay_and_gets_the_link_after_the_proof(
    customer: Someone,
) -> None:
    ana = customer("ana", "sms")
    public = await ana.means("pay_bill")
    assert public.responses == ["utter_payment_methods", "utter_offer_link_after_proof"]
    assert "112,49" not in public.text
    await ana.means("affirm")
    told = await ana.gives(await ana.code(), "code")
    assert f"{PAY}/{(await link(ana)).token}" in told.text


async def test_how_to_pay_is_public_and_the_link_is_offered(customer: Someone) -> None:
    ana = customer("ana")
    public = await ana.means("ask_payment_methods", "cum pot plăti?")
    assert public.responses == ["utter_payment_methods", "utter_offer_link_after_proof"]
    assert (await ana.means("deny")).responses == ["utter_as_you_wish"]
    await ana.proves_by_code()
    offered = await ana.means("ask_payment_methods", "pot plăti cu cardul?")
    assert offered.responses[-1] == "utter_offer_link"
    told = await ana.means("affirm")
    assert f"{PAY}/{(await link(ana)).token}" in told.text


async def test_on_the_phone_the_link_goes_by_sms_to_the_number_on_file(customer: Someone) -> None:
    ana = customer("ana", "voice")
    await ana.proves_by_pin()
    told = await ana.means("pay_bill", kind="speech")
    assert "SMS" in told.text
    assert "https" not in told.text
    [sms] = await notices(ana, "sms")
    assert f"{PAY}/{(await link(ana)).token}" in sms
    assert "112,49 lei" in sms
    assert await ana.hears_again() == told
    assert len(await notices(ana, "sms")) == 1


async def test_a_part_can_be_named_but_not_more_than_is_due(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("pay_bill", "vreau să plătesc 50 lei", amount="5000")
    assert "plăti 50,00 lei" in told.text
    assert (await link(ana)).amount_minor == 5000
    later(timedelta(minutes=1))
    told = await ana.means("pay_bill", "vreau să plătesc 500 lei", amount="50000")
    assert "mai mult decât aveți de plată" in told.text
    assert (await link(ana)).amount_minor == 11249
    told = await ana.means("pay_bill", "plătesc 1 leu", amount="100")
    assert "2,00 lei" in told.text


async def test_who_owes_nothing_gets_no_link(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 0)
    told = await ana.means("pay_bill")
    assert told.responses == ["utter_balance_nothing"]


async def test_without_links_it_is_explained_how_to_pay(
    customer: Someone, setting: acting.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting.billing, "_pay_address", None)
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("pay_bill")
    assert told.responses[-1] == "utter_payment_methods"


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_when_the_payment_comes_it_is_told_in_the_conversation(
    customer: Someone, channel: str
) -> None:
    ana = customer("ana", channel)
    await ana.proves_by_code()
    await ana.means("pay_bill")
    await pays(ana)
    [told] = await notices(ana, channel)
    assert "112,49 lei" in told
    assert "nimic de plată" in told
    assert "paid in full" in (await customer_in_english(ana, "check_payment_status")).text


async def customer_in_english(somebody: Any, intent: str) -> Any:
    await somebody.means("change_language", "English please", language_name="en")
    return await somebody.means(intent)


async def test_a_part_that_comes_leaves_the_rest_and_both_are_told(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill", amount="5000")
    await pays(ana)
    assert await notices(ana, "telegram") == [
        "Am primit plata de 50,00 lei. Vă mulțumim! Mai aveți de plată 62,49 lei."
    ]


async def test_nobody_is_told_where_the_conversation_is_over(
    customer: Someone, setting: acting.Setting
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    async with setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, ana.conversation_id)
        conversation.closed_at = setting.clock.now()
    await pays(ana)
    assert await notices(ana, "telegram") == []
    assert not (await balance(ana)).due


# --- did it arrive ---


async def test_a_payment_on_its_way_is_known_and_not_asked_for_again(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    await pays(ana, state="processing")
    assert "este pe drum" in (await ana.means("check_payment_status")).text
    again = await ana.means("pay_bill")
    assert "este pe drum" in again.text
    assert PAY not in again.text
    await pays(ana, state="failed")
    [told] = await notices(ana, "telegram")
    assert "nu a reușit" in told


async def test_a_declined_card_is_told_with_a_link_to_try_again(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    await pays(ana, state="expired")  # so that there is a checkout
    await stripe_tells(ana, TryFailed((await link(ana)).id, "card_declined"))
    told = await ana.means("check_payment_status")
    assert "nu a reușit" in told.text
    assert f"{PAY}/{(await link(ana)).token}" in told.text


async def test_an_open_link_is_shown_again_and_a_payment_searched_for(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    told = await ana.means("check_payment_status")
    assert f"{PAY}/{(await link(ana)).token}" in told.text
    assert "căuta plata" in told.text


# --- past payments ---


async def test_the_last_payments_are_listed_with_day_amount_and_how(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    await pays(ana)
    told = (await ana.means("check_payment_history")).text.splitlines()
    assert told[1] == "– 24 November 2026: 112.49 RON, by card"
    assert len(told) == 7
    assert all("2026" in line and "RON" in line for line in told[1:])


async def test_the_phone_tells_three_payments(customer: Someone) -> None:
    ana = customer("ana", "voice")
    await ana.proves_by_pin()
    told = await ana.means("check_payment_history", kind="speech")
    assert len(told.responses) == 4
    assert "https" not in told.text


async def test_payments_are_account_facts(customer: Someone) -> None:
    ana = customer("ana")
    for intent in ("check_payment_history", "check_refund_status", "request_refund"):
        assert "lei" not in (await ana.means(intent)).text


# --- money back ---


async def test_credit_is_offered_and_sent_back_after_a_yes(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    offered = await ana.means("request_refund", "vreau banii înapoi")
    assert "45,50 lei" in offered.text
    assert (await balance(ana)).credit == Money(4550)

    told = await ana.means("affirm")
    assert "45,50 lei" in told.text
    assert "transfer bancar" in told.text
    assert not (await balance(ana)).credit
    assert await ana.hears_again() == told
    state = await ana.means("check_refund_status")
    assert "45,50 lei" in state.text
    assert "urmează" in state.text


async def test_credit_that_came_by_card_goes_back_to_the_card(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("pay_bill")
    await pays(ana, minor=11249 + 3000)
    assert "30,00 lei" in (await ana.means("request_refund")).text
    assert "pe cardul" in (await ana.means("affirm")).text
    await settled(ana, "sent")
    assert "Am trimis 30,00 lei înapoi pe card" in (await ana.means("check_refund_status")).text


async def test_a_refund_that_failed_is_said_to_be_credit_again(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    await ana.means("request_refund")
    await ana.means("affirm")
    await settled(ana, "failed")
    assert "din nou credit" in (await ana.means("check_refund_status")).text
    assert (await balance(ana)).credit == Money(4550)


async def settled(somebody: Any, state: str) -> None:
    setting = somebody.setting
    account_id = await account(somebody)
    async with setting.sessions() as session, session.begin():
        [refund] = await refund_repository.of_account(session, account_id, limit=5)
        await settle(session, refund, state, actor="Irina", now=setting.clock.now())


async def test_a_no_leaves_the_credit_for_the_next_bill(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    await ana.means("request_refund")
    told = await ana.means("deny")
    assert told.responses == ["utter_refund_not_wanted"]
    assert (await balance(ana)).credit == Money(4550)


async def test_the_question_comes_back_after_another_one(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    await ana.means("request_refund")
    assert "creditul din cont" in (await ana.means("check_balance")).text


async def test_a_refund_needs_a_fresh_proof(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    await ana.means("request_refund")
    later(timedelta(minutes=16))
    await ana.means("affirm")
    assert (await balance(ana)).credit == Money(4550)
    told = await ana.gives(await ana.code(), "code")
    assert "45,50 lei" in told.text
    assert not (await balance(ana)).credit


async def test_above_the_assistants_limit_a_person_gets_the_facts(
    customer: Someone, setting: acting.Setting
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 20_001)
    await ana.means("request_refund")
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.QUEUE
    async with setting.sessions() as session:
        case = (
            await session.scalars(select(Case).where(Case.conversation_id == ana.conversation_id))
        ).one()
    assert (case.reason, case.detail) == (
        "refund_above_limit",
        {"minor": 20_001, "needs": "agent"},
    )
    assert (await balance(ana)).credit == Money(20_001)


async def test_credit_that_was_used_meanwhile_is_not_sent(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await has_credit(ana, 4550)
    await ana.means("request_refund")
    async with ana.setting.sessions() as session, session.begin():
        await BuiltInBilling(acting.POLICY, code_key=b"x").refund_credit(
            session,
            await account(ana),
            Money(4550),
            reason="requested",
            authority=Authority(Tier.SUPERVISOR, "Irina"),
            key="at the desk",
            now=ana.setting.clock.now(),
        )
    assert (await ana.means("affirm")).responses == ["utter_refund_nothing_left"]


async def test_without_an_error_and_without_credit_a_person_is_offered(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    asked = await ana.means("request_refund")
    assert asked.responses == ["utter_review_no_refund"]
    status = await ana.means("check_refund_status")
    assert status.responses == ["utter_no_refund"]
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.QUEUE


async def test_an_error_of_ours_is_put_right_first_and_what_it_leaves_offered(
    customer: Someone,
) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    await has_credit(carmen, 0)
    told = await carmen.means("request_refund", "mi-ați luat de două ori, vreau banii înapoi")
    credit = (await balance(carmen)).credit
    assert credit
    assert told.responses[-1] == "utter_offer_refund"
    assert "utter_corrected" in told.responses


@pytest.mark.parametrize(
    ("language", "less"), [("ro", "mai puțin de plată"), ("en", "less to pay")]
)
async def test_who_asks_for_the_money_of_a_credit_note_hears_that_it_is_off_the_bill(
    customer: Someone, language: str, less: str
) -> None:
    carmen = customer("carmen", "sms", language)
    await carmen.proves_by_code()
    put_right = await carmen.means("report_duplicate_charge")
    assert "utter_corrected" in put_right.responses
    told = await carmen.means("check_refund_status")
    assert told.responses == ["utter_credited_already", "utter_credited_not_sent"]
    assert less in told.text
    assert "29" in told.text  # 29.04 lei, the film package that was there twice
    again = await carmen.means("dispute_charge")
    assert again.responses == ["utter_credited_already", "utter_dispute_offered"]


async def test_which_payment_it_is_answers_whether_to_look_for_it(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("check_payment_status")
    told = await ana.means("inform", "112 lei, pe 20", amount="11200", date="2026-11-20")
    assert told.responses == ["utter_review_no_payment"]


async def test_a_mere_value_leaves_the_question_open(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_refund")
    told = await ana.means("inform", "112 lei", amount="11200")
    assert told.responses[0] == "utter_not_understood_short"
    assert (await ana.conversation()).expects == "confirm"


@pytest.mark.parametrize(
    ("day", "response"),
    [
        # due on 4 December; nothing stands in the way of paying sooner
        ("2026-12-10", "utter_confirm_extension"),
        ("2026-12-02", "utter_payment_link"),
    ],
)
async def test_who_will_pay_on_a_day_that_is_late_asks_for_more_time(
    customer: Someone, day: str, response: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("pay_bill", date=day)
    assert told.responses[-1] == response
