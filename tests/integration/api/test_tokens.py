"""Programs get tokens of their own, which open what their scopes say and nothing else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from billing_backend import tokens
from billing_backend.contract import Tier
from billing_backend.db import Sessions, transaction
from billing_backend.tokens import ApiToken, Scope, WrongToken
from tests.integration.api.conftest import NOW


async def issued(
    sessions: Sessions, *scopes: Scope, days: int | None = None, name: str = "shop"
) -> dict[str, str]:
    """The header of a new token."""
    expires_at = None if days is None else NOW + timedelta(days=days)
    async with transaction(sessions) as session:
        token = await tokens.issue(
            session, name, scopes, tier=Tier.ASSISTANT, expires_at=expires_at, now=NOW
        )
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_reads_with_the_scope_and_not_without(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions
) -> None:
    reader = await issued(sessions, Scope.READ)
    payer = await issued(sessions, Scope.PAYMENTS, name="bank")
    assert (await api.get(f"/accounts/{account}", headers=reader)).status_code == 200

    refused = await api.get(f"/accounts/{account}", headers=payer)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert "no scope read" in refused.json()["detail"]


async def test_a_reader_cannot_write(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions
) -> None:
    reader = await issued(sessions, Scope.READ)
    refused = await api.post(
        f"/accounts/{account}/corrections",
        json={"finding_id": "any"},
        headers={**reader, "Idempotency-Key": "1"},
    )
    assert refused.status_code == 403
    assert "no scope corrections:write" in refused.json()["detail"]


@pytest.mark.parametrize("over", ["expired", "revoked"])
async def test_a_token_that_is_over_opens_nothing(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions, over: str
) -> None:
    days = 0 if over == "expired" else None
    header = await issued(sessions, Scope.READ, days=days)
    if over == "revoked":
        async with transaction(sessions) as session:
            await tokens.revoke(session, "shop", now=NOW)
    assert (await api.get(f"/accounts/{account}", headers=header)).status_code == 401


async def test_the_table_does_not_hold_what_opens_the_door(sessions: Sessions) -> None:
    header = await issued(sessions, Scope.READ)
    async with transaction(sessions) as session:
        kept = (await session.scalars(select(ApiToken))).one()
    token = header["Authorization"].removeprefix("Bearer ")
    assert token.encode() not in kept.token_hash
    assert len(kept.token_hash) == 32


async def test_a_name_is_given_once_and_taken_back_once(sessions: Sessions) -> None:
    await issued(sessions, Scope.READ)
    with pytest.raises(WrongToken, match="already"):
        await issued(sessions, Scope.READ)
    async with transaction(sessions) as session:
        await tokens.revoke(session, "shop", now=NOW)
        with pytest.raises(WrongToken, match="no token named shop"):
            await tokens.revoke(session, "shop", now=NOW)
