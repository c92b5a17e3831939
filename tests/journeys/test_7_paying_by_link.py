"""Customers pay by link on every channel, one of them twice, and get back what was too much."""

from __future__ import annotations

import re
import time

import httpx

from tests.journeys.figures import minor, ron
from tests.journeys.people import PATIENCE, Devices, Product

_LINK = re.compile(r"https?://\S+/pay/\w+")


def opens(said: str) -> httpx.Response:
    """The page that the link in these words leads to."""
    found = _LINK.search(said)
    assert found, said
    return httpx.get(found[0], follow_redirects=True).raise_for_status()


def does(page: httpx.Response, deed: str) -> str:
    """What the payer sees after pay, decline or cancel."""
    answer = httpx.post(str(page.url), data={"deed": deed}, follow_redirects=True)
    return answer.raise_for_status().text


def test_ana_pays_on_telegram_after_her_card_was_declined(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    account = product.account(cast["ana"])
    due = ron(minor(product.billing(f"/accounts/{account}/balance")["due"]), "ro")
    ana = devices.telegram("ana")
    ana.starts("ro")
    ana.proves(devices.sms("ana"))
    ana.writes("vreau să plătesc factura")
    page = opens(ana.hears(_LINK.pattern))
    assert due in page.text

    assert "refuzat" in does(page, "decline")
    ana.writes("a ajuns plata mea?")
    ana.hears("nu a reușit")
    assert "Plata a ajuns" in does(page, "pay")
    ana.hears(f"Am primit plata de {re.escape(due)}")
    assert minor(product.billing(f"/accounts/{account}/balance")["due"]) == 0

    product.post("/simulator/stripe/events/repeat")
    ana.writes("ce plăți am făcut?")
    told = ana.hears(f"{re.escape(due)} lei, cu cardul")
    assert told.count(due) == 1, "Stripe delivered twice, and it was booked once"


def test_bogdan_pays_by_sms_twice_and_gets_the_second_back_on_his_card(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    account = product.account(cast["bogdan"])
    bogdan = devices.sms("bogdan")
    bogdan.writes("vreau să plătesc")
    bogdan.hears("DA")
    bogdan.writes("da")
    bogdan.writes(bogdan.code())
    page = opens(bogdan.hears(_LINK.pattern))
    bogdan.writes("vreau să plătesc 20 de lei")
    second = opens(bogdan.hears(_LINK.pattern))
    does(page, "pay")
    bogdan.hears("Am primit plata")
    does(second, "pay")  # that page was open all the while
    credit = minor(product.billing(f"/accounts/{account}/balance")["credit"])
    assert credit == 2000

    bogdan.writes("vreau banii înapoi")
    bogdan.hears("20,00 lei")
    bogdan.writes("da")
    bogdan.hears("cardul cu care ați plătit")
    wait_until_sent(product, account)
    assert minor(product.billing(f"/accounts/{account}/balance")["credit"]) == 0
    bogdan.writes("unde e rambursarea mea?")
    bogdan.hears("Am trimis 20,00 lei")


def test_a_caller_gets_the_link_by_sms(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    account = product.account(cast["ana"])
    phone, sms = devices.phone("ana"), devices.sms("ana")
    phone.calls()
    phone.keys("1")
    phone.says("cât am de plată")
    phone.keys(cast["ana"]["customer_number"])
    phone.keys(cast["ana"]["pin"])
    phone.says("vreau să plătesc factura")
    assert phone.told("SMS")
    page = opens(sms.hears(_LINK.pattern))
    does(page, "pay")
    sms.hears("Am primit plata")
    assert minor(product.billing(f"/accounts/{account}/balance")["due"]) == 0
    phone.hangs_up()


def wait_until_sent(product: Product, account: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        [refund] = product.billing(f"/accounts/{account}/refunds")["refunds"]
        if refund["state"] == "sent" or time.monotonic() > deadline:
            break
    assert (refund["state"], refund["method"]) == ("sent", "card")
