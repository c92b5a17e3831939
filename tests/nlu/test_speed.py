"""Is an action's result still checked as stock Rasa checks it?"""

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import BotUttered, Event, SlotSet

import bot.nlu.channel  # noqa: F401 - applies the changes

ACTION = RemoteAction("action_x", None)


@pytest.mark.parametrize(
    "result",
    [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "da"}]},
        {"events": [{"event": "reset_slots"}, {"event": "pause"}], "responses": []},
    ],
)
def test_a_result_of_the_right_shape_passes(result):
    assert ACTION._validate_action_result(result)


@pytest.mark.parametrize(
    "result",
    [
        {"events": "none", "responses": []},
        {"events": [{"event": "slot", "value": 1}], "responses": []},
        {"events": [], "responses": ["da"]},
        [],
        None,
    ],
)
def test_a_result_of_another_shape_is_refused(result):
    with pytest.raises(ValidationError):
        ACTION._validate_action_result(result)


def test_events_are_read_back_as_their_own_kind():
    assert Event.resolve_by_type("bot") is BotUttered
    assert Event.resolve_by_type("slot") is SlotSet
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("no such event")


def test_each_event_of_a_conversation_is_stored_once(assistant):
    """Counted by the database, over turns that read the tracker anew and a session that begins."""

    async def scenario(turns):
        for words in ("salut", "cât datorez", "salut"):
            assert (await turns.send(words))[0] == 200
        events = await turns.events_of("ana")
        assert [event["text"] for event in events if event["event"] == "user"] == [
            "salut",
            "cât datorez",
            "salut",
        ]
        moments = [event["timestamp"] for event in events]
        assert len(set(moments)) == len(moments)

    assistant(scenario)
