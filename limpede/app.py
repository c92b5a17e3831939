"""How is the app put together? Every room is wired in `build`, which tests call too."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from billing_backend import jobs as billing_jobs
from billing_backend.api import PAY_PATH, make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import Clock, SystemClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, make_engine, make_sessions, transaction
from billing_backend.documents import make_document_pages
from billing_backend.dunning.restoring import restore_paid
from billing_backend.policy import Policy
from bot.actions import Services, make_actions_api
from bot.deep_links import DeepLinks
from bot.dialogue import Dialogue
from bot.intake import Intake
from bot.notices import Notices
from bot.outgoing import Sending, Wording
from bot.texts import Texts
from bot.turn import RASA_TIMEOUT_SECONDS, Turns
from handoff.conversations import Vault, outbox
from handoff.conversations.bell import Bell
from handoff.conversations.vault import forget_expired
from handoff.desk import DEMO_AGENTS, Closing, DeskServices, make_desk_api, make_desk_pages
from limpede import channels, company, demo, health, keys, own_billing, payments, startpage
from limpede.days import Days
from limpede.jobs import Job, Jobs, every
from limpede.settings import ROOT, Settings, SettingsWrong

_TIDY_SECONDS = 5.0
_NOTICE_SECONDS = 1.0
# Whoever pays has their service back within this time.
_RESTORE_SECONDS = 15.0
DESCRIPTION = (
    "Billing support that customers reach on Telegram, by SMS and on the phone: the billing API,"
    " the agents' desk and, in a demo, the customer simulator."
)


class Parts:
    """Everything that rooms share, made once for a process."""

    def __init__(self, settings: Settings) -> None:
        if settings.database_url is None:
            raise SettingsWrong("DATABASE_URL must be set; `limpede up` runs a database for you")
        url = settings.database_url.get_secret_value()
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
        self.bell = Bell(url)
        self.vault = Vault(self.keys.secret.encode())
        self.texts = Texts(ROOT / "data" / "responses", zone=settings.zone)
        self.wording = Wording(self.texts, self.vault, self.clock, self.billing)
        self.intake = Intake(self.sessions, self.clock, self.vault, self.bell, self.wording)
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
        return self.texts.say(response, language, "voice").text

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
    app.include_router(health.make_router(parts.sessions, parts.dialogue, jobs.all_well))
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
            outside.typing,
        )
        notices = Notices(parts.sessions, parts.billing, parts.clock)
        sending = Sending(parts.sessions, parts.bell, parts.wording, outside.senders)
        jobs |= {
            "turns": turns.run,
            "sending": sending.run,
            "notices": every(_NOTICE_SECONDS, notices.tell_due),
            "tidying": every(_TIDY_SECONDS, lambda: _tidy(parts)),
        }
        if parts.built_in is not None:
            jobs["days"] = parts.days.run
            jobs["restoring"] = every(_RESTORE_SECONDS, lambda: _restore(parts))
        if paying is not None:
            jobs["refunds"] = paying.send_refunds
    return {**jobs, **outside.jobs}


async def _tidy(parts: Parts) -> None:
    """What was left lying by processes that vanished, and secrets whose minutes are over."""
    async with transaction(parts.sessions) as session:
        await outbox.give_up_on_vanished(session)
        await forget_expired(session)


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
        links=parts.links,
    )


def _desk(parts: Parts, closing: Closing, outside: channels.Outside) -> DeskServices:
    return DeskServices(
        sessions=parts.sessions,
        billing=parts.billing,
        clock=parts.clock,
        zone=parts.settings.zone,
        bell=parts.bell,
        word=lambda said, language, channel: parts.texts.join(said, language, channel).text,
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
