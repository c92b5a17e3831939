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
from billing_backend.catalogue.models import Price
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


async def test_any_two_invoices_are_held_against_each_other_by_month_or_number(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        session.add(
            Price(product_code="PLAN", valid_from=date(2026, 12, 1), net_minor=7000, currency="RON")
        )
        await session.flush()
        await issue_due(session, as_of=date(2026, 12, 1), now=NOW, policy=POLICY)
    invoices = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    december, _, october = (each["number"] for each in invoices)
    where = f"/accounts/{account}/explanation"

    by_month = (await api.get(where, params={"month": "2026-12", "against": "2026-10"})).json()
    by_number = (await api.get(where, params={"invoice": december, "against": october})).json()
    turned = (await api.get(where, params={"invoice": october, "against": "2026-12"})).json()

    # 2 x 10.00 + 21 %
    assert by_month["difference"]["minor"] == 2420
    assert by_month == by_number == turned
    assert (by_month["current"]["number"], by_month["previous"]["number"]) == (december, october)
    missing = await api.get(where, params={"invoice": december, "against": "2020-01"})
    both = await api.get(where, params={"invoice": december, "month": "2026-12"})
    assert (missing.status_code, both.status_code) == (404, 422)
    assert "2020-01" in missing.json()["detail"]


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


async def test_a_program_credits_a_line_once_and_is_told_what_is_left(
    api: httpx.AsyncClient, account: UUID
) -> None:
    where = f"/accounts/{account}/credit-notes"
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "line": 1,
        "amount": {"minor": 5000, "currency": "RON"},
        "reason": "service_outage",
        "note": "a day without internet",
        "issued_by": "irina",
    }

    done = await api.post(where, json=wish, headers={"Idempotency-Key": "1"})
    again = await api.post(where, json=wish, headers={"Idempotency-Key": "1"})
    more = await api.post(where, json=wish, headers={"Idempotency-Key": "2"})

    assert (done.status_code, again.json()) == (201, done.json())
    assert done.json()["amount"]["minor"] == 5000
    # 72.60 - 50.00
    assert more.status_code == 409
    assert "only 22.60 RON are left" in more.json()["detail"]
    assert "irina credited 50.00 RON on 2026-11-24" in more.json()["detail"]
    [note] = (await api.get(where)).json()["credit_notes"]
    assert (note["kind"], note["reason"], note["note"]) == (
        "goodwill",
        "service_outage",
        "a day without internet",
    )


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"reason": "tea"}, 422, "reason: must be one of"),
        ({"note": "x" * 1_000_000}, 422, "note: String should have at most 1000"),
        ({"amount": {"minor": 0, "currency": "RON"}}, 422, "amount: must be above zero"),
        ({"amount": {"minor": 1, "currency": "EUR"}}, 409, "EUR and RON cannot be added"),
        ({"invoice_number": "DT-2026-999999"}, 404, "no invoice"),
        ({"line": 99}, 404, "no line 99"),
        ({"tip": 1}, 422, "tip"),
        ({"amount": {"minor": 100_001, "currency": "RON"}}, 409, "only"),
    ],
)
async def test_a_credit_that_makes_no_sense_is_a_problem_that_names_the_field(
    api: httpx.AsyncClient, account: UUID, wrong: dict[str, object], status: int, words: str
) -> None:
    where = f"/accounts/{account}/credit-notes"
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "reason": "goodwill",
        "note": "kind",
        "issued_by": "irina",
    }

    answer = await api.post(where, json=wish | wrong, headers={"Idempotency-Key": "1"})
    without_key = await api.post(where, json=wish)

    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert without_key.status_code == 422
    assert (await api.get(where)).json() == {"credit_notes": []}


async def test_an_invoice_of_somebody_else_is_not_credited(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        stranger = await subscriber(session, 2)
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "reason": "goodwill",
        "note": "kind",
        "issued_by": "irina",
    }

    answer = await api.post(
        f"/accounts/{stranger}/credit-notes", json=wish, headers={"Idempotency-Key": "1"}
    )

    assert answer.status_code == 404
