"""The billing API, as another program sees it."""

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import delete

from billing_backend.catalogue.models import Price
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.run import issue_due
from tests.integration.api.conftest import NOW, POLICY, Subscriber


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
    for path in ("grants", "arrangements", "credit-notes", "payments", "refunds", "charges"):
        [items, *rest] = (await api.get(f"/accounts/{account}/{path}")).json().values()
        assert (items, any(rest)) == ([], False)


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
    # Only what is issued can be pointed at.
    assert all(line.pop("line_id") for line in issued["lines"])
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
