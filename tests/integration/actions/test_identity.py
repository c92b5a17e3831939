"""Nobody hears an amount before proving whose it is, and nobody learns who is a customer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import language
from handoff.conversations import Conversation, InboundMessage, OutboundMessage, Owner

AMOUNT = re.compile(r"\d+[.,]\d\d|\blei\b|\bRON\b")

Someone = Callable[..., Any]


async def test_a_telegram_customer_shares_the_contact_types_the_code_and_is_answered(
    customer: Someone,
) -> None:
    ana = customer("ana")
    welcome = await ana.means("begin", kind="begin")
    assert welcome.options == {"ask_contact": True}
    asked = await ana.means("check_balance", "cât am de plată?")
    assert not AMOUNT.search(asked.text)
    sent = await ana.shares_contact(ana.person.phone, own=True)
    assert "cod" in sent.text
    answer = await ana.gives(await ana.code(), "code")
    assert answer.text.startswith("Mulțumesc, Ana.")
    assert AMOUNT.search(answer.text), "what had to wait is answered at once"
    assert (await ana.conversation()).expects is None


async def test_an_sms_customer_is_recognised_by_number_and_still_needs_the_code(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms")
    asked = await bogdan.means("check_balance")
    assert not AMOUNT.search(asked.text)
    assert (await bogdan.conversation()).expects == "code"
    answer = await bogdan.gives(await bogdan.code(), "code")
    assert AMOUNT.search(answer.text)


async def test_a_caller_gives_number_and_pin_although_the_phone_is_known(
    customer: Someone,
) -> None:
    carmen = customer("carmen", "voice")
    asked = await carmen.means("check_balance")
    assert (await carmen.conversation()).expects == "customer_number"
    assert "opt cifre" in asked.text
    asked = await carmen.names_number(carmen.person.customer_number)
    assert (await carmen.conversation()).expects == "pin"
    answer = await carmen.gives(carmen.person.pin, "pin")
    assert "lei" in answer.text
    assert not re.search(r"\d", answer.text), "amounts and dates are words on the phone"


async def test_a_code_by_sms_stands_in_for_a_forgotten_pin(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.means("check_balance")
    await carmen.names_number(carmen.person.customer_number)
    await carmen.means("account_access", "am uitat pinul", kind="speech")
    assert (await carmen.conversation()).expects == "code"
    assert "lei" in (await carmen.gives(await carmen.code(), "code")).text


async def test_who_did_not_get_the_code_is_offered_another(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    answer = await bogdan.means("account_access", "nu am primit codul")
    assert (await bogdan.conversation()).expects == "code"
    assert "/send_code" in [payload for _, payload in answer.choices]


async def test_the_word_code_alone_brings_one_instead_of_the_pin(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.means("check_balance")
    await carmen.names_number(carmen.person.customer_number)
    await carmen.means("out_of_scope", "cod", kind="speech")
    assert (await carmen.conversation()).expects == "code"


async def test_somebody_elses_contact_recognises_nobody(customer: Someone) -> None:
    mihai = customer("mihai")
    ana = customer("ana")
    answer = await mihai.shares_contact(ana.person.phone, own=False)
    assert "nu este numărul dumneavoastră" in answer.text
    asked = await mihai.means("check_balance")
    assert not AMOUNT.search(asked.text)


async def test_a_number_that_nobody_has_is_answered_like_a_real_one(customer: Someone) -> None:
    told = {}
    for name, number in (("real", customer("ana").person.customer_number), ("made up", "12345678")):
        mihai = customer("mihai", "telegram" if name == "real" else "sms")
        await mihai.means("check_balance")
        await mihai.names_number(number)
        conversation = await mihai.conversation()
        told[name] = (conversation.expects, [(await mihai.gives("000000", "code")).responses])
    assert told["real"] == told["made up"]


async def test_no_code_is_sent_for_a_number_that_nobody_has(
    customer: Someone, setting: Any
) -> None:
    mihai = customer("mihai", "sms")
    await mihai.means("check_balance")
    sent = await mihai.names_number("12345678")
    assert "cod" in sent.text
    async with setting.sessions() as session:
        notices = await session.scalar(
            select(func.count()).where(OutboundMessage.author == "notice")
        )
    assert notices == 0


async def test_three_wrong_codes_lock_and_bring_a_person(customer: Someone) -> None:
    mihai = customer("mihai")
    await mihai.means("check_balance")
    await mihai.names_number(customer("ana").person.customer_number)
    first = await mihai.gives("000000", "code")
    assert "2 încercări" in first.text
    second = await mihai.gives("000001", "code")
    assert "1 încercare" in second.text
    third = await mihai.gives("000002", "code")
    assert third.text == "", "the queue speaks now"
    words = await mihai.waiting_words()
    assert "Verificarea este oprită" in words
    assert "coleg" in words
    assert (await mihai.conversation()).owner == Owner.QUEUE


async def test_a_wrong_number_of_digits_is_asked_again(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.means("check_balance")
    answer = await carmen.names_number("123")
    assert "opt cifre" in answer.text
    assert (await carmen.conversation()).expects == "customer_number"


async def test_a_customer_number_given_again_is_no_wrong_code(customer: Someone) -> None:
    bogdan = customer("bogdan", "telegram")
    await bogdan.means("check_balance")
    await bogdan.names_number("12345678")
    again = await bogdan.gives(bogdan.person.customer_number, "code")
    assert again.responses == ["utter_code_sent"]
    answer = await bogdan.gives(await bogdan.code(), "code")
    assert "Bogdan" in answer.text
    assert AMOUNT.search(answer.text)


async def test_digits_in_a_command_are_no_customer_number(customer: Someone) -> None:
    mihai = customer("mihai")
    await mihai.means("begin", kind="begin")
    told = await mihai.names_number('/inform{"date":"2026-12-01"}')
    assert "Nu am înțeles" in told.text
    assert (await mihai.conversation()).expects == "customer_number"


async def test_asking_again_while_a_code_is_on_its_way_sends_no_second_one(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    first = await bogdan.code()
    await bogdan.means("explain_bill")
    assert await bogdan.code() == first
    later(timedelta(minutes=6))
    await bogdan.means("check_balance")
    assert await bogdan.code() != first


async def test_a_change_of_money_needs_a_fresh_proof_and_goes_on_after_it(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    assert AMOUNT.search((await ana.means("check_balance")).text)
    later(timedelta(minutes=16))
    assert AMOUNT.search((await ana.means("check_balance")).text), "hearing is still allowed"
    asked = await ana.means("request_discount")
    assert "cod" in asked.text
    offered = await ana.gives(await ana.code(), "code")
    assert "%" in offered.text


async def test_a_secret_that_got_lost_is_asked_for_again(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    answer = await bogdan.means("provide_code", "[code]")
    assert "expirat" in answer.text
    assert (await bogdan.conversation()).expects == "code"


async def test_the_same_message_handled_twice_checks_its_code_once(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    answer = await bogdan.gives(await bogdan.code(), "code")
    again = await bogdan.hears_again()
    assert again.text == answer.text
    assert AMOUNT.search(again.text)


async def test_dropping_everything_also_drops_whom_one_named(customer: Someone) -> None:
    mihai = customer("mihai", "sms")
    await mihai.means("check_balance")
    await mihai.names_number("12345678")
    await mihai.means("never_mind")
    await mihai.means("check_balance")
    assert (await mihai.conversation()).expects == "customer_number"


@pytest.mark.parametrize("kind", ["code", "pin"])
async def test_secrets_are_in_nothing_that_is_kept(customer: Someone, kind: str) -> None:
    carmen = customer("carmen", "voice")
    await carmen.means("check_balance")
    await carmen.names_number(carmen.person.customer_number)
    if kind == "code":
        await carmen.means("send_code")
        secret = await carmen.code()
    else:
        secret = carmen.person.pin
    await carmen.gives(secret, kind)
    assert secret not in str((await carmen.conversation()).dialogue)


# --- the language of the profile ---


async def test_once_verified_the_profile_knows_better_than_a_guess(customer: Someone) -> None:
    ana = customer("ana", "sms", "en")
    ana.language_source = "hint"
    await ana.means("check_balance")
    assert (await ana.conversation()).language == "en"
    answer = await ana.gives(await ana.code(), "code")
    assert answer.text.startswith("Mulțumesc, Ana.")
    conversation = await ana.conversation()
    assert (conversation.language, conversation.language_source) == ("ro", "profile")


@pytest.mark.parametrize("source", ["detected", "chosen"])
async def test_but_not_than_what_was_written_or_chosen(customer: Someone, source: str) -> None:
    ana = customer("ana", "sms", "en")
    ana.language_source = source
    answer = await ana.proves_by_code()
    assert answer.text.startswith("Thank you, Ana.")
    assert (await ana.conversation()).language == "en"


async def test_a_word_that_agrees_with_the_customers_own_telegram_makes_it_no_weaker(
    customer: Someone,
) -> None:
    ana = customer("ana", "telegram", "en")
    ana.language_source = "hint"
    await ana.means("cancel_service", "cancel my contract")
    async with ana.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, ana.conversation_id)
        message = await session.get_one(InboundMessage, ana.last_message)
        language.follow_words(conversation, message, heard=False)
        assert conversation.language_source == "profile"
    answer = await ana.proves_by_code()
    assert answer.text.startswith("Thank you, Ana")


async def test_nor_than_the_language_of_the_customers_own_telegram(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    ana.language_source = "hint"
    answer = await ana.proves_by_code()
    assert answer.text.startswith("Thank you, Ana")
    assert (await ana.conversation()).language == "en"
