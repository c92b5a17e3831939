"""Not understood, asked again, insulted, silent: the conversation goes on or a person comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing_backend.money import Money
from handoff.conversations import Author, Conversation, Draft, Owner, outbox
from tests.integration.actions.test_corrections import BOTH
from tests.integration.actions.test_dialogue import case_of
from tests.integration.actions.test_money import balance, pays, ron

Someone = Callable[..., Any]
CHANNELS = pytest.mark.parametrize("channel", ["telegram", "sms", "voice"])
SIMPLER = {"ro": "nu înțeleg", "en": "I don't understand"}


async def proven(somebody: Any) -> None:
    if somebody.channel == "voice":
        await somebody.proves_by_pin()
    else:
        await somebody.proves_by_code()


async def is_told(somebody: Any, heard: Any) -> None:
    """The channel has said it: what is repeated is what was heard last."""
    async with somebody.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, somebody.conversation_id)
        await outbox.write(
            session,
            conversation,
            Draft(text=heard.text, choices=heard.choices),
            author=Author.BOT,
            in_reply_to=somebody.last_message,
            now=somebody.setting.clock.now(),
        )


# --- in simpler words ---


@BOTH
@CHANNELS
async def test_what_is_not_understood_is_said_in_simpler_words(
    customer: Someone, language: str, channel: str
) -> None:
    bogdan = customer("bogdan", channel, language)
    await proven(bogdan)
    asked = await bogdan.means("request_payment_extension", date="2026-12-04")
    await is_told(bogdan, asked)
    told = await bogdan.means("repeat", SIMPLER[language])
    assert told.responses == ["utter_confirm_extension_simply"]
    assert ron((await balance(bogdan)).due, language, channel) in told.text
    assert {"ro": "Nu vă costă nimic", "en": "costs you nothing"}[language] in told.text
    assert [payload for _, payload in told.choices] == [payload for _, payload in asked.choices]
    await bogdan.means("affirm", "ok")
    assert (await balance(bogdan)).arrangement is not None, "the question stayed open"


async def test_the_second_time_a_person_is_offered_beside_it(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await is_told(bogdan, await bogdan.means("request_payment_extension", date="2026-12-04"))
    await is_told(bogdan, await bogdan.means("repeat", "nu înțeleg"))
    told = await bogdan.means("repeat", "tot nu înțeleg")
    assert told.responses == ["utter_confirm_extension_simply", "utter_person_if_wanted"]
    assert ("Vorbesc cu un coleg", "/talk_to_human") in told.choices
    assert (await bogdan.conversation()).expects == "confirm"


async def test_who_only_did_not_hear_gets_the_same_words(customer: Someone) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    asked = await bogdan.means("request_payment_extension", date="2026-12-04")
    await is_told(bogdan, asked)
    assert (await bogdan.means("repeat", "poftim?", kind="speech")).text == asked.text


async def test_what_was_not_heard_is_no_part_of_what_is_said_again(customer: Someone) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await is_told(bogdan, await bogdan.means("request_payment_extension", date="2026-12-04"))
    asked = await bogdan.means("silence", kind="silence")
    assert asked.responses[0] == "utter_nothing_heard"
    await is_told(bogdan, asked)
    told = await bogdan.means("repeat", "poftim?", kind="speech")
    assert told.responses == asked.responses[1:]


async def test_without_simpler_words_the_same_are_said(customer: Someone) -> None:
    ana = customer("ana")
    told = await ana.means("ask_payment_methods")
    await is_told(ana, told)
    assert (await ana.means("repeat", "mai simplu, vă rog")).text == told.text


async def test_the_form_asks_its_own_question_once(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await is_told(bogdan, await bogdan.means("request_payment_extension"))
    told = await bogdan.means("repeat", "nu înțeleg")
    assert told.responses.count("utter_ask_extension_date") == 1
    assert bogdan.in_form


# --- the same question again ---


async def test_what_only_a_person_can_do_was_not_looked_up_again(customer: Someone) -> None:
    ana = customer("ana")
    for words in ("schimbați-mi PIN-ul", "am uitat parola"):
        told = await ana.means("update_contact_details", words)
        assert told.responses == ["utter_offer_person"]


@BOTH
@CHANNELS
async def test_the_same_answer_twice_is_introduced_and_help_offered_then_a_person(
    customer: Someone, language: str, channel: str
) -> None:
    ana = customer("ana", channel, language)
    await proven(ana)
    first = await ana.means("check_due_date")
    assert "utter_as_i_said" not in first.responses
    second = await ana.means("check_due_date")
    assert second.responses[0] == "utter_as_i_said"
    assert second.responses[-1] == "utter_simpler_if_wanted"
    assert first.text in second.text, "the answer is given all the same"
    third = await ana.means("check_due_date")
    assert third.responses[-1] == "utter_person_if_wanted"
    assert (await ana.conversation()).owner == Owner.BOT
    fourth = await ana.means("check_due_date")
    assert fourth.responses[-1] == "utter_person_if_wanted"


async def test_a_question_in_between_starts_anew(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("check_due_date")
    await ana.means("thank")
    assert "utter_as_i_said" not in (await ana.means("check_due_date")).responses


async def test_an_answer_that_has_changed_is_a_new_one(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("check_balance")
    await pays(ana, Money(1000))
    told = await ana.means("check_balance")
    assert ron((await balance(ana)).due) in told.text
    assert "utter_as_i_said" not in told.responses


async def test_the_button_for_simpler_words_says_them(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("check_due_date")
    second = await bogdan.means("check_due_date")
    await is_told(bogdan, second)
    told = await bogdan.presses("Mai simplu", second)
    assert "utter_balance_late_simply" in told.responses
    assert "utter_simpler_if_wanted" not in told.responses


async def test_waiting_for_a_code_is_no_answer_given_twice(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    for _ in range(3):
        told = await bogdan.means("check_balance")
    assert told.responses == ["utter_code_awaited"]


# --- insults ---


@BOTH
@CHANNELS
async def test_an_insult_is_met_calmly_and_what_was_asked_stays_asked(
    customer: Someone, language: str, channel: str
) -> None:
    bogdan = customer("bogdan", channel, language)
    await proven(bogdan)
    await bogdan.means("request_payment_extension", date="2026-12-04")
    words = {"ro": "ești un idiot", "en": "you stupid bot"}[language]
    told = await bogdan.means("out_of_scope", words)
    assert told.responses == ["utter_insulted", "utter_remind_extension"]
    told = await bogdan.means("file_complaint", words)
    assert told.responses == ["utter_insulted", "utter_person_if_wanted", "utter_remind_extension"]
    assert (await bogdan.conversation()).owner == Owner.BOT
    await bogdan.means("affirm", "ok")
    assert (await balance(bogdan)).arrangement is not None


async def test_an_insult_counts_as_no_misunderstanding(customer: Someone) -> None:
    ana = customer("ana")
    await ana.means("out_of_scope", "blablabla")
    await ana.means("out_of_scope", "idiotule")
    await ana.means("out_of_scope", "trolololo")
    assert (await ana.conversation()).owner == Owner.BOT


async def test_an_insult_with_a_request_is_a_request(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("check_balance", "cât am de plată, idiotule")
    assert ron((await balance(ana)).due) in told.text


async def test_an_insult_is_no_reason_of_a_dispute(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge", "Pachet TV Sport nu e al meu")
    await ana.means("affirm")
    told = await ana.means("nlu_fallback", "sunteți niște idioți")
    assert told.responses == ["utter_insulted", "utter_ask_dispute_reason"]


async def test_in_the_form_an_insult_leaves_the_form_open(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension")
    told = await bogdan.means("out_of_scope", "prostule")
    assert told.responses == ["utter_insulted", "utter_ask_extension_date"]


# --- small words in the middle ---


@BOTH
@CHANNELS
@pytest.mark.parametrize("intent", ["thank", "greet", "bot_challenge", "ask_capabilities"])
async def test_small_words_keep_a_question_of_yes_or_no(
    customer: Someone, language: str, channel: str, intent: str
) -> None:
    bogdan = customer("bogdan", channel, language)
    await proven(bogdan)
    await bogdan.means("request_payment_extension", date="2026-12-04")
    told = await bogdan.means(intent)
    assert told.responses[-1] == "utter_remind_extension"
    await bogdan.means("affirm", "ok")
    assert (await balance(bogdan)).arrangement is not None


async def test_thanks_in_the_middle_of_the_form_and_of_a_proof(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("request_payment_extension")
    told = await bogdan.means("thank")
    assert told.responses == ["utter_thank_in_between", "utter_code_awaited"]
    await bogdan.gives(await bogdan.code(), "code")
    told = await bogdan.means("thank")
    assert told.responses == ["utter_thank_in_between", "utter_ask_extension_date"]


async def test_with_nothing_open_thanks_ask_whether_there_is_more(customer: Someone) -> None:
    assert (await customer("ana").means("thank")).responses == ["utter_thank"]


# --- a person after two misunderstandings, three silences ---


@CHANNELS
@pytest.mark.parametrize("where", ["proof", "form", "confirmation"])
async def test_two_misunderstandings_bring_a_person_wherever_they_happen(
    customer: Someone, channel: str, where: str
) -> None:
    bogdan = customer("bogdan", channel)
    if where == "proof":
        if channel == "telegram":
            await bogdan.shares_contact(bogdan.person.phone, own=True)
        await bogdan.means("check_balance")
    else:
        await proven(bogdan)
        day = {"date": "2026-12-04"} if where == "confirmation" else {}
        await bogdan.means("request_payment_extension", **day)
    kind = "speech" if channel == "voice" else "text"
    first = await bogdan.means("out_of_scope", "blablabla", kind=kind)
    assert first.responses[0] == "utter_not_understood_short"
    assert len(first.responses) == 2, "and what was asked is asked again"
    await bogdan.means("nlu_fallback", "trolololo", kind=kind)
    assert (await bogdan.conversation()).owner == Owner.QUEUE
    assert (await case_of(bogdan)).reason == "misunderstood"
    assert not bogdan.in_form


@pytest.mark.parametrize("where", ["form", "confirmation"])
async def test_the_third_silence_brings_a_person_wherever_it_happens(
    customer: Someone, where: str
) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    day = {"date": "2026-12-04"} if where == "confirmation" else {}
    await bogdan.means("request_payment_extension", kind="speech", **day)
    for _ in range(2):
        told = await bogdan.means("silence", kind="silence")
        assert told.responses[0] == "utter_nothing_heard"
        assert len(told.responses) == 2
    await bogdan.means("silence", "ăăă", kind="speech")  # noise: bot/payload.py
    assert (await bogdan.conversation()).owner == Owner.QUEUE


# --- offers of help ---


@BOTH
async def test_an_offer_that_was_not_understood_is_made_again_in_its_own_words(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    for asks, again in (
        ("dispute_charge", "utter_remind_dispute"),
        ("setup_autopay", "utter_remind_person"),
        ("check_payment_status", "utter_remind_review"),
    ):
        await ana.means(asks)
        told = await ana.means("out_of_scope", "hm")
        assert told.responses == ["utter_not_understood_short", again]
        await ana.means("deny")


async def test_a_colleague_is_offered_for_what_was_asked(customer: Someone) -> None:
    ana = customer("ana", "sms", "en")
    assert "automatic payment" in (await ana.means("setup_autopay")).text
    assert "technical fault" in (await ana.means("report_technical_issue")).text


async def test_to_drop_an_offer_of_help_is_not_said_to_drop_what_was_agreed_before(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-04")
    await bogdan.means("affirm")
    await bogdan.means("report_technical_issue")
    assert (await bogdan.means("never_mind")).responses == ["utter_as_you_wish"]


async def test_who_asks_again_after_the_proof_is_not_thanked_twice(customer: Someone) -> None:
    ana = customer("ana", "sms")
    first = await ana.proves_by_code("check_balance")
    assert first.responses[0] == "utter_verified_go_on"
    await is_told(ana, first)
    assert (await ana.means("repeat", "poftim?")).responses == first.responses[1:]


async def test_who_proved_it_is_thanked_once_and_hears_the_bill_in_simpler_words(
    customer: Someone,
) -> None:
    ana = customer("ana", "sms")
    told = await ana.proves_by_code("explain_bill")
    assert told.responses[0] == "utter_verified_go_on"
    await is_told(ana, told)
    simply = await ana.means("repeat", "nu înțeleg")
    assert simply.responses[0] == "utter_explain_higher_simply"
    assert "utter_cause_add_on_added_simply" in simply.responses
