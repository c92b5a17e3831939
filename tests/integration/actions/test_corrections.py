"""A "no" that carries another value, and a "yes" that is regretted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot import wording
from tests.integration.actions.test_debts import arrangement, owes_more
from tests.integration.actions.test_disputes import WORDS as DISPUTE_WORDS
from tests.integration.actions.test_disputes import disputes, opened
from tests.integration.actions.test_money import account, balance, ron
from tests.integration.actions.test_services import services

Someone = Callable[..., Any]
BOTH = pytest.mark.parametrize("language", ["ro", "en"])


async def bills(somebody: Any) -> Any:
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        today = somebody.setting.clock.now().date()
        return await somebody.setting.billing.invoices(session, account_id, today=today)


def month_of(bill: Any, language: str = "ro", channel: str = "telegram") -> str:
    return wording.month(bill.issued_on, language, channel)


# --- another bill ---


@BOTH
@pytest.mark.parametrize("intent", ["deny", "inform"])
@pytest.mark.parametrize("first", ["explain_bill", "view_bill"])
async def test_no_the_september_one_tells_of_that_month(
    customer: Someone, language: str, intent: str, first: str
) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    await ana.means(first)
    said = {"ro": "nu, cea din septembrie", "en": "no, the September one"}[language]
    told = await ana.means(intent, said, month="2026-09")
    [september] = [each for each in await bills(ana) if each.issued_on.month == 9]
    assert ron(september.total, language) in told.text
    assert month_of(september, language) in told.text


@pytest.mark.parametrize("first", ["explain_bill", "view_bill"])
async def test_the_one_before_goes_back_bill_by_bill(customer: Someone, first: str) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    _newest, before, earlier, *_ = await bills(ana)
    await ana.means(first)
    told = await ana.means("deny", "nu, cea dinainte", invoice_which="previous")
    assert f"din {month_of(before)}" in told.text.splitlines()[0]
    told = await ana.means("inform", "și cea dinainte", invoice_which="previous")
    assert f"din {month_of(earlier)}" in told.text.splitlines()[0]


@BOTH
async def test_the_bill_before_the_newest_may_be_asked_for_at_once(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    _newest, before, *_ = await bills(ana)
    told = await ana.means(
        "explain_bill", "de ce era mare factura dinainte?", invoice_which="previous"
    )
    assert month_of(before, language) in told.text.splitlines()[0]
    told = await ana.means("dispute_charge", "factura dinainte e greșită", invoice_which="previous")
    assert before.number in told.text
    assert (await ana.conversation()).dialogue["confirm"]["invoice"] == before.number


@pytest.mark.parametrize("intent", ["affirm", "out_of_scope", "nlu_fallback"])
async def test_another_bill_is_told_even_if_the_words_around_it_were_misread(
    customer: Someone, intent: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    _newest, before, *_ = await bills(ana)
    await ana.means("explain_bill")
    told = await ana.means(intent, "dar cea dinainte?", invoice_which="previous")
    assert f"din {month_of(before)}" in told.text.splitlines()[0]


async def test_a_month_in_talk_about_something_else_is_no_bill(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("explain_bill")
    told = await ana.means("out_of_scope", "merg la mare în august", month="2026-08")
    assert told.responses == ["utter_not_understood"]


@BOTH
@pytest.mark.parametrize("intent", ["check_balance", "check_due_date", "check_payment_status"])
async def test_what_another_month_cost_is_told_of_its_bill(
    customer: Someone, language: str, intent: str
) -> None:
    ana = customer("ana", "sms", language)
    await ana.proves_by_code()
    [september] = [each for each in await bills(ana) if each.issued_on.month == 9]
    told = await ana.means(intent, month="2026-09")
    assert ron(september.total, language, "sms") in told.text
    told = await ana.means("check_balance", month="2026-12")  # to come: what is owed now
    assert ron((await balance(ana)).due, language, "sms") in told.text


async def test_before_the_first_bill_there_is_none(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    first = (await bills(ana))[-1]
    await ana.means("view_bill", month=f"{first.issued_on:%Y-%m}")
    told = await ana.means("deny", "nu, cea dinainte", invoice_which="previous")
    assert "Nu găsesc această factură" in told.text


async def test_a_question_about_money_comes_back_after_the_other_bill(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("explain_bill")
    await ana.means("request_discount")
    told = await ana.means("deny", "nu, cea din octombrie", month="2026-10")
    assert "octombrie" in told.text
    assert told.text.endswith("Să revenim: aplic reducerea?")
    assert "Am aplicat reducerea" in (await ana.means("affirm")).text


async def test_a_mere_no_is_still_a_no(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("explain_bill")
    assert "Vă mai pot ajuta" in (await ana.means("deny", "nu")).text


# --- another day, other parts, another plan ---


@BOTH
@pytest.mark.parametrize("intent", ["deny", "inform", "affirm"])
async def test_another_day_is_asked_about_anew(
    customer: Someone, language: str, intent: str
) -> None:
    bogdan = customer("bogdan", "telegram", language)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-03")
    said = {"ro": "nu, până vineri", "en": "no, by Friday"}[language]
    asked = await bogdan.means(intent, said, date="2026-12-04")
    assert asked.responses == ["utter_confirm_extension"]
    assert wording.day(date(2026, 12, 4), language, "telegram") in asked.text
    assert await arrangement(bogdan) is None, "nothing is arranged before a yes"
    await bogdan.means("affirm", "da")
    made = await arrangement(bogdan)
    assert made is not None
    assert made.pay_by == date(2026, 12, 4)


async def test_a_yes_with_the_same_day_is_a_yes(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-03")
    await bogdan.means("affirm", "da, pe 3 decembrie", date="2026-12-03")
    assert await arrangement(bogdan) is not None


async def test_a_day_that_billing_refuses_leads_to_those_that_it_allows(customer: Someone) -> None:
    bogdan = customer("bogdan", "voice")
    await bogdan.proves_by_pin()
    await bogdan.means("request_payment_extension", kind="speech", date="2026-12-03")
    told = await bogdan.means("deny", "nu, până în martie", kind="speech", date="2027-03-01")
    assert told.responses == ["utter_extension_too_late", "utter_ask_extension_date"]
    told = await bogdan.means("deny", "nu, vineri", kind="speech", date="2026-12-04")
    assert "Confirmați?" in told.text


async def test_a_month_instead_of_the_day_is_no_bill_but_asks_for_its_day(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("explain_bill")
    await bogdan.means("request_payment_extension", date="2026-12-03")
    told = await bogdan.means("deny", "nu, în decembrie", month="2026-12")
    assert told.responses == ["utter_ask_extension_date"]


@BOTH
async def test_another_number_of_parts_is_asked_about_anew(
    customer: Someone, monkeypatch: Any, language: str
) -> None:
    bogdan = customer("bogdan", "telegram", language)
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_plan", {"ro": "în 3 rate", "en": "in 3 parts"}[language])
    said = {"ro": "nu, nu în trei, în patru rate", "en": "no, not three, in four"}[language]
    asked = await bogdan.means("deny", said)
    assert asked.responses[0] == "utter_instalments_proposed"
    await bogdan.means("affirm", "ok")
    made = await arrangement(bogdan)
    assert made is not None
    assert len(made.parts) == 4


async def test_so_many_parts_as_are_not_possible_are_asked_for(
    customer: Someone, monkeypatch: Any
) -> None:
    bogdan = customer("bogdan")
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_plan", "în 3 rate")
    asked = await bogdan.means("deny", "nu, în 9 rate")
    assert asked.responses == ["utter_ask_instalments"]
    await bogdan.means("affirm", "da")
    assert await arrangement(bogdan) is None


@BOTH
async def test_another_plan_is_previewed_anew(customer: Someone, language: str) -> None:
    dan = customer("dan", "telegram", language)
    await dan.proves_by_code()
    await dan.means("change_plan", "50 GB")
    said = {"ro": "nu, abonamentul de 10 GB", "en": "no, the 10 GB plan"}[language]
    told = await dan.means("deny", said)
    assert "10 GB" in told.text
    await dan.means("affirm", "ok")
    [change] = (await services(dan)).scheduled
    assert "10 GB" in change.new["ro"]


# --- another charge ---


async def about_to_dispute(ana: Any, language: str) -> None:
    await ana.proves_by_code()
    await ana.means("dispute_charge", f"{DISPUTE_WORDS[language]['add_on']}")
    await ana.means("affirm")
    await ana.means("nlu_fallback", DISPUTE_WORDS[language]["reason"])


@BOTH
@pytest.mark.parametrize("intent", ["deny", "dispute_charge"])
async def test_another_charge_is_confirmed_with_the_same_words(
    customer: Someone, language: str, intent: str
) -> None:
    ana = customer("ana", "telegram", language)
    await about_to_dispute(ana, language)
    asked = await ana.means(
        intent, {"ro": "nu, toată factura", "en": "no, the whole bill"}[language]
    )
    assert asked.responses == ["utter_confirm_dispute_whole"]
    await ana.means("affirm", "ok")
    [dispute] = await disputes(ana)
    assert dispute.lines == ()
    assert dispute.words == DISPUTE_WORDS[language]["reason"]


@BOTH
async def test_the_other_line_is_asked_for_where_there_are_several(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", "telegram", language)
    await about_to_dispute(ana, language)
    asked = await ana.means(
        "deny", {"ro": "nu, cealaltă linie", "en": "no, the other line"}[language]
    )
    if asked.responses == ["utter_ask_dispute_line"]:
        other = next(t for t, _ in asked.choices if DISPUTE_WORDS[language]["add_on"] not in t)
        asked = await ana.presses(other, asked)
    assert asked.responses == ["utter_confirm_dispute"]
    assert DISPUTE_WORDS[language]["add_on"] not in asked.text


async def test_another_bill_while_confirming_a_dispute_asks_for_its_charge(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await about_to_dispute(ana, "ro")
    _newest, before, *_ = await bills(ana)
    asked = await ana.means("deny", "nu, de pe factura dinainte", invoice_which="previous")
    assert asked.responses == ["utter_dispute_about", "utter_ask_dispute_line"]
    asked = await ana.means("inform", "toată factura")
    assert before.number in asked.text
    await ana.means("affirm", "da")
    [dispute] = await disputes(ana)
    assert dispute.invoice_number == before.number


async def test_another_bill_when_a_dispute_is_offered(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge", "nu e corect")
    asked = await ana.means("deny", "nu, cea din octombrie", month="2026-10")
    assert "din octombrie" in asked.text
    assert "O deschid?" in asked.text


# --- regret ---


@BOTH
@pytest.mark.parametrize("intent", ["deny", "never_mind"])
async def test_an_agreed_extension_stands_and_costs_nothing(
    customer: Someone, language: str, intent: str
) -> None:
    bogdan = customer("bogdan", "telegram", language)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-04")
    await bogdan.means("affirm")
    told = await bogdan.means(intent, {"ro": "m-am răzgândit", "en": "actually no"}[language])
    assert told.responses == ["utter_extension_stands"]
    assert wording.day(date(2026, 12, 4), language, "telegram") in told.text
    assert {"ro": "Nu vă costă nimic", "en": "costs you nothing"}[language] in told.text
    assert await arrangement(bogdan) is not None


async def test_parts_stand_too(customer: Someone, monkeypatch: Any) -> None:
    bogdan = customer("bogdan", "sms")
    await owes_more(bogdan, monkeypatch)
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_plan", "în 3 rate")
    await bogdan.means("affirm")
    told = await bogdan.means("never_mind", "m-am răzgândit")
    assert told.responses == ["utter_instalments_stand"]


@BOTH
async def test_the_end_of_the_service_is_called_off_also_while_a_person_is_offered(
    customer: Someone, language: str
) -> None:
    ana = customer("ana", "sms", language)
    await ana.proves_by_code()
    await ana.means("cancel_service")
    await ana.means("choose", kind="button", choice="leaving:moving")
    await ana.means("affirm")
    assert (await services(ana)).scheduled
    await ana.means("report_technical_issue")
    said = {"ro": "anulează rezilierea", "en": "undo the cancellation"}[language]
    asked = await ana.means("never_mind", said)
    assert asked.responses[-1] == "utter_undo_question"
    await ana.means("affirm")
    assert (await services(ana)).scheduled == ()


@BOTH
async def test_an_accepted_discount_stands(customer: Someone, language: str) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    await ana.means("request_discount")
    await ana.means("affirm")
    told = await ana.means("never_mind")
    assert told.responses == ["utter_discount_stands"]
    assert len((await balance(ana)).grants) == 1


@BOTH
async def test_a_scheduled_change_can_be_called_off(customer: Someone, language: str) -> None:
    dan = customer("dan", "telegram", language)
    await dan.proves_by_code()
    await dan.means("change_plan", "10 GB")
    await dan.means("affirm")
    asked = await dan.means("deny", {"ro": "nu, m-am răzgândit", "en": "no, wait"}[language])
    assert asked.responses[-1] == "utter_call_off_question"
    await dan.means("affirm")
    assert (await services(dan)).scheduled == ()


async def test_a_change_that_has_begun_is_told_as_it_is(
    customer: Someone, setting: Any, monkeypatch: Any
) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("change_plan", "10 GB")
    await dan.means("affirm")

    async def begun(*_: Any, **__: Any) -> Any:
        return found

    found = type("Found", (), {"scheduled": ()})()
    monkeypatch.setattr(setting.billing, "services", begun)
    told = await dan.means("never_mind", "m-am răzgândit")
    assert told.responses == ["utter_change_begun"]


@BOTH
async def test_a_dispute_can_be_withdrawn(customer: Someone, language: str) -> None:
    ana = customer("ana", "telegram", language)
    dispute = await opened(ana)
    asked = await ana.means("deny", {"ro": "nu, lasă", "en": "no, leave it"}[language])
    assert asked.responses == ["utter_dispute_state_open", "utter_confirm_withdraw"]
    assert dispute.number in asked.text
    await ana.means("affirm")
    [after] = await disputes(ana)
    assert after.state == "withdrawn"


async def test_a_later_no_or_an_old_yes_is_no_regret(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-04")
    await bogdan.means("affirm")
    await bogdan.means("check_balance")
    assert (await bogdan.means("deny", "nu, mulțumesc")).responses == ["utter_as_you_wish"]
    later(timedelta(minutes=16))
    assert (await bogdan.means("never_mind", "stop")).responses == ["utter_as_you_wish"]


@BOTH
async def test_a_change_that_lies_ahead_can_be_regretted_later_by_words_that_say_so(
    customer: Someone, later: Callable[[timedelta], None], language: str
) -> None:
    dan = customer("dan", "telegram", language)
    await dan.proves_by_code()
    await dan.means("change_plan", "10 GB")
    await dan.means("affirm")
    later(timedelta(minutes=16))
    dropped = await dan.means("never_mind", {"ro": "lasă", "en": "leave it"}[language])
    assert dropped.responses == ["utter_as_you_wish"]
    await dan.means("never_mind", {"ro": "m-am răzgândit", "en": "I changed my mind"}[language])
    asked = await dan.proves_by_code()
    assert asked.responses[-1] == "utter_call_off_question"
    await dan.means("affirm")
    assert (await services(dan)).scheduled == ()


async def test_regret_while_a_day_is_asked_for_is_about_that_and_not_an_older_change(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    await bogdan.means("change_plan", "10 GB")
    await bogdan.means("affirm")
    await bogdan.means("request_payment_extension")
    told = await bogdan.means("never_mind", "m-am răzgândit")
    assert told.responses == ["utter_dropped"]
    assert len((await services(bogdan)).scheduled) == 1


@BOTH
async def test_that_one_is_the_bill_told_of_last(customer: Someone, language: str) -> None:
    ana = customer("ana", "sms", language)
    await ana.proves_by_code()
    await ana.means("explain_bill", month="2026-09")
    said = {"ro": "trimiteți-mi-o pe aceea", "en": "send me that one"}[language]
    told = await ana.means("view_bill", said)
    [september] = [each for each in await bills(ana) if each.issued_on.month == 9]
    assert september.number in told.text
    told = await ana.means("view_bill", {"ro": "arată-mi factura", "en": "show my bill"}[language])
    assert september.number not in told.text, "the newest, where none is meant"


async def test_a_bill_named_out_of_the_blue_is_shown(customer: Someone) -> None:
    ana = customer("ana", "sms")
    await ana.proves_by_code()
    told = await ana.means("inform", "septembrie", month="2026-09")
    [september] = [each for each in await bills(ana) if each.issued_on.month == 9]
    assert september.number in told.text
