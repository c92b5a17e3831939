"""Does a message become replies, and does every failure become a failed turn?"""

import asyncio
import logging

import pytest
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.exc import OperationalError

from bot.nlu.channel import LimpedeChannel, Replies
from bot.nlu.two_requests import TwoRequests

ONE = [("explain_bill", 0.9)]


def test_a_message_becomes_replies(assistant):
    async def scenario(turns):
        assert await turns.send("bună ziua") == (200, {"replies": [{"text": "Bună ziua!"}]})

    assistant(scenario)


def test_what_was_understood_is_told_and_is_what_was_acted_on(assistant):
    async def scenario(turns):
        await turns.send("bună ziua")
        assert turns.understood[0]["name"] == "greet"
        assert 0.3 < turns.understood[0]["confidence"] <= 1
        assert len(turns.understood) > 1
        kept = [event for event in await turns.events_of("ana") if event["event"] == "user"]
        assert kept[-1]["parse_data"]["intent_ranking"] == turns.understood
        await turns.send("/affirm")
        assert turns.understood == [{"name": "affirm", "confidence": 1.0}]

    assistant(scenario)


def test_a_message_is_parsed_once(assistant):
    async def scenario(turns):
        processor, parsed = turns.agent.processor, []
        parse = processor.parse_message

        async def counting(message, *args, **kwargs):
            parsed.append(message.text)
            return await parse(message, *args, **kwargs)

        processor.parse_message = counting
        await turns.send("bună ziua")
        assert parsed == ["bună ziua"]

    assistant(scenario)


def test_the_words_follow_language_and_channel(assistant):
    async def scenario(turns):
        said = {
            ("ro", "sms"): "Bună ziua!",
            ("en", "sms"): "Hello!",
            ("ro", "voice"): "Bună ziua, ați sunat la noi.",
            ("en", "voice"): "Hello!",
        }
        for (language, channel), text in said.items():
            _, body = await turns.send("salut", channel=channel, language=language)
            assert body == {"replies": [{"text": text}]}

    assistant(scenario)


def test_an_action_gets_the_metadata_and_its_words_come_back_with_buttons(assistant):
    async def scenario(turns):
        status, body = await turns.send("cât am de plată pe octombrie", today="2026-11-24")
        assert status == 200
        assert body["replies"] == [
            {
                "text": "Aveți de plată 45,00 lei.",
                "buttons": [{"title": "De ce?", "payload": "/explain"}],
            }
        ]
        (call,) = turns.actions.calls
        message = call["tracker"]["latest_message"]
        assert message["metadata"]["message_id"] == "m-cât am de plată pe octombrie"
        assert [(e["entity"], e["value"]) for e in message["entities"]] == [("month", "2026-10")]
        assert call["tracker"]["latest_input_channel"] == "telegram"
        assert "domain" not in call

    assistant(scenario)


def test_a_second_request_and_close_readings_travel_to_the_action(assistant, monkeypatch):
    """Under keys of ours beside intent and entities, and through the store."""

    def two(text, rank):
        return TwoRequests(len("cât datorez"), "cât datorez", text[14:], rank("cât datorez"), ONE)

    monkeypatch.setattr("bot.nlu.intents.two_requests", two)
    text = "cât datorez și explicați factura din octombrie"

    async def scenario(turns):
        assert (await turns.send(text, today="2026-11-24"))[0] == 200
        (call,) = turns.actions.calls
        message = call["tracker"]["latest_message"]
        assert message["intent"]["name"] == "check_balance"
        assert message["entities"] == []
        also = message["also"]
        assert (also["intent"], also["before"]) == ("explain_bill", "cât datorez")
        assert [each["value"] for each in also["entities"]] == ["2026-10"]
        [kept] = [e for e in await turns.events_of("ana") if e["event"] == "user" and e["text"]]
        assert kept["parse_data"]["also"] == also

    assistant(scenario)


def test_a_reply_with_words_and_more_stays_one_reply(assistant):
    async def scenario(turns):
        said = {"text": "Unu.\n\nDoi.", "custom": {"hang_up": True}}
        turns.actions.answer = {"events": [], "responses": [said]}
        assert await turns.send("cât datorez") == (200, {"replies": [said]})

    assistant(scenario)


def test_a_payload_of_the_server_is_obeyed_and_a_slash_lookalike_is_only_text(assistant):
    async def scenario(turns):
        await turns.send("salut")
        await turns.send("/restart")
        assert "restart" in {event["event"] for event in await turns.events_of("ana")}
        await turns.send("salut", sender="mihai")
        await turns.send("∕restart", sender="mihai")
        assert "restart" not in {event["event"] for event in await turns.events_of("mihai")}

    assistant(scenario)


@pytest.mark.parametrize("key", ["", "another key", "cheie cu diacritice: ăîșț"])
def test_without_the_key_nobody_is_heard(assistant, key):
    async def scenario(turns):
        headers = {"X-Limpede-Key": key.encode("utf-8").decode("latin-1")}
        url = f"{turns.address}/webhooks/limpede/webhook"
        async with turns.http.post(url, json={}, headers=headers) as answer:
            assert answer.status == 403
        assert await turns.events_of("ana") == []

    assistant(scenario)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"sender": "ana", "message": "salut"},
        {"sender": "ana", "message": "  ", "metadata": {"message_id": "1"}},
        {"sender": 7, "message": "salut", "metadata": {"message_id": "1"}},
        {"sender": "ana", "message": "salut", "metadata": {"message_id": None}},
    ],
)
def test_a_body_of_another_shape_is_refused(assistant, body):
    async def scenario(turns):
        assert (await turns.post(body))[0] == 400

    assistant(scenario)


@pytest.mark.parametrize("status", [404, 500])
def test_an_action_that_fails_fails_the_turn_and_nothing_of_it_is_saved(assistant, status):
    async def scenario(turns):
        await turns.send("salut")
        before = await turns.events_of("ana")
        turns.actions.status = status
        assert (await turns.send("cât datorez"))[0] == 503
        assert await turns.events_of("ana") == before

    assistant(scenario)


def test_a_rejected_action_is_part_of_rasas_protocol_and_no_failure(assistant):
    async def scenario(turns):
        turns.actions.rejected = "action_balance"
        assert (await turns.send("cât datorez"))[0] == 200
        events = await turns.events_of("ana")
        assert "action_execution_rejected" in {event["event"] for event in events}

    assistant(scenario)


def test_an_action_server_that_is_away_fails_the_turn(assistant):
    async def scenario(turns):
        turns.agent.processor.action_endpoint.url = "http://127.0.0.1:9/actions"
        assert (await turns.send("cât datorez"))[0] == 503

    assistant(scenario)


def test_an_action_result_of_the_wrong_shape_fails_the_turn(assistant):
    async def scenario(turns):
        turns.actions.answer = {"events": "none", "responses": []}
        assert (await turns.send("cât datorez"))[0] == 503

    assistant(scenario)


def test_words_that_cannot_be_filled_fail_the_turn(assistant):
    async def scenario(turns):
        assert (await turns.send("la revedere"))[0] == 503

    assistant(scenario)


def test_what_no_rule_foresees_is_an_empty_answer_and_no_action_of_ours(assistant):
    async def scenario(turns):
        assert await turns.send("mulțumesc") == (200, {"replies": []})
        assert turns.actions.calls == []

    assistant(scenario)


def test_a_turn_that_finds_no_end_fails(assistant):
    async def scenario(turns):
        turns.agent.processor.max_number_of_predictions = 1
        assert (await turns.send("cât datorez"))[0] == 503

    assistant(scenario)


@pytest.mark.parametrize("operation", ["retrieve", "save"])
def test_a_tracker_store_that_fails_fails_the_turn(assistant, operation, monkeypatch):
    async def scenario(turns):
        await turns.send("salut")
        before = await turns.events_of("ana")

        async def broken(*_):
            raise ConnectionError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(SQLTrackerStore, operation, broken)
            assert (await turns.send("cât datorez"))[0] == 503
        assert await turns.events_of("ana") == before
        assert (await turns.send("hello", language="en"))[1] == {"replies": [{"text": "Hello!"}]}

    assistant(scenario)


def test_a_database_that_is_away_at_the_start_stops_rasa(model, tmp_path):
    away = EndpointConfig(type="SQL", dialect="sqlite", db=str(tmp_path / "no folder" / "db"))
    with pytest.raises(OperationalError):
        asyncio.run(load_agent(model, endpoints=AvailableEndpoints(tracker_store=away)))


def test_one_unreadable_row_does_not_stop_rasa(assistant):
    async def scenario(turns):
        await turns.send("salut")
        with turns.agent.tracker_store.session_scope() as session:
            session.execute("UPDATE events SET data = '{broken'")
            session.commit()
        assert (await turns.send("salut"))[0] == 503
        assert (await turns.send("salut", sender="bogdan"))[0] == 200

    assistant(scenario)


def test_without_a_model_nobody_is_answered_with_silence(assistant):
    async def scenario(turns):
        turns.agent.processor = None
        assert await turns.send("salut") == (503, {"error": "no model is loaded"})

    assistant(scenario)


def test_a_turn_is_finished_and_saved_although_the_app_hangs_up(assistant, monkeypatch):
    async def scenario(turns):
        saved = asyncio.Event()
        save = turns.agent.tracker_store.save

        async def save_and_tell(tracker):
            await save(tracker)
            if tracker.events:  # a new conversation is first saved empty
                saved.set()

        monkeypatch.setattr(turns.agent.tracker_store, "save", save_and_tell)
        turns.actions.free.clear()
        waiting = asyncio.ensure_future(turns.send("cât datorez"))
        await turns.actions.reached.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        turns.actions.free.set()
        await asyncio.wait_for(saved.wait(), timeout=10)
        assert "action_balance" in {event.get("name") for event in await turns.events_of("ana")}

    assistant(scenario)


def test_a_message_sent_again_while_its_turn_runs_shares_the_answer():
    handled = []

    async def parse(message):
        return {"intent_ranking": []}

    async def handle(message):
        handled.append(message.message_id)

    def turn(message_id):
        message = UserMessage("da", Replies(), "ana", message_id=message_id)
        return channel._turn_of(message, parse, handle)

    channel = LimpedeChannel("key")

    async def scenario():
        first, again, another = turn("1"), turn("1"), turn("2")
        assert (await first) is (await again)
        assert (await first) is not (await another)

    asyncio.run(scenario())
    assert handled == ["1", "2"]


def test_a_failure_is_logged_without_what_the_customer_wrote(assistant, caplog):
    async def scenario(turns):
        async def broken(message: UserMessage):
            raise RasaException(f"could not handle {message.text}")

        turns.agent.handle_message = broken
        with caplog.at_level(logging.DEBUG, logger="bot.nlu"):
            assert (await turns.send("codul meu secret 1234", message_id="m-7"))[0] == 503

    assistant(scenario)
    ours = [record.getMessage() for record in caplog.records if record.name == "bot.nlu.channel"]
    assert any("m-7" in line and "RasaException" in line for line in ours)
    assert not any("secret" in line or "1234" in line for line in ours)


@pytest.mark.parametrize("credentials", [None, {}, {"key": ""}])
def test_it_does_not_serve_without_a_key(credentials):
    with pytest.raises(RasaException):
        LimpedeChannel.from_credentials(credentials)
