"""How is the app put together? Every room is wired in `build`, which tests call too."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from billing_backend import jobs as billing_jobs
from billing_backend.api import PAY_PATH, make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import Clock, SystemClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, make_engine, make_sessions, transaction
from billing_backend.documents.pages import make_document_pages
from billing_backend.dunning.restoring import restore_paid
from billing_backend.policy import Policy
from bot import metrics
from bot.actions import Services, make_actions_api
from bot.callbacks import Callbacks
from bot.deep_links import DeepLinks
from bot.dialogue import Dialogue
from bot.hearing import Hearing
from bot.intake import Intake
from bot.notices import Notices
from bot.outgoing import Sending, Wording
from bot.texts import Texts
from bot.turn import RASA_TIMEOUT_SECONDS, Turns
from handoff.conversations import Vault, outbox, pacing
from handoff.conversations.bell import Bell
from handoff.conversations.vault import forget_expired
from handoff.desk import DEMO_AGENTS, Closing, DeskServices, make_desk_api, make_desk_pages
from limpede import (
    channels,
    company,
    demo,
    health,
    keys,
    own_billing,
    payments,
    privacy,
    startpage,
    twilio_account,
)
from limpede.days import Days
from limpede.guarding import Guard
from limpede.jobs import Job, Jobs, every
from limpede.settings import ROOT, Settings
from limpede.sizes import SmallBodies

_TIDY_SECONDS = 5.0
_NOTICE_SECONDS = 1.0
_CALLBACK_SECONDS = 2.0
# Whoever pays has their service back within this time.
_RESTORE_SECONDS = 15.0
_FORGET_SECONDS = 3600.0
DESCRIPTION = (
    "Billing support that customers reach on Telegram, by SMS and on the phone: the billing API,"
    " the agents' desk and, in a demo, the customer simulator."
)


class Parts:
    """Everything that rooms share, made once for a process."""

    def __init__(self, settings: Settings) -> None:
        url = settings.require_database()
        self.settings = settings
        self.keys = keys.load(settings)
        self.engine: AsyncEngine = make_engine(url, pool_size=40)
        self.sessions: Sessions = make_sessions(self.engine)
        self.demo_clock = demo.DemoClock(demo.clock_file(settings)) if settings.simulator else None
        self.clock: Clock = self.demo_clock or SystemClock()
        self.policy = Policy(
            zone=settings.zone,
            document_link_lifetime=timedelta(hours=settings.document_link_hours),
        )
        # A company's own billing system bills, takes payments and duns by itself.
        self.built_in = self._built_in() if settings.billing is None else None
        self.billing: Billing = self.built_in or own_billing.connect(settings.billing or "")
        self.hearing = Hearing(settings.speech_confirm_below, settings.speech_noise_below)
        self.bell = Bell(url)
        self.vault = Vault(self.keys.secret.encode())
        self.texts = Texts(ROOT / "data" / "responses", zone=settings.zone)
        self.wording = Wording(self.texts, self.vault, self.clock, self.billing)
        self.intake = Intake(
            self.sessions,
            self.clock,
            self.vault,
            self.bell,
            self.wording,
            per_minute=settings.messages_per_minute,
        )
        self.dialogue = Dialogue(
            settings.rasa_base_url,
            key=self.keys.rasa_key,
            token=self.keys.rasa_token,
            timeout=RASA_TIMEOUT_SECONDS,
        )
        self.links = DeepLinks(self.keys.secret.encode())
        self.days = Days(self.clock, settings.zone, self._run_day)

    def words(self, response: str, language: str) -> str:
        """A phrase that a channel itself must say."""
        values = {"company": self.settings.company}
        return self.texts.say(response, language, "voice", values).text

    def word(self, parts: list[dict[str, Any]], language: str, channel: str) -> str:
        """Words that wait to be put together, as they will be said."""
        return self.texts.join(parts, language, channel).text

    def _built_in(self) -> BuiltInBilling:
        settings = self.settings
        return BuiltInBilling(
            self.policy,
            code_key=self.keys.secret.encode(),
            sellers=company.sellers(settings),
            public_url=settings.base_url,
            pay_address=settings.base_url + PAY_PATH if settings.takes_payments else None,
        )

    async def _run_day(self, day: date) -> None:
        """The daily job as of that day; a day that is over is seen from its end."""
        zone = ZoneInfo(self.settings.zone)
        end = datetime.combine(day, time.max, zone) - timedelta(seconds=1)
        moment = min(self.clock.now(), end)
        async with transaction(self.sessions) as session:
            await billing_jobs.run_day(session, now=moment, policy=self.policy)


def build(settings: Settings, closing: Closing) -> FastAPI:
    """The ASGI app with the roles that the settings name. Raises SettingsWrong.

    Whoever serves it begins `closing` when it is about to stop.
    """
    parts = Parts(settings)
    roles = settings.role_names
    outside = channels.connect(parts, closing)
    paying = payments.connect(parts) if settings.takes_payments else None
    jobs = Jobs(_jobs(parts, outside, paying, roles))

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with outside.open(), jobs.running():
            yield
        if paying is not None:
            await paying.gateway.close()
        await parts.dialogue.close()
        await parts.engine.dispose()

    app = FastAPI(title="Limpede", description=DESCRIPTION, version="0.1.0", lifespan=life)
    app.add_middleware(SmallBodies)
    app.add_middleware(Guard, https=settings.base_url.startswith("https://"))
    app.include_router(
        health.make_router(parts.sessions, parts.dialogue, jobs.all_well, parts.keys.api_token)
    )
    if "channels" in roles:
        for router in outside.routers:
            app.include_router(router)
        # Beside the webhooks: what customers reach from outside.
        if parts.built_in is not None:
            billing, sessions, clock = parts.built_in, parts.sessions, parts.clock
            app.include_router(make_document_pages(sessions, billing, billing.links, clock))
    if "actions" in roles:
        app.include_router(make_actions_api(_services(parts), parts.keys.rasa_key))
    if "billing" in roles and parts.built_in is not None:
        app.include_router(
            make_billing_api(
                parts.sessions,
                parts.built_in,
                parts.clock,
                parts.keys.api_token,
                sellers=parts.built_in.sellers,
            )
        )
        for router in paying.routers if paying is not None else ():
            app.include_router(router)
    if "desk" in roles:
        desk = _desk(parts, closing, outside)
        app.include_router(make_desk_api(desk))
        app.include_router(make_desk_pages(desk))
    app.include_router(_start_page(parts))
    return app


def _jobs(
    parts: Parts,
    outside: channels.Outside,
    paying: payments.Payments | None,
    roles: frozenset[str],
) -> dict[str, Job]:
    jobs: dict[str, Job] = {"bell": parts.bell.run}
    if "worker" in roles:
        turns = Turns(
            parts.sessions,
            parts.clock,
            parts.settings.zone,
            parts.bell,
            parts.dialogue,
            parts.billing,
            parts.settings.company,
            parts.hearing,
            outside.typing,
        )
        notices = Notices(parts.sessions, parts.billing, parts.clock)
        sending = Sending(
            parts.sessions,
            parts.bell,
            parts.wording,
            outside.senders,
            twilio_account.lanes(parts.settings),
        )
        jobs |= {
            "turns": turns.run,
            "sending": sending.run,
            "notices": every(_NOTICE_SECONDS, notices.tell_due),
            "tidying": every(_TIDY_SECONDS, lambda: _tidy(parts, outside)),
            "forgetting": every(_FORGET_SECONDS, lambda: _forget(parts)),
        }
        if parts.built_in is not None:
            jobs["days"] = parts.days.run
            jobs["restoring"] = every(_RESTORE_SECONDS, lambda: _restore(parts))
        if outside.call_back is not None:
            calling = Callbacks(
                parts.sessions,
                parts.clock,
                parts.billing,
                outside.call_back,
                zone=parts.settings.zone,
            )
            jobs["callbacks"] = every(_CALLBACK_SECONDS, calling.call_due)
        if paying is not None:
            jobs["refunds"] = paying.send_refunds
    return {**jobs, **outside.jobs}


async def _tidy(parts: Parts, outside: channels.Outside) -> None:
    """What was left lying by processes that vanished, and secrets whose minutes are over; and how
    long messages have been waiting to be sent."""
    async with transaction(parts.sessions) as session:
        await outbox.give_up_on_vanished(session)
        await forget_expired(session)
        await pacing.forget_idle(session)
        waited = await outbox.oldest_due(
            session, channels=list(outside.senders), now=parts.clock.now()
        )
    for channel, longest in waited.items():
        metrics.oldest_due.labels(channel).set(longest.total_seconds())


async def _forget(parts: Parts) -> None:
    """Conversations that are older than we may keep them."""
    await privacy.forget_old(
        parts.sessions,
        parts.clock,
        parts.settings.zone,
        months=parts.settings.conversation_months,
    )


async def _restore(parts: Parts) -> None:
    """Services that were suspended for a debt which is gone by now."""
    async with transaction(parts.sessions) as session:
        await restore_paid(session, now=parts.clock.now(), policy=parts.policy)


def _services(parts: Parts) -> Services:
    return Services(
        sessions=parts.sessions,
        billing=parts.billing,
        vault=parts.vault,
        clock=parts.clock,
        zone=parts.settings.zone,
        company=parts.settings.company,
        texts=parts.texts,
        hearing=parts.hearing,
        links=parts.links,
    )


def _desk(parts: Parts, closing: Closing, outside: channels.Outside) -> DeskServices:
    return DeskServices(
        sessions=parts.sessions,
        billing=parts.billing,
        clock=parts.clock,
        zone=parts.settings.zone,
        bell=parts.bell,
        word=parts.word,
        secure_cookies=parts.settings.base_url.startswith("https://"),
        demo_agents=DEMO_AGENTS if parts.settings.demo else (),
        closing=closing,
        files=outside.files,
        chat_link=lambda invoice: channels.chat_link(outside.bot, parts.links, invoice),
    )


def _start_page(parts: Parts) -> APIRouter:
    shown = parts.settings.demo
    return startpage.make_router(
        company=parts.settings.company,
        simulator=parts.settings.simulator,
        agents=[
            startpage.DemoSignIn(one.name, one.role, one.email, one.password) for one in DEMO_AGENTS
        ]
        if shown
        else [],
        api_token=parts.keys.api_token if shown else None,
    )
