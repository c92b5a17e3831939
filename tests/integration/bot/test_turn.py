"""A customer's message gets its replies once, whatever happens to Rasa on the way."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from billing_backend.contract import DocumentLink
from billing_backend.db import Sessions, transaction
from bot import attachments
from bot.channels.message import Channel
from bot.dialogue import BadAnswer, NoAnswer, Question
from bot.texts import Words
from bot.turn import TURNS_PER_SESSION, Turns
from handoff.conversations import Conversation, InboundMessage, Owner, inbox, ownership
from handoff.queue import Case, State, request_person
from tests.integration.bot.conftest import (
    NOW,
    Rasa,
    arrives,
    make_turns,
    outcome,
    outgoing,
    owner,
    try_at_once,
)


async def test_the_bot_answers_in_one_message(sessions: Sessions, rasa: Rasa, turns: Turns) -> None:
    async def two_lines(question: Question) -> list[Words]:
        return [Words("Aveți de plată 45 lei."), Words("Altceva?", (("Da", "/affirm"),))]

    rasa.answer = two_lines
    message = await arrives(sessions, "cât am de plată?")
    assert await turns.run_due() == 1
    [said] = await outgoing(sessions)
    assert said.text == "Aveți de plată 45 lei.\nAltceva?"
    assert [button["title"] for button in said.buttons] == ["Da"]
    assert await outcome(sessions, message) == "answered"


async def test_a_typed_command_never_reaches_rasa(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, " /restart")
    await turns.run_due()
    assert [question.text for question in rasa.asked] == ["∕restart"]


async def test_changed_words_are_answered_once_for_each_message(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    first = await arrives(sessions, "edited", kind="media", caption="cat?", edits="4001:7")
    again = await arrives(sessions, "edited", kind="media", caption="cât?", edits="4001:7")
    other = await arrives(sessions, "edited", kind="media", caption="câți?", edits="4001:8")
    await turns.run_due()
    assert [question.text for question in rasa.asked] == ["/unsupported", "/unsupported"]
    assert [await outcome(sessions, each) for each in (first, again, other)] == [
        "answered",
        "ignored",
        "answered",
    ]


async def test_changed_words_all_reach_the_agent(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    edits = [
        await arrives(sessions, "edited", kind="media", caption=words, edits="4001:7")
        for words in ("cat", "cât")
    ]
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        ownership.to_agent(conversation, uuid4())
    await turns.run_due()
    assert [await outcome(sessions, each) for each in edits] == ["to_desk", "to_desk"]
    assert rasa.asked == []


async def test_typing_is_shown_at_the_customers_address_while_rasa_thinks(
    sessions: Sessions,
    rasa: Rasa,
    rasas_table: None,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.busy.AFTER_SECONDS", 0)
    shown: list[str] = []
    seen = asyncio.Event()

    async def typing(address: str) -> None:
        shown.append(address)
        seen.set()

    async def think(question: Question) -> list[Words]:
        await seen.wait()
        return [Words("Gata.")]

    turns = make_turns(sessions, rasa, database_url, {Channel.TELEGRAM: typing})
    rasa.answer = think
    await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    assert shown == ["4001"]
    assert [said.text for said in await outgoing(sessions)] == ["Gata."]


async def test_words_for_an_agent_are_never_shown_to_rasa(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "salut")
    await turns.run_due()
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        ownership.to_agent(conversation, uuid4())
    message = await arrives(sessions, "mulțumesc, Maria")
    await turns.run_due()
    assert len(rasa.asked) == 1
    assert await outcome(sessions, message) == "to_desk"


@pytest.mark.parametrize(
    ("words", "reason", "first"),
    [
        ("mulțumesc, dar nu mai vreau să trăiesc", "distress", "utter_distress"),
        ("la revedere, o să vă dau în judecată", "legal_threat", "utter_legal_threat"),
    ],
)
async def test_distress_and_threats_of_law_bring_a_person_before_rasa_is_asked(
    sessions: Sessions, rasa: Rasa, turns: Turns, words: str, reason: str, first: str
) -> None:
    message = await arrives(sessions, words)
    await turns.run_due()
    assert rasa.asked == []
    assert await outcome(sessions, message) == "handed_over"
    assert await owner(sessions) == Owner.QUEUE
    [said] = await outgoing(sessions)
    assert said.parts[0]["response"] == first
    async with sessions() as session:
        assert await session.scalar(select(Case.reason)) == reason


async def test_a_crash_is_tried_again_and_answered_once(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def crash(question: Question) -> list[Words]:
        raise NoAnswer("connection lost")

    rasa.answer = crash
    message = await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    assert await outgoing(sessions) == []
    rasa.answer = rasa.echo
    await try_at_once(sessions)
    await turns.run_due()
    assert len(await outgoing(sessions)) == 1
    assert await outcome(sessions, message) == "answered"


async def test_an_answer_that_got_lost_is_taken_from_rasas_memory(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    message = await arrives(sessions, "vreau o reducere")

    async def answer_and_crash(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            for kind, data in (
                ("user", f'{{"metadata": {{"message_id": "{message}"}}}}'),
                ("bot", '{"text": "V-am acordat 10 lei.", "data": {"buttons": null}}'),
            ):
                await session.execute(
                    text(
                        "INSERT INTO rasa.events (sender_id, type_name, data) VALUES (:s, :k, :d)"
                    ),
                    {"s": str(question.conversation_id), "k": kind, "d": data},
                )
        raise NoAnswer("read timeout")

    rasa.answer = answer_and_crash
    await turns.run_due()
    await try_at_once(sessions)
    await turns.run_due()
    assert [said.text for said in await outgoing(sessions)] == ["V-am acordat 10 lei."]
    assert len(rasa.asked) == 1, "the turn is not run twice"


# --- the turn runs again after an action has done its work ---


async def acted(sessions: Sessions, question: Question, *, expects: str | None) -> None:
    """What an action leaves on the conversation, with its work."""
    async with transaction(sessions) as session:
        conversation = await ownership.lock(session, question.conversation_id)
        conversation.dialogue = {
            "turn": {
                "message": str(question.message_id),
                "before": {"expects": conversation.expects, "language": conversation.language},
                "answers": {},
            }
        }
        conversation.expects = expects
        conversation.language = "en"


async def test_a_turn_that_runs_again_is_understood_as_the_first_time(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def act_and_crash(question: Question) -> list[Words]:
        await acted(sessions, question, expects=None)
        raise NoAnswer("ReadError")

    await arrives(sessions, "salut")
    await turns.run_due()
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE conversation SET expects = 'customer_number'"))
    rasa.answer = act_and_crash
    await arrives(sessions, "20000003")
    await turns.run_due()
    rasa.answer = rasa.echo
    await try_at_once(sessions)
    await turns.run_due()
    first, again = rasa.asked[1:]
    assert first.text == "/provide_customer_number"
    assert again == first


async def test_the_message_that_brought_a_person_is_no_choice_of_the_waiting_menu(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def hand_over_and_crash(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            await request_person(
                session,
                question.conversation_id,
                reason="asked",
                detail={},
                customer_id=None,
                now=NOW,
            )
        await acted(sessions, question, expects=None)
        raise NoAnswer("ReadError")

    rasa.answer = hand_over_and_crash
    message = await arrives(sessions, "1")
    await turns.run_due()
    await try_at_once(sessions)
    await turns.run_due()
    assert await outcome(sessions, message) == "handed_over"
    assert len(await outgoing(sessions)) == 1, "the announcement, and nothing about the message"


async def test_a_turn_that_lasts_keeps_its_lease(
    sessions: Sessions, rasa: Rasa, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turn.RENEW_SECONDS", 0.01)
    held = text("SELECT lease_until > clock_timestamp() FROM conversation")

    async def last_until_renewed(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            await session.execute(text("UPDATE conversation SET lease_until = created_at"))
        async with asyncio.timeout(10), sessions() as session:
            while not await session.scalar(held):
                await session.rollback()
        return [Words("Iată.")]

    rasa.answer = last_until_renewed
    await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    assert [said.text for said in await outgoing(sessions)] == ["Iată."]


@pytest.mark.parametrize("trouble", ["empty", "blank", "failed"])
async def test_an_empty_or_failed_answer_becomes_an_apology_and_a_person(
    sessions: Sessions, rasa: Rasa, turns: Turns, trouble: str
) -> None:
    async def answer(question: Question) -> list[Words]:
        if trouble == "failed":
            raise BadAnswer("status 503")
        return [] if trouble == "empty" else [Words("")]

    rasa.answer = answer
    message = await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    [said] = await outgoing(sessions)
    assert said.parts[0]["response"] == "utter_trouble"
    assert await owner(sessions) == Owner.QUEUE
    assert await outcome(sessions, message) == "failed"
    await turns.run_due()
    assert len(rasa.asked) == 1, "a failed turn is not run again"


async def test_an_action_that_failed_ends_in_an_apology_though_rasa_looks_content(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def fail_inside(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            await inbox.record_failure(session, question.message_id, "action_explain: KeyError")
        return [Words("…")]

    rasa.answer = fail_inside
    await arrives(sessions, "de ce e mai mare factura?")
    await turns.run_due()
    [said] = await outgoing(sessions)
    assert said.parts[0]["response"] == "utter_trouble"


async def test_words_of_a_turn_that_was_overtaken_carry_the_old_epoch(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def overtaken(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            ownership.to_agent(await ownership.lock(session, question.conversation_id), uuid4())
        return [Words("vă ofer 10 %")]

    rasa.answer = overtaken
    await arrives(sessions, "vreau o reducere")
    await turns.run_due()
    [late] = await outgoing(sessions)
    async with sessions() as session:
        assert late.epoch < (await session.scalar(select(Conversation.epoch)) or 0)


async def test_the_language_follows_what_is_written_and_a_choice_stays(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "Why did my bill go up so much this month?")
    await arrives(sessions, "ok")
    await arrives(sessions, "Cât am de plată pe luna aceasta?")
    await arrives(sessions, '/accept_offer{"offer_id":"1"}')
    await turns.run_due()
    assert [question.language for question in rasa.asked] == ["en", "en", "ro", "ro"]
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE conversation SET language_source = 'chosen'"))
    await arrives(sessions, "How much do I owe you this month?")
    await turns.run_due()
    assert rasa.asked[-1].language == "ro"
    await arrives(sessions, "I am writing to you in English")
    await turns.run_due()
    assert rasa.asked[-1].language == "en", "two whole sentences in a row are followed"


async def test_short_words_in_the_other_language_change_nothing(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "Cât am de plată pe luna aceasta?")
    for words in ("ok", "thanks", "how much", "Mobile 50 GB plan", "45,50", "roaming", "hello"):
        await arrives(sessions, words)
    await turns.run_due()
    assert {question.language for question in rasa.asked} == {"ro"}
    await arrives(sessions, "my bill")
    await turns.run_due()
    assert rasa.asked[-1].language == "en", "the second phrase in a row"


async def test_a_message_that_is_tried_again_does_not_speak_twice_for_a_language(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    async def no_answer(question: Question) -> list[Words]:
        raise NoAnswer("Rasa is away")

    await arrives(sessions, "Cât am de plată pe luna aceasta?")
    await turns.run_due()
    rasa.answer = no_answer
    await arrives(sessions, "how much")
    await turns.run_due()
    rasa.answer = rasa.echo
    await try_at_once(sessions)
    await turns.run_due()
    assert [question.language for question in rasa.asked] == ["ro", "ro", "ro"]


async def test_a_phrase_that_was_heard_on_the_phone_changes_nothing_a_sentence_does(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "how much", kind="speech")
    await arrives(sessions, "how much do I owe you this month", kind="speech")
    await turns.run_due()
    assert [question.language for question in rasa.asked] == ["ro", "en"]


async def test_a_long_session_is_renewed_so_that_turns_stay_cheap(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    for number in range(TURNS_PER_SESSION + 1):
        await arrives(sessions, f"mesajul {number}")
    await turns.run_due()
    assert len(rasa.sessions_opened) == 1


_PLANS = (("Mobil 10 GB", "/choose{plan:10}"), ("Mobil 50 GB", "/choose{plan:50}"))


@pytest.mark.parametrize("channel", ["telegram", "sms", "voice"])
@pytest.mark.parametrize("expects", ["choice", "leaving_reason", "dispute_line", "confirm"])
async def test_the_numbers_of_a_question_count_until_it_is_answered_whatever_is_said_between(
    sessions: Sessions, rasa: Rasa, turns: Turns, expects: str, channel: str
) -> None:
    typed = "keys" if channel == "voice" else "text"
    await is_asked(sessions, rasa, turns, expects, channel)
    rasa.answer = rasa.echo
    await arrives(sessions, "mersi", channel=channel)
    await arrives(sessions, "2", kind=typed, channel=channel)
    await turns.run_due()
    assert rasa.asked[-1].text == "/choose{plan:50}"


async def test_the_words_of_a_choice_count_until_it_is_made(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await is_asked(sessions, rasa, turns, "choice", "sms")
    rasa.answer = rasa.echo
    await arrives(sessions, "mersi", channel="sms")
    await arrives(sessions, "Mobil 10 GB", channel="sms")
    await turns.run_due()
    assert rasa.asked[-1].text == "/choose{plan:10}"


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_thanks_for_what_could_be_chosen_leave_its_numbers_as_they_are(
    sessions: Sessions, rasa: Rasa, turns: Turns, channel: str
) -> None:
    """Nothing was asked: only an answer about something else takes them away."""

    async def you_are_welcome(question: Question) -> list[Words]:
        return [Words("Cu plăcere!", options={"aside": True})]

    await is_asked(sessions, rasa, turns, None, channel)
    rasa.answer = you_are_welcome
    await arrives(sessions, "mersi", channel=channel)
    await arrives(sessions, "2", channel=channel)
    await turns.run_due()
    assert rasa.asked[-1].text == "/choose{plan:50}"

    rasa.answer = rasa.echo
    await arrives(sessions, "cât am de plată?", channel=channel)
    await arrives(sessions, "2", channel=channel)
    await turns.run_due()
    assert rasa.asked[-1].text == "2"


@pytest.mark.parametrize(
    ("channel", "typed", "means"),
    [("sms", "text", "2"), ("voice", "keys", '/choose{"choice": "parts:2"}')],
)
async def test_numbers_of_an_older_question_do_not_answer_a_new_one(
    sessions: Sessions, rasa: Rasa, turns: Turns, channel: str, typed: str, means: str
) -> None:
    await is_asked(sessions, rasa, turns, "choice", channel)

    async def asks_how_many(question: Question) -> list[Words]:
        await waits_for(sessions, question, "instalments")
        return [Words("În câte rate?")]

    rasa.answer = asks_how_many
    await arrives(sessions, "vreau rate", channel=channel)
    await arrives(sessions, "2", kind=typed, channel=channel)
    await turns.run_due()
    assert rasa.asked[-1].text == means


async def test_asked_again_how_many_instalments_a_number_is_how_many(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await is_asked(sessions, rasa, turns, "instalments", "sms")
    rasa.answer = rasa.echo
    await arrives(sessions, "mersi", channel="sms")
    await arrives(sessions, "2", channel="sms")
    await turns.run_due()
    assert rasa.asked[-1].text == "2"


async def is_asked(
    sessions: Sessions, rasa: Rasa, turns: Turns, expects: str | None, channel: str
) -> None:
    """Asks which plan, by the way of an action that waits for `expects`."""

    async def which(question: Question) -> list[Words]:
        await waits_for(sessions, question, expects)
        return [Words("Care?", _PLANS)]

    rasa.answer = which
    await arrives(sessions, "vreau alt abonament", channel=channel)
    await turns.run_due()


async def waits_for(sessions: Sessions, question: Question, expects: str | None) -> None:
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, question.conversation_id)
        conversation.expects = expects


async def test_a_blocked_customer_closes_the_conversation(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "salut")
    message = await arrives(sessions, "", kind="hangup")
    await turns.run_due()
    assert await outcome(sessions, message) == "ignored"
    async with sessions() as session:
        assert await session.scalar(select(Conversation.closed_at)) == NOW


async def test_a_caller_who_hangs_up_while_waiting_leaves_the_line(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "operator", channel="voice")
    await turns.run_due()
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        await request_person(
            session, conversation.id, reason="asked", detail={}, customer_id=None, now=NOW
        )
    await arrives(sessions, "", kind="hangup", channel="voice")
    await turns.run_due()
    async with sessions() as session:
        assert await session.scalar(select(Case.state)) == State.CANCELLED


async def test_a_document_follows_the_words_that_promised_it(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    """Noted by the action while Rasa works; written after the words, once, and forgotten."""
    link = DocumentLink("DT-2026-000123", "https://billing.example.com/documents/x", NOW)

    async def with_a_bill(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            conversation = await session.get_one(Conversation, question.conversation_id)
            message = await session.get_one(InboundMessage, question.message_id)
            attachments.note(conversation, message, UUID(int=123), link)
        return [Words("Factura din noiembrie: 112,49 lei")]

    rasa.answer = with_a_bill
    await arrives(sessions, "trimiteți-mi factura")
    await turns.run_due()
    rasa.answer = rasa.echo
    await arrives(sessions, "mulțumesc")
    await turns.run_due()
    words, bill, thanks = await outgoing(sessions)
    assert words.text == "Factura din noiembrie: 112,49 lei"
    assert bill.options == {"document": str(UUID(int=123))}
    assert bill.in_reply_to == words.in_reply_to
    assert "billing.example.com" not in str(bill.parts)
    assert thanks.text == "răspuns la mulțumesc"


async def test_a_turn_that_fails_sends_no_document(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    link = DocumentLink("DT-2026-000123", "https://billing.example.com/documents/x", NOW)

    async def fails(question: Question) -> list[Words]:
        async with transaction(sessions) as session:
            conversation = await session.get_one(Conversation, question.conversation_id)
            message = await session.get_one(InboundMessage, question.message_id)
            attachments.note(conversation, message, UUID(int=123), link)
        raise BadAnswer("status 500")

    rasa.answer = fails
    await arrives(sessions, "trimiteți-mi factura")
    await turns.run_due()
    assert all("document" not in message.options for message in await outgoing(sessions))


# --- the words of a button instead of the button ---

ACCOUNTS = (
    ("Acasă, Str. Teilor 12", '/choose{"choice": "account:1"}'),
    ("Birou", '/choose{"choice": "account:2"}'),
)


async def asks_which(sessions: Sessions, turns: Turns, rasa: Rasa, expects: str | None) -> None:
    async def which(question: Question) -> list[Words]:
        return [Words("Care?", ACCOUNTS)]

    rasa.answer = which
    await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        conversation.expects = expects
    rasa.answer = rasa.echo


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ("2", '/choose{"choice": "account:2"}'),
        ("birou", '/choose{"choice": "account:2"}'),
        ("acasa", '/choose{"choice": "account:1"}'),
        ("cel de pe Teilor", '/choose{"choice": "account:1"}'),
        ("cât am de plată?", "cât am de plată?"),
        (
            "vreau să plătesc ce am la birou mâine",
            "vreau să plătesc ce am la birou mâine",
        ),
    ],
)
async def test_a_choice_may_be_made_in_words(
    sessions: Sessions, turns: Turns, rasa: Rasa, words: str, understood: str
) -> None:
    await asks_which(sessions, turns, rasa, "choice")
    await arrives(sessions, words)
    await turns.run_due()
    assert rasa.asked[-1].text == understood


async def test_words_are_only_words_when_no_choice_is_awaited(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await asks_which(sessions, turns, rasa, None)
    await arrives(sessions, "birou")
    await turns.run_due()
    assert rasa.asked[-1].text == "birou"


@pytest.mark.parametrize("who", [Owner.BOT, Owner.QUEUE, Owner.AGENT])
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("stop", "utter_sms_stopped"),
        ("start", "utter_sms_started"),
        ("help", "utter_sms_help"),
    ],
)
async def test_the_words_of_the_networks_are_answered_whoever_owns_the_conversation(
    sessions: Sessions, rasa: Rasa, turns: Turns, who: Owner, word: str, said: str
) -> None:
    await arrives(sessions, "salut", channel="sms")
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE inbound_message SET handled_at = now()"))
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        conversation.owner = who
    message = await arrives(sessions, word, kind="command", channel="sms")
    await turns.run_due()
    assert rasa.asked == []
    assert await outcome(sessions, message) == "keyword"
    [answer] = await outgoing(sessions)
    assert answer.parts == [{"response": said, "values": {"company": "Demo Telecom"}}]


async def test_what_the_provider_has_answered_is_not_answered_again(
    sessions: Sessions, rasa: Rasa, turns: Turns
) -> None:
    await arrives(sessions, "stop", kind="command", channel="sms", answered=True)
    await turns.run_due()
    assert await outgoing(sessions) == []
    assert rasa.asked == []
