"""How does an action that is asked for again for the same message give the same answer?

Rasa may be killed after an action's work is committed and before it remembers the turn; then the
turn runs again. So an action's answer is kept with the dialogue, in the same transaction as its
work, until the next message but one: "in simpler words" is about the answer before. So is how the
message was met, because the action may have changed what the bot waits for and the language: the
turn that runs again must be understood alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot import told
from bot.actions.job import Job, Saying
from handoff.conversations import Conversation


def recall(job: Job) -> bool:
    """Take over the answer that this action gave to this message before; False if it is new."""
    turn = _turn_of(job.memory, job.message.id)
    if turn is None or job.action not in turn["answers"]:
        return False
    answer = turn["answers"][job.action]
    job.said = _sayings(answer)
    job.events = answer["events"]
    return True


def begun(job: Job) -> bool:
    """Whether another action has answered this message before: a form is several."""
    return _turn_of(job.memory, job.message.id) is not None


def last_said(job: Job, message_id: UUID | None) -> list[Saying]:
    """What was said to that message by actions; empty when it was not the last before this.
    A form's action may have answered the present message by now, before the one that asks."""
    turn = _turn_of(job.memory, message_id) or _turn_before(job.memory, message_id)
    if turn is None:
        return []
    return [said for answer in turn["answers"].values() for said in _sayings(answer)]


def before(dialogue: Mapping[str, Any], message_id: UUID) -> dict[str, Any] | None:
    """What the bot waited for (`expects`), in which `language`, and what had been `told` last, when
    an action has done its work for this message already; None when none has."""
    turn = _turn_of(dialogue, message_id) or {}
    found: dict[str, Any] | None = turn.get("before")
    return found


def met(conversation: Conversation) -> dict[str, Any]:
    """How a message is met that comes now, as `before` will tell it."""
    return {
        "expects": conversation.expects,
        "language": conversation.language,
        told.KEPT_AS: conversation.dialogue.get(told.KEPT_AS),
    }


def keep(job: Job, action: str) -> None:
    """Remember the answer of the action that Rasa asked for."""
    turn = _turn_of(job.memory, job.message.id)
    if turn is None:
        turn = {
            "message": str(job.message.id),
            "before": job.met,
            "answers": {},
            "previous": _without_its_previous(job.memory.get("turn")),
        }
    answer = {
        "said": [
            {
                "response": said.response,
                "values": said.values,
                "choices": [list(choice) for choice in said.choices],
                "text": said.text,
            }
            for said in job.said
        ],
        "events": job.events,
    }
    job.remember(turn={**turn, "answers": {**turn["answers"], action: answer}})


def _turn_of(dialogue: Mapping[str, Any], message_id: UUID | None) -> dict[str, Any] | None:
    """What is kept of that message's turn; None when it is not the one that is kept."""
    turn: dict[str, Any] | None = dialogue.get("turn")
    return turn if turn is not None and turn["message"] == str(message_id) else None


def _turn_before(dialogue: Mapping[str, Any], message_id: UUID | None) -> dict[str, Any] | None:
    """The same of the turn before the one that is kept."""
    kept: dict[str, Any] = dialogue.get("turn") or {}
    return _turn_of({"turn": kept.get("previous")}, message_id)


def _without_its_previous(turn: dict[str, Any] | None) -> dict[str, Any] | None:
    return turn and {name: turn[name] for name in ("message", "answers")}


def _sayings(answer: dict[str, Any]) -> list[Saying]:
    return [
        Saying(said["response"], said["values"], _choices(said["choices"]), said["text"])
        for said in answer["said"]
    ]


def _choices(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((title, payload) for title, payload in pairs)
