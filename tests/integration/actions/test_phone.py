"""Callers: silence, slowness, doubtful hearing, keys, a summary, and hanging up at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select, update

from billing_backend.discounts.models import DiscountBudget
from billing_backend.jobs import run_day
from billing_backend.money import Money
from billing_backend.policy import Policy
from bot.channels.sms.segments import segments
from bot.dialogue import Dialogue
from bot.turn import LEASE, Turns
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Owner,
    inbox,
    outbox,
)
from handoff.conversations.bell import Bell
from tests.integration.actions.conftest import POLICY, TEXTS, Customer

Someone = Callable[..., Any]


async def silent(caller: Any) -> Any:
    return await caller.means("silence", kind="silence")


async def heard_badly(caller: Any, intent: str, text: str, confidence: float) -> Any:
    message = await caller._store(text, "speech", {"confidence": confidence})
    return await caller._turn(message, intent, {})


async def texted(caller: Any) -> list[str]:
    """What the caller got by SMS, as it is sent."""
    async with caller.setting.sessions() as session:
        rows = await session.scalars(
            select(OutboundMessage)
            .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
            .where(Conversation.channel == "sms", Conversation.address == caller.person.phone)
            .order_by(OutboundMessage.position)
        )
        return [TEXTS.join(row.parts, caller.language, "sms").text for row in rows]


@pytest.fixture
def parts_for_small_debts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's debts are small: let parts be possible from 10.00 on."""
    monkeypatch.setattr(Policy, "instalments_from", property(lambda _: Money(1_000)))


# --- language ---


async def test_a_caller_is_greeted_in_the_language_on_file(customer: Someone) -> None:
    elena = customer("elena", "voice", language="ro")
    on_file = elena.person.language
    told = await elena.means("begin", kind="begin")
    conversation = await elena.conversation()
    assert (conversation.language, conversation.language_source) == (on_file, "profile")
    assert told.text.startswith("Hello" if on_file == "en" else "Bună ziua")


async def test_a_stranger_is_greeted_in_the_language_of_the_number(customer: Someone) -> None:
    mihai = customer("mihai", "voice")
    mihai.phone = mihai.sender = "+40799999999"
    mihai.language_source = "hint"
    await mihai.means("begin", kind="begin")
    assert (await mihai.conversation()).language_source == "hint"


# --- silence ---


async def test_silence_is_asked_again_in_short_then_by_keys_then_a_person_comes(
    customer: Someone,
) -> None:
    carmen = customer("carmen", "voice")
    asked = await carmen.means("check_balance")
    first = await silent(carmen)
    second = await silent(carmen)
    assert first.text == "Nu v-am auzit. Tastați, vă rog, cele opt cifre ale numărului de client."
    assert len(first.text) < len(asked.text)
    assert "steluță și diez" in second.text
    assert "zero și diez" in second.text
    await silent(carmen)
    assert (await carmen.conversation()).owner == Owner.QUEUE


async def test_who_was_asked_nothing_is_offered_a_menu_by_keys(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await silent(carmen)
    menu = await silent(carmen)
    assert [payload for _, payload in menu.choices] == [
        "/check_balance",
        "/explain_bill",
        "/talk_to_human",
    ]
    assert "Apăsați 1" in menu.text


async def test_a_question_of_yes_or_no_is_asked_by_keys(customer: Someone) -> None:
    bogdan = await confirming_an_extension(customer)
    await silent(bogdan)
    keys = await silent(bogdan)
    assert [payload for _, payload in keys.choices] == ["/affirm", "/deny"]
    done = await bogdan.means("affirm", "1", kind="keys")
    assert "utter_extension_arranged" in done.responses


async def test_words_in_between_start_the_ladder_again(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await silent(carmen)
    await carmen.means("thank", "mersi")
    again = await silent(carmen)
    assert again.text == "Nu v-am auzit. Cu ce vă pot ajuta?"


# --- say it again, slower ---


@pytest.mark.parametrize(
    ("words", "language", "slow"),
    [
        ("mai rar, vă rog", "ro", True),
        ("puteți vorbi mai încet?", "ro", True),
        ("slower please", "en", True),
        ("repetați", "ro", False),
    ],
)
async def test_slower_is_the_same_words_and_stays_for_the_call(
    customer: Someone, words: str, language: str, slow: bool
) -> None:
    carmen = customer("carmen", "voice", language)
    await carmen.means("greet", "bună")
    await carmen.means("thank", "mersi")
    async with carmen.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, carmen.conversation_id)
        now = carmen.setting.clock.now()
        draft = Draft(text="Aveți de plată o sută de lei.")
        await outbox.write(session, conversation, draft, author=Author.BOT, now=now)
    again = await carmen.means("repeat", words, kind="speech")
    assert again.text == "Aveți de plată o sută de lei."
    await carmen.means("never_mind", "lasă")
    assert bool((await carmen.conversation()).dialogue.get("slow")) is slow


# --- doubtful hearing ---


async def test_a_request_that_was_heard_badly_is_read_back_first(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    asked = await heard_badly(carmen, "check_balance", "cât am de plată", 0.4)
    assert asked.text == "Ați spus: cât am de plată?"
    assert [payload for _, payload in asked.choices] == ["/affirm", "/deny"]
    answered = await heard_badly(carmen, "affirm", "da", 0.4)  # a clear yes is not doubted
    assert "utter_ask_customer_number" in answered.responses


async def test_what_was_misheard_is_asked_again(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await heard_badly(carmen, "cancel_service", "reziliez", 0.4)
    told = await carmen.means("deny", "nu", kind="speech")
    assert told.text == "Îmi cer scuze. Mai spuneți o dată, vă rog, cu ce vă pot ajuta."


async def test_the_words_that_were_confirmed_are_the_ones_answered(
    customer: Someone, parts_for_small_debts: None
) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await heard_badly(bogdan, "request_payment_plan", "vreau în 3 rate", 0.4)
    told = await bogdan.means("affirm", "da", kind="speech")
    assert "utter_instalments_proposed" in told.responses


@pytest.mark.parametrize(
    ("intent", "words"),
    [("talk_to_human", "operator"), ("repeat", "repetați"), ("never_mind", "lasă")],
)
async def test_words_that_only_lead_the_talk_are_never_doubted(
    customer: Someone, intent: str, words: str
) -> None:
    carmen = customer("carmen", "voice")
    told = await heard_badly(carmen, intent, words, 0.3)
    assert "utter_did_you_say" not in told.responses


async def test_a_long_yes_that_was_heard_badly_confirms_no_money(customer: Someone) -> None:
    bogdan = await confirming_an_extension(customer)
    told = await heard_badly(bogdan, "affirm", "da dar nu sunt sigur că vreau", 0.4)
    assert "utter_remind_extension" in told.responses
    assert (await bogdan.conversation()).expects == "confirm"


async def test_well_heard_words_are_acted_upon_at_once(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    told = await heard_badly(carmen, "check_balance", "cât am de plată", 0.9)
    assert "utter_ask_customer_number" in told.responses


# --- every question by keys ---


async def test_a_date_can_be_chosen_by_a_key_that_is_named(customer: Someone) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    asked = await bogdan.means("request_payment_extension")
    assert "Apăsați 1 pentru" in asked.text
    assert asked.choices
    assert all(payload.startswith('/inform{"date": ') for _, payload in asked.choices)


# --- the summary ---


async def goes(caller: Any) -> Any:
    return await caller.means("goodbye", "la revedere", kind="speech")


async def test_the_summary_has_what_was_done_and_what_is_owed(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin("report_duplicate_charge")
    asked = await goes(carmen)
    assert asked.text == "Doriți un rezumat prin SMS?"
    before = len(await texted(carmen))
    sent = await carmen.means("affirm", "da", kind="speech")
    assert sent.options == {"hang_up": True}
    [summary] = (await texted(carmen))[before:]
    assert "Corectat: " in summary
    assert "De plată" in summary
    assert segments(summary) <= 2


async def test_without_a_wish_no_summary_is_sent_and_the_call_ends(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin()
    await goes(carmen)
    before = await texted(carmen)
    told = await carmen.means("deny", "nu", kind="speech")
    assert (told.options, await texted(carmen)) == ({"hang_up": True}, before)


async def test_the_summary_is_offered_once(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin()
    await goes(carmen)
    assert (await goes(carmen)).options == {"hang_up": True}


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_who_writes_has_it_in_writing_already(customer: Someone, channel: str) -> None:
    told = await goes(customer("carmen", channel))
    assert told.responses == ["utter_goodbye"]


async def test_a_stranger_is_offered_no_summary(customer: Someone) -> None:
    assert (await goes(customer("mihai", "voice"))).responses == ["utter_goodbye"]


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_a_summary_of_many_things_still_fits_two_segments(
    customer: Someone, language: str
) -> None:
    carmen = customer("carmen", "voice", language)
    await carmen.proves_by_pin()
    async with carmen.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, carmen.conversation_id)
        many = [
            {"response": "utter_summary_refund", "values": {"amount": {"money": 1000 + number}}}
            for number in range(30)
        ]
        conversation.dialogue = {**conversation.dialogue, "done": many}
    before = len(await texted(carmen))
    await goes(carmen)
    await carmen.means("affirm", "da", kind="speech")
    [summary] = (await texted(carmen))[before:]
    assert segments(summary) <= 2
    assert "10,29" in summary or "10.29" in summary  # what was done last is kept


# --- hanging up ---


async def confirming_an_extension(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    asked = await bogdan.means("request_payment_extension")
    day = asked.choices[0][1].split('"')[3]
    confirm = await bogdan.means("inform", "atunci", date=day)
    assert "utter_confirm_extension" in confirm.responses
    return bogdan


async def confirming_instalments(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    confirm = await bogdan.means("request_payment_plan", "vreau în 3 rate")
    assert "utter_confirm_instalments" in confirm.responses
    return bogdan


async def confirming_a_cancellation(customer: Someone) -> Any:
    dan = customer("dan", "voice")
    await dan.proves_by_pin()
    await dan.means("cancel_service", "vreau să reziliez")
    await dan.means("choose", "", choice="leaving:moving")
    return dan


async def hearing_an_offer(customer: Someone) -> Any:
    ana = customer("ana", "voice")
    await ana.proves_by_pin()
    told = await ana.means("request_discount", "e prea scump")
    assert "utter_offer_question" in told.responses
    return ana


async def confirming_a_dispute(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await bogdan.means("dispute_charge", "nu sunt de acord cu factura")
    await bogdan.means("affirm", "da", kind="speech")
    await bogdan.means("choose", "", choice="line:all")
    confirm = await bogdan.means("choose", "", kind="keys", choice="reason:not_ordered")
    assert "utter_confirm_dispute_whole" in confirm.responses
    return bogdan


async def asked_for_the_pin(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.means("check_balance")
    await bogdan.names_number(bogdan.person.customer_number)
    return bogdan


async def hangs_up(caller: Any, database_url: str) -> None:
    """The end of the call reaches the turns as it does from the webhook."""
    setting = caller.setting
    async with setting.sessions() as session, session.begin():
        await session.execute(update(InboundMessage).values(handled_at=setting.clock.now()))
    await caller._store("", "hangup", {})
    nobody = cast(Dialogue, None)  # a call that is over asks Rasa nothing
    bell = Bell(database_url)
    zone = "Europe/Bucharest"
    turns = Turns(setting.sessions, setting.clock, zone, bell, nobody, setting.billing)
    async with setting.sessions() as session, session.begin():
        [claim] = await inbox.claim_turns(session, lease=LEASE, at_most=1)
    await turns._handle(claim)


async def facts(caller: Any) -> tuple[Any, ...]:
    """All that a "yes" could have changed."""
    billing, now = caller.setting.billing, caller.setting.clock.now()
    async with caller.setting.sessions() as session:
        [customer] = await billing.find_customers(session, phone=caller.person.phone)
        account, today = customer.account_id, now.date()
        balance = await billing.balance(session, account, today=today)
        services = await billing.services(session, account, today=today)
        disputes = await billing.disputes(session, account)
        return balance, services, disputes


@pytest.mark.parametrize(
    "half_way",
    [
        asked_for_the_pin,
        confirming_an_extension,
        confirming_instalments,
        confirming_a_cancellation,
        confirming_a_dispute,
        hearing_an_offer,
    ],
)
async def test_hanging_up_before_the_yes_leaves_nothing_half_done(
    customer: Someone,
    database_url: str,
    parts_for_small_debts: None,
    half_way: Callable[[Someone], Any],
) -> None:
    caller = await half_way(customer)
    before = await facts(caller)

    await hangs_up(caller, database_url)

    assert await facts(caller) == before
    assert (await caller.conversation()).closed_at is not None
    again = Customer(caller.setting, caller.person, "voice", "ro")
    told = await again.means("affirm", "da", kind="speech")
    assert told.responses == ["utter_nothing_to_confirm"]
    assert await facts(caller) == before


async def choosing_a_language(customer: Someone) -> Any:
    carmen = customer("carmen", "voice")
    await carmen.means("change_language", "altă limbă")
    return carmen


async def asked_for_the_number(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.means("check_balance", "cât am de plată")
    return bogdan


async def asked_for_a_day(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await bogdan.means("request_payment_extension", "vreau să plătesc mai târziu")
    return bogdan


async def asked_how_many_parts(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await bogdan.means("request_payment_plan", "vreau rate")
    return bogdan


async def choosing_a_plan(customer: Someone) -> Any:
    dan = customer("dan", "voice")
    await dan.proves_by_pin()
    await dan.means("ask_plan_info", "ce abonament ar fi mai ieftin pentru mine?")
    return dan


async def asked_why_he_leaves(customer: Someone) -> Any:
    dan = customer("dan", "voice")
    await dan.proves_by_pin()
    await dan.means("cancel_service", "vreau să reziliez")
    return dan


async def asked_which_charge(customer: Someone) -> Any:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await bogdan.means("dispute_charge", "nu sunt de acord cu factura")
    await bogdan.means("affirm", "da", kind="speech")
    return bogdan


async def asked_what_is_wrong(customer: Someone) -> Any:
    bogdan = await asked_which_charge(customer)
    await bogdan.means("choose", "", choice="line:all")
    return bogdan


_ASKED = [
    (choosing_a_language, "language"),
    (asked_for_the_number, "customer_number"),
    (asked_for_a_day, "extension_date"),
    (asked_how_many_parts, "instalments"),
    (choosing_a_plan, "choice"),
    (asked_why_he_leaves, "leaving_reason"),
    (asked_which_charge, "dispute_line"),
    (asked_what_is_wrong, "dispute_reason"),
    (confirming_an_extension, "confirm"),
]


@pytest.mark.parametrize(("half_way", "expects"), _ASKED)
async def test_repeat_slower_and_operator_work_at_every_question(
    customer: Someone,
    parts_for_small_debts: None,
    half_way: Callable[[Someone], Any],
    expects: str,
) -> None:
    caller = await half_way(customer)
    assert (await caller.conversation()).expects == expects

    for words in ("repetați", "mai rar, vă rog"):
        again = await caller.means("repeat", words, kind="speech")
        assert again.text
        assert "utter_not_understood" not in " ".join(str(each) for each in again.responses)
        assert (await caller.conversation()).expects == expects, "the question is still open"
    assert (await caller.conversation()).dialogue.get("slow") is True

    await caller.means("talk_to_human", "operator", kind="speech")
    assert (await caller.conversation()).owner == Owner.QUEUE


async def test_a_discount_that_nobody_answered_frees_its_budget_when_it_expires(
    customer: Someone, database_url: str, later: Callable[[timedelta], None]
) -> None:
    ana = await hearing_an_offer(customer)
    await hangs_up(ana, database_url)
    assert await reserved(ana) > 0
    later(timedelta(days=15))
    async with ana.setting.sessions() as session, session.begin():
        await run_day(session, now=ana.setting.clock.now(), policy=POLICY)
    assert await reserved(ana) == 0


async def reserved(caller: Any) -> int:
    async with caller.setting.sessions() as session:
        return (
            await session.scalar(select(func.coalesce(func.sum(DiscountBudget.reserved_minor), 0)))
            or 0
        )
