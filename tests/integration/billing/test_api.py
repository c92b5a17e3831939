"""The billing API, as another program sees it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.catalogue.models import Price, Product
from billing_backend.clock import FixedClock
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.run import issue_due
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
async def account(sessions: Sessions, subscriber: Subscriber) -> UUID:
    """Somebody who was charged twice for one plan in October and November."""
    async with transaction(sessions) as session:
        account = await subscriber(session, twice=True)
        for day in (date(2026, 10, 1), date(2026, 11, 1)):
            await issue_due(session, as_of=day, now=NOW, policy=POLICY)
    return account


@pytest.fixture
async def api(sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
    app.include_router(make_billing_api(sessions, billing, FixedClock(NOW), "secret"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://billing/api/billing/v1",
        headers={"Authorization": "Bearer secret"},
    ) as client:
        yield client


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic secret", "secret"])
async def test_without_the_token_nothing_is_told(
    api: httpx.AsyncClient, account: UUID, header: str
) -> None:
    answer = await api.get(f"/accounts/{account}", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_customer_is_found_by_phone_and_by_number(
    api: httpx.AsyncClient, account: UUID
) -> None:
    [by_phone] = (await api.get("/customers", params={"phone": "0700 550 001"})).json()["customers"]
    [by_number] = (await api.get("/customers", params={"number": by_phone["number"]})).json()[
        "customers"
    ]

    assert by_phone == by_number
    assert by_phone["account_id"] == str(account)
    assert (await api.get(f"/accounts/{account}")).json() == by_phone


async def test_nobody_with_that_phone_is_an_empty_list(api: httpx.AsyncClient) -> None:
    assert (await api.get("/customers", params={"phone": "hello"})).json() == {"customers": []}


@pytest.mark.parametrize("params", [{}, {"phone": "1", "number": "2"}])
async def test_neither_or_both_are_refused(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await api.get("/customers", params=params)

    assert answer.status_code == 422
    assert "either phone or number" in answer.json()["detail"]


async def test_the_balance_and_the_invoices_say_the_same(
    api: httpx.AsyncClient, account: UUID
) -> None:
    balance = (await api.get(f"/accounts/{account}/balance")).json()
    invoices = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]

    # two months of 2 x 60.00, + 21 %
    assert balance["due"] == {"minor": 29040, "currency": "RON"}
    assert sum(each["outstanding"]["minor"] for each in invoices) == 29040
    for each in invoices:
        assert each["total"]["minor"] == sum(line["gross"]["minor"] for line in each["lines"])
    number = invoices[0]["number"]
    assert (await api.get(f"/accounts/{account}/invoices/{number}")).json() == invoices[0]


async def test_an_invoice_of_somebody_else_is_not_found(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        stranger = await subscriber(session, 2)
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]

    answer = await api.get(f"/accounts/{stranger}/invoices/{newest['number']}")

    assert answer.status_code == 404


async def test_the_review_the_books_and_the_rest(api: httpx.AsyncClient, account: UUID) -> None:
    findings = (await api.get(f"/accounts/{account}/review")).json()["findings"]
    entries = (await api.get(f"/accounts/{account}/journal")).json()["entries"]
    explained = (await api.get(f"/accounts/{account}/explanation?month=2026-11")).json()

    assert [each["kind"] for each in findings] == ["duplicate_charge", "duplicate_charge"]
    assert [entry["kind"] for entry in entries] == ["invoice_issued", "invoice_issued"]
    assert (
        sum(
            each["amount"]["minor"]
            for each in entries[0]["transfers"]
            if each["debit"] == "receivable"
        )
        == 14520
    )
    assert explained["difference"]["minor"] == 0
    for path in ("grants", "arrangements", "credit-notes", "payments", "charges"):
        assert list((await api.get(f"/accounts/{account}/{path}")).json().values()) == [[]]


async def test_the_next_invoice_is_what_the_run_will_issue(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions
) -> None:
    draft = (await api.get(f"/accounts/{account}/next-invoice")).json()
    assert (draft["period_start"], draft["period_end"]) == ("2026-12-01", "2026-12-31")
    assert draft["total"]["minor"] == 14520
    assert sum(line["gross"]["minor"] for line in draft["lines"]) == 14520

    async with transaction(sessions) as session:
        await issue_due(session, as_of=date(2026, 12, 1), now=NOW, policy=POLICY)
    [issued, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    assert {name: issued[name] for name in draft} == draft


async def test_why_there_can_be_no_next_invoice(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        await session.execute(delete(Price))
    answer = await api.get(f"/accounts/{account}/next-invoice")
    assert answer.status_code == 409
    assert "PLAN has no price" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/accounts/{uuid4()}/balance", 404),
        (f"/accounts/{uuid4()}/journal", 404),
        ("/accounts/1/balance", 422),
    ],
)
async def test_unknown_accounts_and_nonsense_are_problems_in_plain_words(
    api: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await api.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_month_without_an_invoice_and_a_month_that_is_none(
    api: httpx.AsyncClient, account: UUID
) -> None:
    missing = await api.get(f"/accounts/{account}/explanation", params={"month": "2026-07"})
    nonsense = await api.get(f"/accounts/{account}/explanation", params={"month": "2026-13"})

    assert (missing.status_code, nonsense.status_code) == (404, 422)


# --- plans and services ---


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
    assert off.status_code == 200
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
        "refused: not_before (2026-12-01)",
    )
    assert keyless.status_code == 422
    assert unknown.status_code == 404


async def test_a_one_off_by_another_program_is_on_the_next_invoice(
    api: httpx.AsyncClient, single: UUID
) -> None:
    wanted = {
        "description": {"ro": "Instalare", "en": "Installation"},
        "minor": 6050,
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


async def test_company_suspension_and_restoring_by_another_program(
    api: httpx.AsyncClient, single: UUID
) -> None:
    customer = (await api.get(f"/accounts/{single}")).json()["customer_id"]
    company = {"name": "Exemplu SRL", "tax_id": "99999909"}
    kept = await api.put(
        f"/customers/{customer}/company", json=company, headers={"Idempotency-Key": "a"}
    )
    wrong = await api.put(
        f"/customers/{customer}/company",
        json={**company, "tax_id": "99999908"},
        headers={"Idempotency-Key": "b"},
    )
    cut = await api.post(f"/accounts/{single}/suspension", headers={"Idempotency-Key": "c"})
    owing = await api.post(f"/accounts/{single}/restore", headers={"Idempotency-Key": "d"})
    shown = (await api.get(f"/accounts/{single}")).json()

    assert kept.json() == {"name": "Exemplu SRL", "tax_id": "99999909", "iban": None}
    assert wrong.json()["detail"] == "refused: wrong_tax_id"
    assert cut.json()["suspended_on"] == "2026-11-24"
    # October's and November's 60.00 + 12.60 are overdue.
    assert owing.json()["detail"] == "refused: debt (145.20 RON)"
    assert shown["company"] == kept.json()


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
