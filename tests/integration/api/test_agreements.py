"""Another program sees plans and usage, and changes services: previewed, once per key."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from billing_backend import tokens
from billing_backend.catalogue.models import Price, Product
from billing_backend.contract import Tier
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.run import issue_due
from tests.integration.api.conftest import NOW, POLICY, Subscriber


@pytest.fixture
async def single(sessions: Sessions, subscriber: Subscriber) -> UUID:
    """Somebody with one plan, invoiced in November; a cheaper plan is on sale."""
    async with transaction(sessions) as session:
        account = await subscriber(session)
        session.add(
            Product(
                code="LESS",
                kind="plan",
                family="internet",
                name={"ro": "Mai puțin", "en": "Less"},
                on_sale_from=date(2020, 1, 1),
            )
        )
        await session.flush()
        session.add(
            Price(
                product_code="LESS",
                valid_from=date(2020, 1, 1),
                net_minor=4000,
                currency="RON",
            )
        )
        for day in (date(2026, 10, 1), date(2026, 11, 1)):
            await issue_due(session, as_of=day, now=NOW, policy=POLICY)
    return account


async def test_a_change_by_another_program_is_previewed_made_once_and_called_off(
    api: httpx.AsyncClient, single: UUID
) -> None:
    wish = {"kind": "plan", "product_code": "LESS"}
    told = (await api.post(f"/accounts/{single}/changes/preview", json=wish)).json()
    made = [
        await api.post(
            f"/accounts/{single}/changes",
            json={**wish, "promise": told["promise"]},
            headers={"Idempotency-Key": "k1"},
        )
        for _ in range(2)
    ]
    next_one = (await api.get(f"/accounts/{single}/next-invoice")).json()
    change_id = made[0].json()["change_id"]
    off = await api.post(
        f"/accounts/{single}/changes/{change_id}/call-off", headers={"Idempotency-Key": "k2"}
    )
    services = (await api.get(f"/accounts/{single}/services")).json()

    assert told["from_day"] == "2026-12-01"
    assert made[0].json() == made[1].json()
    # 40.00 + 21 % = 48.40, as promised
    assert next_one["total"]["minor"] == told["next_invoice"]["total"]["minor"] == 4840
    assert [each.status_code for each in made] == [201, 201]
    assert off.status_code == 201
    assert services["scheduled"] == []
    assert services["plan"]["code"] == "PLAN"


async def test_what_a_rule_refuses_is_a_problem_with_its_reason(
    api: httpx.AsyncClient, single: UUID
) -> None:
    early = {"kind": "plan", "product_code": "LESS", "on": "2026-11-25"}
    refused = await api.post(f"/accounts/{single}/changes/preview", json=early)
    keyless = await api.post(f"/accounts/{single}/changes", json=early)
    unknown = await api.post(f"/accounts/{uuid4()}/changes/preview", json=early)

    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "the day is too early; the first possible one is 2026-12-01",
    )
    assert refused.json()["code"] == "not_before"
    assert keyless.status_code == 422
    assert unknown.status_code == 404


async def test_a_one_off_by_another_program_is_on_the_next_invoice(
    api: httpx.AsyncClient, single: UUID
) -> None:
    wanted = {
        "description": {"ro": "Instalare", "en": "Installation"},
        "amount": {"minor": 6050, "currency": "RON"},
        "tax_included": True,
        "supplied_on": "2026-11-24",
    }
    added = [
        await api.post(
            f"/accounts/{single}/charges", json=wanted, headers={"Idempotency-Key": "c1"}
        )
        for _ in range(2)
    ]
    listed = (await api.get(f"/accounts/{single}/charges")).json()["charges"]

    assert added[0].json() == added[1].json()
    assert added[0].json()["net"]["minor"] == 5000
    assert [each["net"]["minor"] for each in listed] == [5000]


async def test_a_gross_that_no_net_amount_comes_to_is_refused_with_the_nearest(
    api: httpx.AsyncClient, single: UUID
) -> None:
    wanted = {
        "description": {"ro": "Instalare", "en": "Installation"},
        "amount": {"minor": 3, "currency": "RON"},
        "tax_included": True,
        "supplied_on": "2026-11-24",
    }
    refused = await api.post(
        f"/accounts/{single}/charges", json=wanted, headers={"Idempotency-Key": "c2"}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "gross_not_possible")
    assert "the nearest possible is 0.02 RON" in refused.json()["detail"]


async def test_a_company_is_invoiced_with_a_right_cui_only(
    api: httpx.AsyncClient, single: UUID
) -> None:
    customer = (await api.get(f"/accounts/{single}")).json()["customer_id"]
    company = {"name": "Exemplu SRL", "tax_id": "99999909"}
    kept = await api.post(
        f"/customers/{customer}/company", json=company, headers={"Idempotency-Key": "a"}
    )
    wrong = await api.post(
        f"/customers/{customer}/company",
        json={**company, "tax_id": "99999908"},
        headers={"Idempotency-Key": "b"},
    )
    nobodys = await api.post(
        f"/customers/{uuid4()}/company", json=company, headers={"Idempotency-Key": "c"}
    )
    shown = (await api.get(f"/accounts/{single}")).json()

    assert kept.json() == {"name": "Exemplu SRL", "tax_id": "99999909", "iban": None}
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_tax_id")
    assert nobodys.status_code == 404
    assert shown["company"] == kept.json()


async def test_the_end_of_a_service_is_undone_until_its_last_day_is_over(
    api: httpx.AsyncClient, single: UUID
) -> None:
    undo = f"/accounts/{single}/undo-cancellation"
    nothing = await api.post(undo, headers={"Idempotency-Key": "u1"})
    await api.post(
        f"/accounts/{single}/changes", json={"kind": "cancel"}, headers={"Idempotency-Key": "u2"}
    )
    undone = await api.post(undo, headers={"Idempotency-Key": "u3"})
    services = (await api.get(f"/accounts/{single}/services")).json()

    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")
    assert (undone.status_code, undone.json()) == (201, {"last_day": "2026-11-30"})
    assert services["cancelled_on"] is None


async def test_a_token_changes_services_only_with_the_scope_for_it(
    api: httpx.AsyncClient, sessions: Sessions, single: UUID
) -> None:
    async with transaction(sessions) as session:
        token = await tokens.issue(
            session,
            "shop",
            scopes=[tokens.Scope.READ],
            tier=Tier.ASSISTANT,
            expires_at=None,
            now=NOW,
        )
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "s1"}
    told = await api.post(
        f"/accounts/{single}/changes/preview", json={"kind": "cancel"}, headers=headers
    )
    made = await api.post(f"/accounts/{single}/changes", json={"kind": "cancel"}, headers=headers)

    assert (told.status_code, made.status_code) == (200, 403)


async def test_what_is_on_sale_and_what_was_used(api: httpx.AsyncClient, single: UUID) -> None:
    sold = (await api.get("/plans")).json()["offerings"]
    mine = (await api.get("/plans", params={"account_id": str(single)})).json()["offerings"]
    used = (await api.get(f"/accounts/{single}/usage")).json()

    assert [(each["code"], each["gross"]["minor"]) for each in sold] == [
        ("LESS", 4840),
        ("PLAN", 7260),
    ]
    assert mine == sold
    assert used["used"] is None
