"""Which program is calling, and what may it do?"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.contract import Authority, Tier
from billing_backend.errors import BillingError
from billing_backend.tokens.models import ApiToken

_PREFIX = "limpede_"  # lets scanners of code and logs recognise one


class Scope(StrEnum):
    """What a token may do. Reading money is one thing; moving it, by kind, another."""

    READ = "read"
    PAYMENTS = "payments:write"
    CORRECTIONS = "corrections:write"
    ARRANGEMENTS = "arrangements:write"
    DISCOUNTS = "discounts:write"
    DISPUTES = "disputes:write"
    AGREEMENTS = "agreements:write"


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that was let in; `name` goes to the audit log."""

    name: str
    scopes: frozenset[str]
    tier: Tier = Tier.ASSISTANT

    @property
    def authority(self) -> Authority:
        return Authority(self.tier, f"api:{self.name}")


class WrongToken(BillingError):
    """A token with that name cannot be made or taken back; the message says why."""


async def issue(
    session: AsyncSession,
    name: str,
    scopes: Collection[Scope],
    *,
    tier: Tier,
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """Makes a token and answers it; this is the only time that it can be read."""
    if not name.strip() or len(name) > 60:
        raise WrongToken("the name must have 1 to 60 characters")
    if await session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise WrongToken(f"there is a token named {name} already; choose another name")
    token = _PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            name=name,
            token_hash=_hash(token),
            scopes=sorted(scopes),
            tier=tier,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await _record(session, "token.issued", name, {"scopes": sorted(scopes), "tier": tier}, now)
    return token


async def authenticate(session: AsyncSession, token: str, *, now: datetime) -> Caller | None:
    """Whose token it is; None for one that nobody has, or that is over."""
    if not token.startswith(_PREFIX):
        return None
    found = await session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token)))
    if found is None or found.revoked_at is not None:
        return None
    if found.expires_at is not None and found.expires_at <= now:
        return None
    return Caller(found.name, frozenset(found.scopes), Tier(found.tier))


async def revoke(session: AsyncSession, name: str, *, now: datetime) -> None:
    """From now on the token opens nothing. Raises WrongToken when there is none to take back."""
    revoked = await session.scalar(
        update(ApiToken)
        .where(ApiToken.name == name, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.id)
    )
    if revoked is None:
        raise WrongToken(f"there is no token named {name} that is still valid")
    await _record(session, "token.revoked", name, {}, now)


async def listed(session: AsyncSession) -> Sequence[ApiToken]:
    return (await session.scalars(select(ApiToken).order_by(ApiToken.created_at))).all()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def _record(
    session: AsyncSession, action: str, name: str, details: dict[str, object], now: datetime
) -> None:
    await audit.record(
        session,
        actor="operator",
        action=action,
        subject=f"token:{name}",
        details=details,
        now=now,
    )
