"""Whose account does an agent's click change, and on whose authority?

A customer who was only recognised gets no change: a number can be forged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Billing, CustomerFacts, Level, Signed
from billing_backend.money import Money
from handoff.conversations import accounts
from handoff.desk.cases import Held, Refused, hold, remember_granted
from handoff.desk.models import Agent

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Click:
    """One agent's wish to change one case, once: the same `key` again changes nothing."""

    agent: Agent
    case_id: UUID
    key: str
    now: datetime

    def named(self, purpose: str) -> str:
        return f"desk:{self.case_id}:{purpose}:{self.key}"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the customer that the agent is talking with, and who proved to be it."""

    session: AsyncSession
    billing: Billing
    click: Click
    held: Held
    customer: CustomerFacts

    @property
    def id(self) -> UUID:
        return self.customer.account_id

    def signed(self, purpose: str) -> Signed:
        click = self.click
        return Signed(authority=click.agent.authority, key=click.named(purpose), now=click.now)

    async def remember(self, kind: str, amount: Money | None = None, **given: Any) -> None:
        """Keeps what the agent gave, for the hand-back."""
        if amount is not None:
            given["amount"] = {"minor": amount.minor, "currency": amount.currency}
        kept = {"kind": kind, "key": self.click.key, **given}
        await remember_granted(self.session, self.held, kept)


def on_their_account(
    change: Callable[Concatenate[Account, P], Awaitable[R]],
) -> Callable[Concatenate[AsyncSession, Billing, Click, P], Awaitable[R | Refused]]:
    """For who holds the case and a customer who proved who they are; else it is refused."""

    @wraps(change)
    async def clicked(
        session: AsyncSession, billing: Billing, click: Click, /, *args: P.args, **rest: P.kwargs
    ) -> R | Refused:
        held = await hold(session, click.agent, click.case_id)
        known = await billing.identification(session, held.conversation.id, now=click.now)
        if known.level != Level.VERIFIED or known.customer_id is None:
            return Refused("not_verified", {})
        customer = accounts.spoken_of(
            held.conversation, await billing.customer(session, known.customer_id)
        )
        return await change(Account(session, billing, click, held, customer), *args, **rest)

    return clicked
