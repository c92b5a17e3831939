"""What does an agent see of a case, put together from the conversation and from billing?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.contract import Billing, CustomerFacts, Identification, Level
from billing_backend.errors import BillingError
from handoff.conversations import Conversation, Entry, accounts, history
from handoff.desk import account_view, formats, repository
from handoff.desk.account import customer_of
from handoff.desk.files import kept
from handoff.desk.models import Agent
from handoff.desk.shapes import (
    AccountChoice,
    AgentView,
    CallbackView,
    CaseView,
    CompanyView,
    CustomerView,
    FileView,
    GrantedView,
    IdentityView,
    Line,
    Message,
    NoteView,
    QueueView,
)
from handoff.desk.texts import catalogue, label, text
from handoff.queue import Case, State, callbacks
from handoff.queue import repository as queue
from handoff.queue.models import CallbackAttempt
from handoff.queue.rules import URGENT

# Words that still wait to be put together: parts, language and channel in, words out.
Word = Callable[[list[dict[str, Any]], str, str], str]

# The address at which a customer's chat with the bot opens on an invoice; None without a bot.
Link = Callable[[str], str | None]

_LISTED = 50
_SNIPPET = 120


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and with whose help."""

    agent: Agent
    billing: Billing
    word: Word
    zone: str
    now: datetime
    link: Link = lambda _: None

    @property
    def language(self) -> str:
        return self.agent.language

    @property
    def today(self) -> date:
        return business_date(self.now, self.zone)


async def queue_view(session: AsyncSession, viewer: Viewer) -> QueueView:
    """Who waits (next one first), whom this agent answers, and whom the colleagues answer."""
    waiting = (await queue.line(session))[:_LISTED]
    answered = (await queue.with_agent(session))[:_LISTED]
    lines = await _lines(session, viewer, [*waiting, *answered])
    presence = await queue.presence(session, viewer.agent.id)
    mine = [case for case in answered if case.agent_id == viewer.agent.id]
    others = [case for case in answered if case.agent_id != viewer.agent.id]
    return QueueView(
        now=viewer.now,
        available=presence is not None and presence.available,
        waiting=[
            lines[case.id].model_copy(update={"place": place})
            for place, case in enumerate(waiting, start=1)
        ],
        mine=[lines[case.id] for case in mine],
        others=[lines[case.id] for case in others],
    )


async def case_view(session: AsyncSession, viewer: Viewer, case: Case) -> CaseView:
    """One case with all that billing knows, so that the customer repeats nothing."""
    conversation = await repository.conversation(session, case.conversation_id)
    identified = await viewer.billing.identification(session, conversation.id, now=viewer.now)
    facts = await facts_of(session, viewer, customer_of(identified, case.customer_id))
    if facts is not None:
        facts = accounts.spoken_of(conversation, facts)
    customer = _customer_view(facts, viewer) if facts else None
    names = await repository.agent_names(session, [case.agent_id] if case.agent_id else [])
    said = await repository.last_said(session, [conversation.id])
    identity = _identity(identified, viewer)
    return CaseView(
        case_id=case.id,
        number=case.number,
        state=case.state,
        reason=case.reason,
        reason_text=label("reason", case.reason, viewer.language),
        detail=case.detail,
        urgent=case.priority == URGENT,
        created_at=case.created_at,
        callback=case.callback_at is not None,
        agent=names.get(case.agent_id) if case.agent_id else None,
        mine=case.state == State.WITH_AGENT and case.agent_id == viewer.agent.id,
        channel=conversation.channel,
        address_text=conversation.phone or (customer.phone if customer else None),
        language=conversation.language,
        call_over=conversation.closed_at is not None,
        summary=_summary(case, conversation, customer, identity, said, viewer.language),
        identity=identity,
        customer=customer,
        account=await account_view.account_view(session, viewer, facts.account_id)
        if facts
        else None,
        granted=[_granted(entry, viewer.language) for entry in case.granted],
        suggested_agreement="; ".join(
            _granted(entry, conversation.language).text for entry in case.granted
        ),
        notes=[NoteView.model_validate(note) for note in case.notes],
        callbacks=[
            _callback(attempt, viewer.language)
            for attempt in await callbacks.attempts(session, case.id)
        ],
        messages=await _all_said(session, viewer, case, conversation),
    )


async def summary_of(session: AsyncSession, viewer: Viewer, case: Case) -> list[str]:
    """Two lines: who is there, and why they are."""
    conversation = await repository.conversation(session, case.conversation_id)
    identified = await viewer.billing.identification(session, conversation.id, now=viewer.now)
    customer = await _customer(session, viewer, customer_of(identified, case.customer_id))
    identity = _identity(identified, viewer)
    said = await repository.last_said(session, [conversation.id])
    return _summary(case, conversation, customer, identity, said, viewer.language)


async def _all_said(
    session: AsyncSession, viewer: Viewer, case: Case, conversation: Conversation
) -> list[Message]:
    """Also what was said where the case began, if it has moved since."""
    now = messages(await history(session, conversation.id), conversation, case.id, viewer)
    if case.begun_in is None:
        return now
    first = await repository.conversation(session, case.begun_in)
    return [*messages(await history(session, first.id), first, case.id, viewer), *now]


def _callback(attempt: CallbackAttempt, language: str) -> CallbackView:
    return CallbackView(
        number=attempt.number,
        at=attempt.began_at,
        state=attempt.state,
        text=label("callback", attempt.state, language),
    )


def messages(
    entries: Sequence[Entry], conversation: Conversation, case_id: UUID | None, viewer: Viewer
) -> list[Message]:
    """The lines of a conversation; words not sent yet are put together as they will be. Files open
    from its case only."""
    return [
        Message(
            position=entry.position,
            id=entry.message_id,
            at=entry.at,
            time=formats.clock_time(entry.at, viewer.language, viewer.zone),
            speaker=entry.speaker,
            name=entry.name,
            kind=entry.kind,
            text=worded(entry.text, entry.parts, conversation, viewer),
            buttons=entry.buttons,
            status=entry.status,
            failure_text=label("undelivered.reason", entry.failure, viewer.language)
            if entry.failure
            else None,
            sent=entry.sent,
            files=_files(entry, conversation, case_id) if case_id else [],
            place=entry.place,
        )
        for entry in entries
    ]


def _files(entry: Entry, conversation: Conversation, case_id: UUID) -> list[FileView]:
    url = f"/desk/api/cases/{case_id}/files/{entry.message_id}"
    files = [kept(conversation.channel, media) for media in entry.media]
    return [
        FileView(url=f"{url}/{place}", name=file.name, image=file.image)
        for place, file in enumerate(files)
    ]


def agent_view(agent: Agent, *, available: bool) -> AgentView:
    return AgentView(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        language=agent.language,
        phone=agent.phone,
        available=available,
    )


def worded(
    said: str | None, parts: list[dict[str, Any]], conversation: Conversation, viewer: Viewer
) -> str:
    """A message's words, put together as they will be where that was not done yet."""
    if said is not None:
        return said
    try:
        return viewer.word(parts, conversation.language, conversation.channel)
    except LookupError:
        # A response without words cannot be sent either; the agent sees which one it is.
        return " ".join(f"[{part['response']}]" for part in parts)


async def _lines(session: AsyncSession, viewer: Viewer, cases: Sequence[Case]) -> dict[UUID, Line]:
    ids = [case.conversation_id for case in cases]
    conversations = await repository.conversations(session, ids)
    said = await repository.last_said(session, ids)
    names = await repository.agent_names(session, [c.agent_id for c in cases if c.agent_id])
    return {
        case.id: await _line(
            session,
            viewer,
            case,
            conversations[case.conversation_id],
            said.get(case.conversation_id, ""),
            names.get(case.agent_id) if case.agent_id else None,
        )
        for case in cases
    }


async def _line(
    session: AsyncSession,
    viewer: Viewer,
    case: Case,
    conversation: Conversation,
    said: str,
    agent: str | None,
) -> Line:
    identified = await viewer.billing.identification(session, conversation.id, now=viewer.now)
    customer = await _customer(session, viewer, customer_of(identified, case.customer_id))
    return Line(
        case_id=case.id,
        number=case.number,
        state=case.state,
        reason=case.reason,
        reason_text=label("reason", case.reason, viewer.language),
        urgent=case.priority == URGENT,
        channel=conversation.channel,
        language=conversation.language,
        customer=customer.name if customer else text("queue.unknown_customer", viewer.language),
        level=identified.level,
        place=None,
        waited_seconds=max(0, int((viewer.now - case.created_at).total_seconds())),
        callback=case.callback_at is not None,
        last_said=said[:_SNIPPET],
        agent=agent,
    )


async def _customer(
    session: AsyncSession, viewer: Viewer, customer_id: UUID | None
) -> CustomerView | None:
    facts = await facts_of(session, viewer, customer_id)
    return _customer_view(facts, viewer) if facts else None


async def facts_of(
    session: AsyncSession, viewer: Viewer, customer_id: UUID | None
) -> CustomerFacts | None:
    """What billing knows of the customer; None where nobody is known."""
    if customer_id is None:
        return None
    try:
        return await viewer.billing.customer(session, customer_id, today=viewer.today)
    except BillingError:
        return None  # erased since: the case stays, the person is gone


def _customer_view(facts: CustomerFacts, viewer: Viewer) -> CustomerView:
    company = facts.company
    return CustomerView(
        customer_id=facts.customer_id,
        name=facts.name,
        number=facts.number,
        phone=facts.phone,
        language=facts.language,
        plan=facts.plan_name,
        since=facts.customer_since,
        since_text=formats.day(facts.customer_since, viewer.language),
        company=CompanyView(name=company.name, tax_id=company.tax_id, iban=company.iban)
        if company
        else None,
        accounts=[
            AccountChoice(
                account_id=each.account_id,
                text=", ".join(filter(None, (each.label, each.address))),
                shown=each.account_id == facts.account_id,
            )
            for each in facts.accounts
            if len(facts.accounts) > 1
        ],
    )


def _identity(identified: Identification, viewer: Viewer) -> IdentityView:
    language = viewer.language
    level = text(f"level.{identified.level}", language)
    method = label("method", identified.method, language) if identified.method else None
    return IdentityView(
        level=identified.level,
        level_text=level,
        method=identified.method,
        method_text=method,
        verified_at=identified.verified_at,
        verified_text=text(
            "verified.at",
            language,
            level=level,
            method=method or "",
            moment=formats.moment(identified.verified_at, language, viewer.zone),
        )
        if identified.verified_at
        else None,
        fresh=identified.fresh,
    )


def _summary(
    case: Case,
    conversation: Conversation,
    customer: CustomerView | None,
    identity: IdentityView,
    said: dict[UUID, str],
    language: str,
) -> list[str]:
    """Two lines: who is there, and why they are."""
    known = Level.UNKNOWN if customer is None else identity.level
    if customer is not None and known == Level.UNKNOWN:
        known = Level.RECOGNISED
    who = text(
        f"summary.who_{known}",
        language,
        name=customer.name if customer else "",
        number=customer.number if customer else "",
        method=identity.method_text or "",
        channel=text(f"channel.{conversation.channel}", language),
        language=text(f"language.{conversation.language}", language),
    )
    reason = _why(case, language)
    last = said.get(conversation.id)
    if last is None:
        return [who, text("summary.why", language, reason=reason)]
    return [who, text("summary.why_said", language, reason=reason, said=last[:_SNIPPET])]


def _why(case: Case, language: str) -> str:
    """The reason with what it was about, where the assistant said so."""
    reason = label("reason", case.reason, language)
    topic = f"topic.{case.detail.get('topic')}"
    if topic not in catalogue():
        return reason
    product = case.detail.get("product")
    about = text(topic, language) + (f" ({product})" if product else "")
    return text("summary.about", language, reason=reason, about=about)


def _granted(entry: dict[str, Any], language: str) -> GrantedView:
    return GrantedView(kind=entry["kind"], text=account_view.granted_text(entry, language))
