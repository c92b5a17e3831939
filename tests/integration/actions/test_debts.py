"""Pay in parts, a suspended service, what lateness costs; in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from billing_backend.contract import ArrangementSummary
from billing_backend.jobs import run_day
from billing_backend.money import Money, total
from bot import wording
from handoff.conversations import Owner
from tests.integration.actions.test_disputes import press
from tests.integration.actions.test_money import balance, pays, ron

Someone = Callable[..., Any]


async def live(somebody: Any, days: int) -> None:
    """That many days go by, each with its daily job."""
    setting = somebody.setting
    for _ in range(days):
        setting.clock.moment += timedelta(days=1)
        async with setting.sessions() as session, session.begin():
            await run_day(session, now=setting.clock.now(), policy=setting.billing.policy)


async def arrangement(somebody: Any) -> ArrangementSummary | None:
    return (await balance(somebody)).arrangement  # type: ignore[no-any-return]


async def owes_more(somebody: Any, monkeypatch: Any) -> None:
    """The demo's debts are small: let parts be possible from 10.00 on."""
    monkeypatch.setattr(
        somebody.setting.billing.policy.__class__,
        "instalments_from",
        property(lambda _: Money(1_000)),
    )


# --- in parts ---


@pytest.mark.parametrize(
    ("language", "asks", "button", "agreed"),
    [
        ("ro", "vreau în rate", "3 rate", "Am convenit"),
        ("en", "in parts", "3 instalments", "agreed"),
    ],
)
async def test_a_debt_is_paid_in_parts(
    customer: Someone, monkeypatch: Any, language: str, asks: str, button: str, agreed: str
) -> None:
    bogdan = customer("bogdan", "telegram", language)
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    due = (await balance(bogdan)).due

    heard = await bogdan.means("request_payment_plan", asks)
    assert [title[0] for title, _ in heard.choices] == ["2", "3", "4"]
    heard = await press(bogdan, button, heard)
    assert await arrangement(bogdan) is None, "nothing is arranged before a yes"
    heard = await bogdan.means("affirm")
    assert agreed in heard.text

    made = await arrangement(bogdan)
    assert made is not None
    assert total(part.amount for part in made.parts) == due
    for part in made.parts:
        assert ron(part.amount, language) in heard.text
        assert wording.day(part.due_on, language, "telegram") in heard.text
    told = await bogdan.means("check_due_date")
    assert ron(made.parts[0].amount, language) in told.text


async def test_so_many_parts_as_the_message_says(customer: Someone, monkeypatch: Any) -> None:
    bogdan = customer("bogdan", "sms")
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    heard = await bogdan.means("request_payment_plan", "aș plăti în trei rate")
    assert "3 rate" in heard.text
    heard = await bogdan.means("check_balance")
    assert "Confirmați plata în rate?" in heard.text
    await bogdan.means("affirm")
    made = await arrangement(bogdan)
    assert made is not None
    assert len(made.parts) == 3


async def test_on_the_phone_a_number_is_said(customer: Someone, monkeypatch: Any) -> None:
    bogdan = customer("bogdan", "voice")
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_pin()
    heard = await bogdan.means("request_payment_plan", kind="speech")
    assert "două rate, trei rate sau patru rate" in heard.text
    heard = await bogdan.means("nlu_fallback", "șapte", kind="speech")
    assert "două rate" in heard.text, "asked again"
    heard = await bogdan.means("nlu_fallback", "două", kind="speech")
    assert "două rate" in heard.text
    await bogdan.means("affirm", kind="speech")
    made = await arrangement(bogdan)
    assert made is not None
    assert len(made.parts) == 2


async def test_a_small_debt_is_not_split_and_more_time_is_offered(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    heard = await bogdan.means("request_payment_plan")
    assert "100,00 lei" in heard.text
    assert ("Mai mult timp", "/request_payment_extension") in heard.choices


async def test_a_no_leaves_everything_as_it_is(customer: Someone, monkeypatch: Any) -> None:
    bogdan = customer("bogdan")
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_plan")
    await bogdan.means("deny", "nu")
    assert (await bogdan.conversation()).expects is None
    await bogdan.means("request_payment_plan", "în 2 rate")
    heard = await bogdan.means("deny", "nu")
    assert "termenul de plată rămâne" in heard.text
    assert await arrangement(bogdan) is None


# --- suspended ---


async def test_bogdan_hears_of_the_announced_suspension_with_his_balance(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms", "en")
    await bogdan.proves_by_code()
    await live(bogdan, 19)  # 20 days late
    await bogdan.means("check_balance")
    heard = await bogdan.gives(await bogdan.code(), "code")

    # 10 days after the announcement
    day = wording.day(date(2026, 12, 23), "en", "sms")
    assert f"will be suspended on {day}" in heard.text
    await bogdan.means("restore_service")
    assert (await bogdan.conversation()).expects == "confirm", "not suspended: shall a person?"


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_bogdan_is_suspended_pays_and_is_restored(customer: Someone, language: str) -> None:
    bogdan = customer("bogdan", "telegram", language)
    await live(bogdan, 29)
    await bogdan.proves_by_code()
    owed = (await balance(bogdan)).due

    heard = await bogdan.means("restore_service", "nu mai am semnal, m-ați suspendat")
    assert {"ro": "este suspendat din", "en": "has been suspended since"}[language] in heard.text
    assert ron(Money(1_815), language) in heard.text
    assert "/pay_bill" in [payload for _, payload in heard.choices]
    told = await bogdan.means("check_balance")
    assert {"ro": "serviciul este suspendat", "en": "has been suspended"}[language] in told.text

    await pays(bogdan, owed)
    heard = await bogdan.means("restore_service", "am plătit")
    assert {"ro": "repus în funcțiune", "en": "has just been restored"}[language] in heard.text
    heard = await bogdan.means("restore_service")
    assert {"ro": "nu este suspendat", "en": "is not suspended"}[language] in heard.text


async def test_what_is_not_for_a_debt_goes_to_a_person(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    heard = await ana.means("restore_service")
    assert "nu este suspendat" in heard.text
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.QUEUE


# --- fees ---


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ro", ["10,00 lei", "4 zile", "18,15 lei", "50%"]),
        ("en", ["10.00 RON", "4 days", "18.15 RON", "50%"]),
    ],
)
async def test_fees_are_those_of_the_policy_and_told_to_anybody(
    customer: Someone, language: str, words: list[str]
) -> None:
    mihai = customer("mihai", "telegram", language)
    heard = await mihai.means("ask_fees", "cât e penalitatea?")
    for each in words:
        assert each in heard.text


async def test_parts_asked_for_while_a_day_is_asked_offer_no_more_time_twice(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension")
    told = await bogdan.means("request_payment_plan", "mai bine în două tranșe")
    assert told.responses == ["utter_instalments_from", "utter_ask_extension_date"]
