"""How does an action run so that it is done once, wholly or not at all, and never fails aloud?

One transaction, committed before anything is said. An action that Rasa asks for again for the
same message (its first answer got lost) gives its first answer. A failure is recorded on the
message and answered with a sentence.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.db import patiently, transaction
from bot.actions import answering, call_summary, hearing, replay, same_again, second_request
from bot.actions.answering import FORM_ACTIONS
from bot.actions.job import Job, JobFunction, Saying, Services
from bot.nlu.close_call import MEANINGS
from handoff.conversations import InboundMessage, Owner, inbox, ownership

FORM, FORM_SLOT = "extension_form", "extension_date"
OPENS_FORM = "request_payment_extension"
log = structlog.get_logger(__name__)

Events = list[dict[str, Any]]


class GuardedAction:
    """A job under the name by which Rasa knows it."""

    def __init__(
        self, name: str, do: JobFunction, actions: Mapping[str, JobFunction], services: Services
    ) -> None:
        self._name = name
        self._do = do
        self._actions = actions
        self._services = services

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Never raises: a failed job ends in `utter_trouble` and a note on the message."""
        try:
            job = await patiently(lambda: self._transact(tracker))
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the customer hears a sentence
            return await self._fail(dispatcher, tracker, error)
        for saying in job.said:
            _utter(dispatcher, saying, job.language)
        return job.events

    async def _transact(self, tracker: Tracker) -> Job:
        async with transaction(self._services.sessions) as session:
            job = await self._job(session, tracker)
            if job.handed_over:
                _leave_form(job, tracker)  # somebody else speaks now
            elif not replay.recall(job):
                await hearing.around(job, lambda job: self._answer(job, tracker))
                _leave_form(job, tracker)
                call_summary.note(job)
                replay.keep(job, self._name)
            return job

    async def _answer(self, job: Job, tracker: Tracker) -> None:
        intent, asked, first = job.intent, dict(job.entities), not replay.begun(job)
        if first:
            second_request.begin(job, tracker.latest_message)
        await answering.around(job, self._do)
        await second_request.go_on(job, announce=first)
        if self._name not in FORM_ACTIONS or intent == OPENS_FORM:
            await same_again.notice(job, intent, asked)

    async def _job(self, session: AsyncSession, tracker: Tracker) -> Job:
        conversation = await ownership.lock(session, UUID(tracker.sender_id))
        message = await session.get_one(InboundMessage, _message_id(tracker))
        if message.conversation_id != conversation.id:
            raise LookupError("the message belongs to another conversation")
        now = self._services.clock.now()
        return Job(
            services=self._services,
            session=session,
            conversation=conversation,
            message=message,
            now=now,
            today=business_date(now, self._services.zone),
            action=self._name,
            actions=self._actions,
            intent=(tracker.latest_message.get("intent") or {}).get("name"),
            entities=_entities(tracker),
            slots=tracker.current_slot_values(),
            meanings=tuple(tracker.latest_message.get(MEANINGS) or ()),
            met=replay.met(conversation),
        )

    async def _fail(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, error: Exception
    ) -> Events:
        log.error("action failed", action=self._name, error=_where(error))
        try:
            await patiently(lambda: self._record(tracker, error))
        except Exception as second:  # noqa: BLE001 - no database: the sentence below still goes out
            log.error("failure not recorded", action=self._name, error=_where(second))
        dispatcher.utter_message(response="utter_trouble")
        return []

    async def _record(self, tracker: Tracker, error: Exception) -> None:
        async with transaction(self._services.sessions) as session:
            await inbox.record_failure(
                session, _message_id(tracker), f"{self._name}: {type(error).__name__}"
            )


def _message_id(tracker: Tracker) -> UUID:
    return UUID((tracker.latest_message.get("metadata") or {})["message_id"])


def _entities(tracker: Tracker) -> dict[str, str]:
    found: dict[str, str] = {}
    for entity in tracker.latest_message.get("entities") or []:
        found.setdefault(entity["entity"], str(entity["value"]))
    return found


def _leave_form(job: Job, tracker: Tracker) -> None:
    """The form lives only while its date is what the bot waits for."""
    in_form = (tracker.active_loop or {}).get("name") == FORM
    waited_for = job.conversation.owner == Owner.BOT and job.conversation.expects == FORM_SLOT
    if in_form and not waited_for:
        job.events += [SlotSet(FORM_SLOT, None), SlotSet("requested_slot", None), ActiveLoop(None)]


def _utter(dispatcher: CollectingDispatcher, saying: Saying, language: str) -> None:
    buttons = [{"title": title, "payload": payload} for title, payload in saying.choices]
    if saying.response is None:
        dispatcher.utter_message(text=saying.text, buttons=buttons)
    else:
        # The language is passed on because an action may just have changed it.
        dispatcher.utter_message(
            response=saying.response, buttons=buttons, language=language, **saying.values
        )


def _where(error: BaseException) -> str:
    """Kind and places of an error without its text: texts quote people and statements."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
