"""Does the simulator's Stripe refuse what Stripe refuses, and tell what Stripe tells?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import stripe
from fastapi import FastAPI, Request, Response

from bot.channels.simulator import Simulator, make_simulator
from tests.integration.simulator import conftest as simulated

BACK = "https://shop.example"


@dataclass
class Shop:
    """A business that takes payments: its client, its webhook, and who scripts the payer."""

    api: httpx.AsyncClient
    clock: simulated.MovingClock
    status: int = 200
    events: list[dict[str, Any]] = field(default_factory=list)
    simulator: Simulator | None = None

    def wish(self, **changes: str) -> dict[str, str]:
        """What the stripe client sends to open a checkout of 50.00 lei."""
        expires = int((self.clock.now() + timedelta(hours=1)).timestamp())
        return {
            "mode": "payment",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "ron",
            "line_items[0][price_data][unit_amount]": "5000",
            "line_items[0][price_data][product_data][name]": "Plata facturii",
            "success_url": f"{BACK}/done",
            "cancel_url": f"{BACK}/back",
            "expires_at": str(expires),
            "metadata[order]": "7",
            "payment_intent_data[metadata][order]": "7",
            **changes,
        }

    async def asks(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        signed = {"Authorization": f"Bearer {simulated.STRIPE_KEY}", **headers}
        address = f"/simulator/stripe-api/v1/{path}"
        if form is None:
            return await self.api.get(address, headers=signed)
        return await self.api.post(address, data=form, headers=signed)

    async def opens(self, **changes: str) -> dict[str, Any]:
        answer = await self.asks("checkout/sessions", self.wish(**changes))
        assert answer.status_code == 200, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    async def act(self, checkout: dict[str, Any], deed: str) -> httpx.Response:
        return await self.api.post(
            f"/simulator/stripe/checkouts/{checkout['id']}", json={"deed": deed}
        )

    async def paid(self) -> str:
        """A payment of 50.00 lei."""
        checkout = await self.opens()
        done = await self.act(checkout, "pay")
        return str(done.json()["checkout"]["payment_intent"])

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def settle(self) -> None:
        assert self.simulator is not None
        await self.simulator.stripe.settle()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    clock = simulated.MovingClock(simulated.NOON)
    shops: list[Shop] = []
    simulators: list[Simulator] = []

    async def nothing() -> None:
        """There is no company behind this shop."""

    def make_app(url: str) -> FastAPI:
        app = FastAPI()
        simulators.append(
            make_simulator(simulated.settings_at(url), clock=clock, reset=nothing, cast=dict)
        )
        app.include_router(simulators[0].router)

        @app.post("/webhooks/stripe")
        async def webhook(request: Request) -> Response:
            body = await request.body()
            stripe.WebhookSignature.verify_header(
                body, request.headers["Stripe-Signature"], simulated.STRIPE_SECRET, 300
            )
            shops[0].events.append(json.loads(body))
            return Response(status_code=shops[0].status)

        return app

    async with (
        simulated.serving(make_app) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as api,
    ):
        shops.append(Shop(api, clock, simulator=simulators[0]))
        yield shops[0]
        await simulators[0].close()


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"mode": "subscription"}, "mode", None),
        ({"line_items[0][price_data][unit_amount]": "199"}, None, "amount_too_small"),
        (
            {"line_items[0][price_data][unit_amount]": "12.5"},
            "line_items[0][price_data][unit_amount]",
            None,
        ),
        (
            {"line_items[0][price_data][product_data][name]": ""},
            "line_items[0][price_data][product_data][name]",
            "parameter_missing",
        ),
        ({"success_url": ""}, "success_url", "parameter_missing"),
        ({"locale": "xx"}, "locale", None),
        ({"metadata[order]": "7" * 501}, "metadata", None),
    ],
)
async def test_what_stripe_would_not_open_is_refused_in_its_words(
    shop: Shop, changes: dict[str, str], param: str | None, code: str | None
) -> None:
    answer = await shop.asks("checkout/sessions", shop.wish(**changes))
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["type"], error["param"], error["code"]) == (
        "invalid_request_error",
        param,
        code,
    )


@pytest.mark.parametrize(("minutes", "status"), [(28, 400), (30, 200), (1440, 200), (1442, 400)])
async def test_a_checkout_lives_half_an_hour_to_a_day(
    shop: Shop, minutes: int, status: int
) -> None:
    moment = int((shop.clock.now() + timedelta(minutes=minutes)).timestamp())
    answer = await shop.asks("checkout/sessions", shop.wish(expires_at=str(moment)))
    assert answer.status_code == status


async def test_only_the_key_of_the_account_opens_anything(shop: Shop) -> None:
    wrong = await shop.asks("checkout/sessions", shop.wish(), Authorization="Bearer sk_test_x")
    assert wrong.status_code == 401
    assert (await shop.asks("customers", {})).status_code == 404


async def test_an_idempotency_key_gets_its_first_answer_and_no_other_wish(shop: Shop) -> None:
    key = {"Idempotency-Key": "checkout 1"}
    first = await shop.asks("checkout/sessions", shop.wish(), **key)
    again = await shop.asks("checkout/sessions", shop.wish(), **key)
    other = await shop.asks("checkout/sessions", shop.wish(locale="en"), **key)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


async def test_every_deed_of_a_payer_has_its_events(shop: Shop) -> None:
    checkout = await shop.opens()
    assert checkout["url"].startswith(str(shop.api.base_url))
    declined = await shop.act(checkout, "decline")
    assert declined.json()["goes_to"] is None
    assert (await shop.act(checkout, "cancel")).json()["goes_to"] == f"{BACK}/back"
    paid = (await shop.act(checkout, "pay")).json()
    assert (paid["status"], paid["goes_to"]) == (200, f"{BACK}/done")
    assert shop.kinds() == ["payment_intent.payment_failed", "checkout.session.completed"]
    failed, completed = (event["data"]["object"] for event in shop.events)
    assert failed["last_payment_error"]["code"] == "card_declined"
    assert completed["payment_intent"] == failed["id"]
    assert completed["metadata"] == failed["metadata"] == {"order": "7"}
    assert (completed["amount_total"], completed["payment_status"]) == (5000, "paid")
    read = await shop.asks(f"checkout/sessions/{checkout['id']}")
    assert (read.json()["status"], read.json()["url"]) == ("complete", None)


async def test_a_debit_ends_days_later_well_or_badly(shop: Shop) -> None:
    for deed in ("debit_comes", "debit_fails"):
        checkout = await shop.opens()
        assert (await shop.act(checkout, deed)).status_code == 409
        await shop.act(checkout, "pay_by_debit")
        await shop.act(checkout, deed)
    assert [event["data"]["object"].get("payment_status") for event in shop.events] == [
        "unpaid",
        "paid",
        "unpaid",
        None,  # the payment's own event
        "unpaid",
    ]
    assert shop.kinds()[-1] == "checkout.session.async_payment_failed"


@pytest.mark.parametrize("deed", ["pay", "decline", "expire"])
async def test_what_is_over_cannot_be_done(shop: Shop, deed: str) -> None:
    checkout = await shop.opens()
    await shop.act(checkout, "pay")
    refused = await shop.act(checkout, deed)
    assert refused.status_code == 409
    assert (await shop.act({"id": "cs_nobodys"}, deed)).status_code == 404


async def test_time_expires_a_checkout_and_so_does_the_shop(shop: Shop) -> None:
    first, second = await shop.opens(), await shop.opens(expires_at="1795600800")
    expired = await shop.asks(f"checkout/sessions/{first['id']}/expire", {})
    await shop.settle()
    assert expired.json()["status"] == "expired"
    again = await shop.asks(f"checkout/sessions/{first['id']}/expire", {})
    assert again.status_code == 400
    await shop.api.post("/simulator/clock", json={"advance": "P1D"})
    assert shop.kinds() == ["checkout.session.expired"] * 2
    page = await shop.api.get(second["url"])
    assert "a expirat" in page.text


async def test_a_refund_is_of_what_is_left_and_told(shop: Shop) -> None:
    payment = await shop.paid()
    part = await shop.asks("refunds", {"payment_intent": payment, "amount": "2000"})
    assert part.json()["status"] == "succeeded"
    above = await shop.asks("refunds", {"payment_intent": payment, "amount": "3001"})
    assert "greater than unrefunded amount" in above.json()["error"]["message"]
    rest = await shop.asks("refunds", {"payment_intent": payment})
    assert rest.json()["amount"] == 3000
    none = await shop.asks("refunds", {"payment_intent": payment})
    assert none.json()["error"]["code"] == "charge_already_refunded"
    nobodys = await shop.asks("refunds", {"payment_intent": "pi_x"})
    assert nobodys.json()["error"]["code"] == "resource_missing"
    await shop.settle()
    assert sorted(shop.kinds()[1:]) == ["charge.refunded"] * 2 + ["refund.updated"] * 2
    so_far = {
        event["data"]["object"]["amount_refunded"]
        for event in shop.events
        if event["type"] == "charge.refunded"
    }
    assert so_far == {2000, 5000}

    refund = rest.json()["id"]
    failed = await shop.api.post(f"/simulator/stripe/refunds/{refund}/fail")
    assert failed.json() == {"status": 200}
    assert shop.events[-1]["data"]["object"]["failure_reason"] == "expired_or_canceled_card"
    assert (await shop.asks(f"refunds/{refund}")).json()["status"] == "failed"
    assert (await shop.api.post(f"/simulator/stripe/refunds/{refund}/fail")).status_code == 409


async def test_an_event_is_delivered_again_signed_afresh(shop: Shop) -> None:
    shop.status = 500
    payment = await shop.paid()
    shop.status = 200
    again = await shop.api.post("/simulator/stripe/events/repeat")
    assert again.json() == {"status": 200}
    assert shop.events[0] == shop.events[1]
    [kept] = (await shop.api.get("/simulator/stripe/events")).json()["events"]
    assert (kept["type"], kept["statuses"]) == ("checkout.session.completed", [500, 200])
    unknown = await shop.api.post("/simulator/stripe/events/repeat", json={"event": "evt_x"})
    assert unknown.status_code == 404
    above = await shop.api.post(
        "/simulator/stripe/refunds", json={"payment": payment, "amount": 5001}
    )
    assert above.status_code == 409


async def test_a_reset_forgets_everything(shop: Shop) -> None:
    checkout = await shop.opens()
    await shop.act(checkout, "pay")
    await shop.api.post("/simulator/reset")
    assert (await shop.api.get("/simulator/stripe/checkouts")).json() == {"checkouts": []}
    assert (await shop.api.get("/simulator/stripe/events")).json() == {"events": []}
    page = await shop.api.get(checkout["url"])
    assert (page.status_code, "nu există" in page.text) == (404, True)


@pytest.mark.parametrize(("kind", "status"), [("rate_limited", 429), ("server_error", 500)])
async def test_faults_are_stripes_own(shop: Shop, kind: str, status: int) -> None:
    await shop.api.post("/simulator/faults", json={"channel": "stripe", "kind": kind})
    assert (await shop.asks("checkout/sessions", shop.wish())).status_code == status
    assert (await shop.asks("checkout/sessions", shop.wish())).status_code == 200
    odd = await shop.api.post(
        "/simulator/faults", json={"channel": "stripe", "kind": "undelivered"}
    )
    assert odd.status_code == 422


@pytest.mark.parametrize("taken", [True, False])
async def test_an_answer_that_gets_lost_may_have_been_done(shop: Shop, *, taken: bool) -> None:
    fault = {"channel": "stripe", "kind": "timeout", "taken": taken, "seconds": 0}
    await shop.api.post("/simulator/faults", json=fault)
    await shop.asks("checkout/sessions", shop.wish())
    opened = (await shop.api.get("/simulator/stripe/checkouts")).json()["checkouts"]
    assert len(opened) == (1 if taken else 0)
