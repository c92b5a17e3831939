"""What the customer hears of bills, corrections, discounts and extensions is what billing did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from billing_backend.contract import AboveLimit, AlreadyCorrected
from billing_backend.money import Money, total
from billing_backend.payments.service import Received, receive
from bot import wording
from handoff.conversations import Conversation, Owner

Someone = Callable[..., Any]
TODAY = date(2026, 11, 24)


async def account(somebody: Any) -> Any:
    """The account id of somebody of the cast."""
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        return found.account_id


async def balance(somebody: Any) -> Any:
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        return await somebody.setting.billing.balance(session, account_id, today=TODAY)


async def explanation(somebody: Any) -> Any:
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        found = await somebody.setting.billing.explain(session, account_id, month=None, today=TODAY)
        assert found is not None
        return found


async def pays(somebody: Any, amount: Money) -> None:
    account_id = await account(somebody)
    payment = Received(account_id, amount, TODAY, "transfer", "OP-1")
    async with somebody.setting.sessions() as session, session.begin():
        now = somebody.setting.clock.now()
        await receive(session, [payment], now=now, policy=somebody.setting.billing.policy)


def ron(amount: Money, language: str = "ro", channel: str = "telegram") -> str:
    return wording.money(abs(amount), language, channel)


# --- balance and bills ---


async def test_the_balance_is_billings_to_the_last_ban(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    due = (await balance(ana)).due
    assert ron(due) in (await ana.means("check_balance")).text
    assert ron(due) in (await ana.means("check_due_date")).text


async def test_bogdan_hears_that_he_is_late_and_since_when(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms", "en")
    answer = await bogdan.proves_by_code()
    owed = await balance(bogdan)
    assert ron(owed.due, "en", "sms") in answer.text
    assert "1 day ago" in answer.text


async def test_every_cause_is_told_and_they_sum_to_the_difference(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = (await ana.means("explain_bill", "de ce e mai mare factura?")).text
    facts = await explanation(ana)
    assert ron(facts.difference) in told
    for cause in facts.causes:
        assert wording.change(cause.amount, "ro", "telegram") in told
    assert total(cause.amount for cause in facts.causes) == facts.difference
    assert "Promoția Fibră 1000" in told
    assert "Pachet TV Sport" in told


async def test_the_phone_tells_three_causes_at_most_and_the_rest_on_request(
    customer: Someone, monkeypatch: Any
) -> None:
    ana = customer("ana", "voice")
    await ana.proves_by_pin()
    facts = await explanation(ana)
    monkeypatch.setattr("bot.actions.explain_bill._CAUSES_ALOUD", 1)
    told = await ana.means("explain_bill", kind="speech")
    first, *rest = [wording.change(cause.amount, "ro", "voice") for cause in facts.causes]
    assert first in told.text
    assert wording.change(total(c.amount for c in facts.causes[1:]), "ro", "voice") in told.text
    told = await ana.means("affirm", kind="speech")
    assert first not in told.text
    assert all(cause in told.text for cause in rest)


async def test_a_month_without_a_bill_is_said_so_and_another_month_follows(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("explain_bill")
    none = await ana.means("explain_bill", month="2024-01")
    assert "ianuarie 2024" in none.text
    october = await ana.means("inform", "cea din octombrie", month="2026-10")
    assert "octombrie 2026" in october.text


async def test_two_months_named_in_one_message_are_held_against_each_other(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    account_id = await account(ana)
    async with ana.setting.sessions() as session:
        facts = await ana.setting.billing.explain(
            session,
            account_id,
            month=date(2026, 11, 1),
            against=date(2026, 8, 1),
            today=TODAY,
        )
    told = await ana.means("explain_bill", month="2026-11", other_month="2026-08")
    turned = await ana.means("explain_bill", month="2026-08", other_month="2026-11")
    newest = await ana.means("explain_bill", other_month="2026-08")
    assert told.text == turned.text == newest.text, "differences are told in the order of time"
    assert "decât cea din august 2026" in told.text
    assert ron(facts.difference) in told.text
    for cause in facts.causes:
        assert wording.change(cause.amount, "ro", "telegram") in told.text
    missing = await ana.means("explain_bill", month="2026-11", other_month="2024-01")
    assert "ianuarie 2024" in missing.text


async def test_a_bills_lines_sum_to_its_total(customer: Someone) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    told = await carmen.means("view_bill")
    invoice = (await explanation(carmen)).current
    assert invoice.number in told.text
    assert ron(invoice.total) in told.text
    plan, film, again = invoice.lines
    assert f"{plan.description['ro']}: {ron(plan.gross)}" in told.text
    # Two lines of one name are told with their days.
    assert film.description == again.description
    days = "18 nov. – 17 dec."
    assert told.text.count(f"{film.description['ro']}, {days}: {ron(film.gross)}") == 2


async def test_the_bill_before_the_newest_is_shown_by_that_name(customer: Someone) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    told = await carmen.means("view_bill", invoice_which="previous")
    explained = await explanation(carmen)
    assert explained.previous is not None
    assert explained.previous.number in told.text
    assert explained.current.number not in told.text


async def test_an_unknown_invoice_number_is_not_found(customer: Someone) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    told = await carmen.means("view_bill", invoice_number="DT-2026-99999")
    assert "Nu găsesc" in told.text


# --- corrections ---


async def test_carmen_is_credited_what_she_was_charged_twice(customer: Someone) -> None:
    carmen = customer("carmen", "voice")
    await carmen.proves_by_pin()
    before = await balance(carmen)
    told = await carmen.means("report_duplicate_charge", kind="speech")
    after = await balance(carmen)
    credited = before.due - after.due
    assert credited.minor > 0
    assert "de două ori" in told.text
    assert ron(credited, "ro", "voice") in told.text
    assert ron(after.due, "ro", "voice") in told.text
    explained = await carmen.means("explain_bill", kind="speech")
    assert "facturată din greșeală" in explained.text, "it was never an add-on"
    assert "adăugat" not in explained.text
    assert f"Mai aveți de plată {ron(after.due, 'ro', 'voice')}" in explained.text
    clean = await carmen.means("report_duplicate_charge", kind="speech")
    assert "niciuna nu apare de două ori" in clean.text
    assert (await balance(carmen)).due == after.due


async def test_a_correction_asked_for_twice_by_rasa_is_done_and_told_once(
    customer: Someone,
) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    told = await carmen.means("report_duplicate_charge")
    after = await balance(carmen)
    assert (await carmen.hears_again()).text == told.text
    assert (await balance(carmen)).due == after.due


async def test_a_payment_that_is_not_found_is_said_so_and_a_yes_brings_a_person(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("report_missing_payment", "am plătit deja")
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.QUEUE


async def test_what_is_above_the_limit_goes_to_a_person_with_the_finding(
    customer: Someone, setting: Any, monkeypatch: Any
) -> None:
    async def above(*_: Any, **__: Any) -> AboveLimit:
        return AboveLimit(Money(25_000), Money(20_000), "agent")

    carmen = customer("carmen")
    await carmen.proves_by_code()
    monkeypatch.setattr(setting.billing, "correct", above)
    before = await balance(carmen)
    await carmen.means("report_duplicate_charge")
    words = await carmen.waiting_words()
    assert "250,00 lei" in words
    assert (await balance(carmen)).due == before.due


async def test_what_an_agent_has_just_corrected_is_told_so(
    customer: Someone, setting: Any, monkeypatch: Any
) -> None:
    async def faster(*_: Any, now: Any, **__: Any) -> AlreadyCorrected:
        return AlreadyCorrected("Maria Ionescu", now, "DTC-1", Money(2_904), "DT-2026-000007")

    carmen = customer("carmen")
    await carmen.proves_by_code()
    monkeypatch.setattr(setting.billing, "correct", faster)
    told = await carmen.means("report_duplicate_charge")
    assert told.responses == ["utter_already_corrected"]
    assert "29,04 lei de pe factura DT-2026-000007 a fost corectată chiar acum" in told.text
    assert (await carmen.conversation()).owner == Owner.BOT


async def test_a_payment_on_somebody_elses_account_goes_to_a_person_who_is_not_named(
    customer: Someone,
) -> None:
    ana, bogdan = customer("ana"), customer("bogdan", "sms")
    await ana.proves_by_code()
    newest = (await explanation(ana)).current
    payment = Received(
        await account(bogdan), newest.total, TODAY, "transfer", "OP-9", f"plata {newest.number}"
    )
    async with ana.setting.sessions() as session, session.begin():
        now = ana.setting.clock.now()
        await receive(session, [payment], now=now, policy=ana.setting.billing.policy)

    await ana.means("report_missing_payment", "am plătit")

    words = await ana.waiting_words()
    assert f"Am găsit plata dumneavoastră de {ron(newest.total)}" in words
    assert "înregistrată din greșeală în alt cont" in words
    assert "Un coleg o mută în contul dumneavoastră." in words
    assert "Bogdan" not in words
    assert (await ana.conversation()).owner == Owner.QUEUE


async def test_an_error_of_ours_is_corrected_before_any_discount(customer: Someone) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    before = await balance(carmen)
    told = await carmen.means("request_discount", "vreau o reducere")
    assert "de două ori" in told.text
    assert "%" not in told.text
    assert (await balance(carmen)).due < before.due


# --- discounts ---


async def test_ana_is_offered_accepts_and_finds_the_discount_in_her_balance(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    before = await balance(ana)
    offered = await ana.means("request_discount", "e prea scump")
    assert "15%" in offered.text
    assert [payload for _, payload in offered.choices] == ["/affirm", "/deny"]
    assert (await balance(ana)).grants == (), "nothing is granted before she accepts"
    granted = await ana.means("affirm", "da")
    after = await balance(ana)
    [grant] = after.grants
    assert grant.percent_bp == 1500
    assert after.due < before.due
    assert ron(after.due) in granted.text
    told = await ana.means("check_balance")
    assert "reducere de 15%" in told.text


async def test_insisting_and_threatening_change_nothing(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    first = await ana.means("request_discount", "e prea scump")
    second = await ana.means("request_discount", "mai mult, altfel plec la concurență!")
    assert first.text in second.text, "introduced as the same, and the same to the last ban"


async def test_an_offer_survives_another_question_and_is_asked_again(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_discount")
    told = await ana.means("check_balance")
    assert "aplic reducerea?" in told.text
    await ana.means("affirm")
    assert len((await balance(ana)).grants) == 1


async def test_a_refused_offer_is_given_back_and_a_late_yes_grants_nothing(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_discount")
    told = await ana.means("deny")
    assert "nu o aplic" in told.text
    await ana.means("affirm")
    assert (await balance(ana)).grants == ()


async def test_a_yes_handled_twice_grants_once_and_says_the_same(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_discount")
    told = await ana.means("affirm")
    assert (await ana.hears_again()).text == told.text
    assert len((await balance(ana)).grants) == 1


async def test_an_expired_offer_is_gone_and_said_so(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_discount")
    later(timedelta(days=15))
    await ana.means("affirm")  # the proof has aged too
    told = await ana.gives(await ana.code(), "code")
    assert "nu mai este valabilă" in told.text
    assert (await balance(ana)).grants == ()


async def test_elena_hears_the_true_reason_why_not(customer: Someone) -> None:
    elena = customer("elena")
    await elena.proves_by_code()
    told = await elena.means("request_discount")
    assert "Ați avut recent o reducere" in told.text
    assert (await elena.conversation()).owner == Owner.BOT


async def test_what_an_agent_granted_is_the_answer_afterwards(customer: Someone) -> None:
    elena = customer("elena")
    await elena.proves_by_code()
    async with elena.setting.sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, elena.conversation_id)
        conversation.dialogue = {
            "agreed": {"words": "10% două luni", "granted": [{"key": "k"}], "by": "Maria"}
        }
    told = await elena.means("request_discount")
    assert told.text == "Ați convenit deja cu Maria: 10% două luni"


# --- paying later ---


async def test_bogdan_chooses_a_day_confirms_and_it_is_arranged(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    asked = await bogdan.means("request_payment_extension", "vreau să plătesc mai târziu")
    assert len(asked.choices) == 3
    day = date(2026, 12, 4)
    confirm = await bogdan.means("inform", "4 decembrie", date=day.isoformat())
    assert "Confirmați?" in confirm.text
    assert (await balance(bogdan)).arrangement is None
    arranged = await bogdan.means("affirm", "da")
    assert "vin 4 dec" in arranged.text
    held = (await balance(bogdan)).arrangement
    assert held is not None
    assert held.pay_by == day
    told = await bogdan.means("check_balance")
    assert "Amânare convenită" in told.text


async def test_a_day_named_at_once_needs_only_the_yes(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    confirm = await bogdan.means("request_payment_extension", date="2026-12-04")
    assert "Confirmați?" in confirm.text
    assert not bogdan.in_form


async def test_a_day_asked_for_before_the_proof_is_not_forgotten(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.means("request_payment_extension", "pot plăti pe 4 decembrie?", date="2026-12-04")
    confirm = await bogdan.gives(await bogdan.code(), "code")
    assert "Confirmați?" in confirm.text


async def test_days_that_are_not_allowed_are_explained_and_asked_again(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension")
    for wrong, why in (("2027-03-01", "cel târziu"), ("2026-11-01", "a trecut")):
        told = await bogdan.means("inform", date=wrong)
        assert why in told.text
        assert bogdan.in_form
        assert told.choices, "the days are offered again"


async def test_another_question_comes_between_and_the_form_goes_on(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension")
    told = await bogdan.means("check_balance")
    assert "Scadența a fost" in told.text
    assert told.responses[-1] == "utter_ask_extension_date"


@pytest.mark.parametrize("intent", ["deny", "never_mind", "talk_to_human", "request_discount"])
async def test_leaving_the_form(customer: Someone, intent: str) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension")
    assert bogdan.in_form
    told = await bogdan.means(intent)
    assert bogdan.in_form == (intent == "request_discount"), "a refusal is no way out"
    assert ("utter_ask_extension_date" in told.responses) == bogdan.in_form


async def test_a_form_overtaken_by_another_question_is_left(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("request_payment_extension")
    assert ana.in_form
    told = await ana.means("request_discount")
    assert "15%" in told.text
    assert not ana.in_form, "one question at a time"


async def test_one_extension_at_a_time(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-04")
    await bogdan.means("affirm")
    told = await bogdan.means("request_payment_extension", date="2026-12-06")
    assert "Aveți deja o amânare" in told.text


async def test_nothing_due_needs_no_extension(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await pays(bogdan, (await balance(bogdan)).due)
    told = await bogdan.means("request_payment_extension")
    assert "nu este nevoie" in told.text
    assert "Nu aveți nimic de plată" in (await bogdan.means("check_balance")).text


async def test_a_yes_to_an_older_question_arranges_nothing_while_a_day_is_asked(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    await bogdan.means("request_payment_extension", date="2026-12-04")
    await bogdan.means("request_payment_extension")
    await bogdan.means("affirm")
    assert (await balance(bogdan)).arrangement is None


async def test_a_promise_before_the_due_date_needs_no_agreement(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    due = (await balance(ana)).due_date
    told = await ana.means("request_payment_extension", date=due.isoformat())
    assert "Aveți oricum timp" in told.text


# --- payments and the plan ---


async def test_paying_is_explained_to_everybody_and_the_amount_only_to_the_customer(
    customer: Someone,
) -> None:
    ana = customer("ana")
    public = await ana.means("pay_bill")
    assert public.responses == ["utter_payment_methods"]
    await ana.proves_by_code()
    private = await ana.means("pay_bill")
    assert ron((await balance(ana)).due) in private.text


async def test_whether_a_payment_arrived(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms")
    await bogdan.proves_by_code()
    told = await bogdan.means("check_payment_status")
    assert "mai aveți de plată" in told.text
    searched = await bogdan.means("affirm")
    assert "Nu găsesc nicio plată" in searched.text


async def test_the_plan_is_an_account_fact(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    asked = await ana.means("ask_plan_info")
    assert "Fib" not in asked.text
    told = await ana.proves_by_code()
    assert "You have the Fibre 1000 internet plan: 75.02 RON a month" in told.text
