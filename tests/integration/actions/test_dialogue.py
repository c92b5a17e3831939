"""The small words, people, languages and trouble of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from handoff.conversations import Author, Conversation, Draft, InboundMessage, Owner, outbox
from handoff.conversations.ownership import to_queue
from handoff.queue import Case

Someone = Callable[..., Any]


async def case_of(somebody: Any) -> Case:
    async with somebody.setting.sessions() as session:
        found = await session.scalar(
            select(Case).where(Case.conversation_id == somebody.conversation_id)
        )
        assert found is not None
        return found


async def failure_of(somebody: Any) -> str | None:
    async with somebody.setting.sessions() as session:
        return await session.scalar(
            select(InboundMessage.failure)
            .where(InboundMessage.conversation_id == somebody.conversation_id)
            .order_by(InboundMessage.position.desc())
            .limit(1)
        )


# --- not understood ---


async def test_the_second_misunderstanding_in_a_row_brings_a_person(customer: Someone) -> None:
    ana = customer("ana")
    first = await ana.means("out_of_scope", "blablabla")
    assert "Nu am înțeles" in first.text
    await ana.means("out_of_scope", "trolololo")
    assert (await ana.conversation()).owner == Owner.QUEUE
    assert (await case_of(ana)).reason == "misunderstood"


async def test_something_understood_in_between_starts_the_count_again(customer: Someone) -> None:
    ana = customer("ana")
    await ana.means("out_of_scope", "blablabla")
    await ana.means("thank", "mersi")
    again = await ana.means("out_of_scope", "trolololo")
    assert "Nu am înțeles" in again.text
    assert (await ana.conversation()).owner == Owner.BOT


async def test_trying_commands_is_no_misunderstanding(customer: Someone) -> None:
    mihai = customer("mihai")
    for command in ("/restart", '/accept_offer{"offer_id":"1"}', "/slots", "/debug"):
        told = await mihai.means("out_of_scope", command)
        assert "Nu am înțeles" in told.text
    assert (await mihai.conversation()).owner == Owner.BOT


async def test_not_understood_while_something_is_asked_repeats_the_question(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    told = await bogdan.means("out_of_scope", "hmm")
    assert "Aștept codul" in told.text


async def test_a_month_that_answers_nothing_is_not_understood(customer: Someone) -> None:
    ana = customer("ana")
    told = await ana.means("inform", "octombrie", month="2026-10")
    assert "Nu am înțeles" in told.text


@pytest.mark.parametrize("intent", ["view_bill", "explain_bill"])
async def test_a_month_after_a_bill_that_there_is_not_is_that_months_bill(
    customer: Someone, intent: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means(intent, "cea din martie 2019", month="2019-03")
    told = await ana.means("inform", "atunci cea din octombrie", month="2026-10")
    assert "octombrie 2026" in told.text


# --- yes, no, repeat, language ---


@pytest.mark.parametrize(
    ("intent", "told"),
    [
        ("affirm", "Spuneți-mi, vă rog"),
        ("deny", "Vă mai pot ajuta"),
        ("never_mind", "Vă mai pot ajuta"),
    ],
)
async def test_words_that_answer_nothing_get_a_friendly_question(
    customer: Someone, intent: str, told: str
) -> None:
    assert told in (await customer("ana").means(intent)).text


async def test_a_yes_while_a_code_is_awaited_asks_for_the_code(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    assert "Aștept codul" in (await bogdan.means("affirm")).text
    assert "Aștept codul" in (await bogdan.means("deny")).text


async def test_the_last_words_are_repeated_with_their_choices(customer: Someone) -> None:
    ana = customer("ana")
    await ana.means("greet", "bună")
    await ana.means("unsupported", kind="media")
    async with ana.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, ana.conversation_id)
        draft = Draft(text="O aplic?", choices=[("Da", "/affirm"), ("Nu", "/deny")])
        now = ana.setting.clock.now()
        await outbox.write(session, conversation, draft, author=Author.BOT, now=now)
    again = await ana.means("repeat", "poftim?")
    assert again.text == "O aplic?"
    assert again.choices == [("Da", "/affirm"), ("Nu", "/deny")]


async def test_nothing_said_yet_is_answered_with_a_question(customer: Someone) -> None:
    assert (await customer("ana").means("repeat")).text == "Cu ce vă pot ajuta?"


async def test_a_chosen_language_is_spoken_at_once_and_stays(customer: Someone) -> None:
    ana = customer("ana")
    told = await ana.means("change_language", "English please", language_name="en")
    assert told.text.startswith("We'll speak English.")
    conversation = await ana.conversation()
    assert (conversation.language, conversation.language_source) == ("en", "chosen")


async def test_a_language_without_a_name_is_asked_for(customer: Someone) -> None:
    ana = customer("ana")
    told = await ana.means("change_language", "altă limbă")
    assert [title for title, _ in told.choices] == ["Română", "English"]
    assert (await ana.conversation()).expects == "language"


async def test_a_call_begins_with_the_choice_of_language_by_voice_or_key(
    customer: Someone,
) -> None:
    carmen = customer("carmen", "voice")
    told = await carmen.means("begin", kind="begin")
    assert "apăsați 1" in told.text
    assert "press 2" in told.text
    assert [payload for _, payload in told.choices] == [
        '/change_language{"language_name": "ro"}',
        '/change_language{"language_name": "en"}',
    ]
    told = await carmen.means("change_language", kind="keys", language_name="en")
    assert "How" not in told.text
    assert "Tell me how I can help" in told.text
    assert (await carmen.conversation()).expects is None


async def test_a_question_of_proof_stays_open_when_the_language_changes(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("check_balance")
    told = await bogdan.means("change_language", language_name="en")
    assert "I'm waiting for the 6-digit code" in told.text
    assert (await bogdan.conversation()).expects == "code"


# --- silence and keys ---


async def test_silence_is_asked_again_twice_and_then_a_person_comes(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.means("check_balance", kind="speech")
    first = await carmen.means("silence", kind="silence")
    assert "Nu v-am auzit" in first.text
    assert "numărului de client" in first.text
    wrong = await carmen.means("silence", "123", kind="keys")
    assert "Tastele acestea" in wrong.text
    await carmen.means("silence", kind="silence")
    assert (await carmen.conversation()).owner == Owner.QUEUE


# --- people ---


@pytest.mark.parametrize(
    ("intent", "reason"),
    [("talk_to_human", "asked"), ("request_callback", "asked"), ("file_complaint", "asked")],
)
async def test_who_wants_a_person_gets_one_without_questions(
    customer: Someone, intent: str, reason: str
) -> None:
    ana = customer("ana")
    told = await ana.means(intent)
    assert told.text == "", "the queue speaks, not the bot"
    assert "locul 1 la rând" in await ana.waiting_words()
    assert (await case_of(ana)).reason == reason


async def test_the_person_learns_who_it_is_and_what_it_was_about(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("setup_autopay", "vreau plata automată")
    assert "un coleg" in told.text
    await ana.means("affirm")
    case = await case_of(ana)
    assert case.customer_id is not None
    assert case.detail == {"topic": "setup_autopay"}


async def test_an_offer_of_a_person_lapses_with_the_next_question(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("setup_autopay")
    await ana.means("check_balance")
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.BOT


async def test_while_somebody_else_speaks_the_bot_does_nothing(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_discount")
    async with ana.setting.sessions() as session, session.begin():
        to_queue(await session.get_one(Conversation, ana.conversation_id))
    told = await ana.means("affirm")
    assert told.text == ""
    async with ana.setting.sessions() as session:
        [found] = await ana.setting.billing.find_customers(session, phone=ana.person.phone)
        grants = (
            await ana.setting.billing.balance(
                session, found.account_id, today=ana.setting.clock.now().date()
            )
        ).grants
    assert grants == ()


# --- trouble ---


async def test_an_action_that_fails_says_so_and_leaves_nothing_half_done(
    customer: Someone, setting: Any, monkeypatch: Any
) -> None:
    async def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("with Ana's secrets in it")

    ana = customer("ana")
    await ana.proves_by_code()
    before = (await ana.conversation()).dialogue
    monkeypatch.setattr(setting.billing, "propose_discount", breaks)
    told = await ana.means("request_discount")
    assert told.responses == ["utter_trouble"]
    assert (await ana.conversation()).dialogue == before
    assert await failure_of(ana) == "action_propose_discount: RuntimeError"


async def test_a_message_of_another_conversation_is_refused(customer: Someone) -> None:
    ana, bogdan = customer("ana"), customer("bogdan")
    await ana.means("repeat")
    await bogdan.means("repeat")
    call = bogdan.last_call
    call["tracker"]["sender_id"] = str(ana.conversation_id)
    answer = await ana.setting.act(call)
    assert [one["response"] for one in answer.json()["responses"]] == ["utter_trouble"]


# --- the door ---


async def test_only_whoever_has_the_key_may_ask_for_actions(
    customer: Someone, setting: Any
) -> None:
    ana = customer("ana")
    await ana.means("repeat")
    assert (await setting.act(ana.last_call, key="wrong")).status_code == 403
    assert (await setting.act(ana.last_call)).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"next_action": "action_repeat"}', b'{"tracker": {}}', b"\xff"]
)
async def test_bodies_that_are_no_call_are_refused(setting: Any, body: bytes) -> None:
    answer = await setting.client.post(
        "/actions", content=body, headers={"X-Limpede-Key": "the key of the tests"}
    )
    assert answer.status_code == 400


async def test_a_body_beyond_any_tracker_is_refused(setting: Any) -> None:
    answer = await setting.client.post(
        "/actions", content=b"x" * 5_000_000, headers={"X-Limpede-Key": "the key of the tests"}
    )
    assert answer.status_code == 413


async def test_an_action_that_nobody_wrote_is_refused(customer: Someone, setting: Any) -> None:
    ana = customer("ana")
    await ana.means("repeat")
    answer = await setting.act({**ana.last_call, "next_action": "action_give_money"})
    assert answer.status_code == 400
