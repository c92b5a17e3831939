"""Conversations about plans and services, in both languages: told exactly, done once, undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from billing_backend.customers.models import Subscription
from billing_backend.discounts.models import OfferRow
from billing_backend.dunning.models import Suspension
from billing_backend.invoices.models import InvoiceLine
from billing_backend.jobs import run_day
from billing_backend.money import Money
from billing_backend.payments.service import Received, receive
from bot import wording
from handoff.conversations import Owner
from handoff.queue import Case

from .conftest import Customer

Someone = Callable[..., Any]
TODAY = date(2026, 11, 24)


async def presses(somebody: Any, heard: Any, title: str) -> Any:
    """Press the button with this title."""
    payload = dict(heard.choices)[title]
    intent, entities = re.fullmatch(r"/(\w+)(\{.*\})?", payload).groups()  # type: ignore[union-attr]
    return await somebody.means(intent, kind="button", **json.loads(entities or "{}"))


async def services(somebody: Any) -> Any:
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        return await setting.billing.services(session, found.account_id, today=TODAY)


async def account_id(somebody: Any) -> Any:
    setting = somebody.setting
    async with setting.sessions() as session:
        [found] = await setting.billing.find_customers(session, phone=somebody.person.phone)
        return found.account_id


async def newest_invoice(somebody: Any, day: date) -> Any:
    account = await account_id(somebody)
    async with somebody.setting.sessions() as session:
        return (await somebody.setting.billing.invoices(session, account, today=day))[0]


async def pays(somebody: Any, amount: Money) -> None:
    setting = somebody.setting
    payment = Received(await account_id(somebody), amount, TODAY, "card", "P-9")
    async with setting.sessions() as session, session.begin():
        await receive(session, [payment], now=setting.clock.now(), policy=setting.billing.policy)


async def until(somebody: Any, day: date) -> None:
    """Let the days pass, with what billing does by itself each day."""
    setting = somebody.setting
    setting.clock.moment += timedelta(days=(day - setting.clock.moment.date()).days)
    async with setting.sessions() as session, session.begin():
        await run_day(session, now=setting.clock.moment, policy=setting.billing.policy)


def ron(amount: Money, language: str = "ro", channel: str = "telegram") -> str:
    return wording.money(amount, language, channel)


# --- what would be cheaper ---


async def test_dan_asks_what_would_be_cheaper_changes_and_the_invoice_says_what_he_was_told(
    customer: Someone,
) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    compared = await dan.means("ask_plan_info", "ce abonament ar fi mai ieftin pentru mine?")
    # 74.00 against 24.50 net, six months of 6 to 9 GB: 537.24 against 177.90.
    assert "între 6 GB și 9 GB" in compared.text
    assert "537,24 lei" in compared.text
    assert "177,90 lei pentru același consum, cu 359,34 lei mai puțin" in compared.text
    told = await presses(dan, compared, "Abonament Mobil 10 GB")
    assert "Treceți de la Abonament Mobil 200 GB la Abonament Mobil 10 GB, 29,65 lei" in told.text
    assert "Factura următoare va fi cu 59,89 lei mai mică: 29,65 lei" in told.text
    done = await presses(dan, told, "Da")
    assert "Gata: aveți Abonament Mobil 10 GB" in done.text
    first_day = (await services(dan)).scheduled[0].from_day
    await pays(dan, Money(8954))
    await until(dan, first_day)
    assert (await newest_invoice(dan, first_day)).total == Money(2965)


async def test_who_has_the_cheapest_is_told_so_and_nothing_is_recommended_unasked(
    customer: Someone,
) -> None:
    bogdan = customer("bogdan", "sms", "en")
    await bogdan.proves_by_code()
    told = await bogdan.means("ask_plan_info", "which plan do I have?")
    assert "Mobile 50 GB plan: 49.61 RON a month" in told.text
    assert "cheaper" not in told.text
    compared = await presses(bogdan, told, "What would be cheaper")
    assert "The Mobile 50 GB plan is the cheapest of today's plans for you." in compared.text


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("request_discount", "Ce abonament ar fi mai ieftin pentru mine?"),
        ("request_discount", "what would be cheaper for what I use"),
        ("check_usage", "ce ar fi mai ieftin pentru consumul meu"),
        ("change_plan", "vreau ceva mai ieftin"),
    ],
)
async def test_the_question_which_plan_is_cheaper_is_heard_under_any_intent(
    customer: Someone, intent: str, words: str
) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    assert "utter_compare_usage" in (await dan.means(intent, words)).responses


async def test_asking_for_a_lower_price_is_no_question_about_plans(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("request_discount", "abonamentul e prea scump, vreau mai ieftin")
    assert "utter_offer_question" in told.responses


# --- plans and options ---


async def test_a_plan_named_with_a_typo_is_previewed_at_once(customer: Someone) -> None:
    bogdan = customer("bogdan", "telegram", "ro")
    await bogdan.proves_by_code()
    told = await bogdan.means("change_plan", "vreau abonamntul mobil de doua sute de giga")
    assert "Treceți chiar de azi de la Abonament Mobil 50 GB la Abonament Mobil 200 GB" in told.text
    assert "Confirmați?" in told.text
    kept = await bogdan.means("deny")
    assert "nu se schimbă nimic" in kept.text
    assert (await services(bogdan)).plan.code == "MOBILE_50"


async def test_an_upgrade_by_sms_in_english_from_the_list(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms", "en")
    await bogdan.proves_by_code()
    listed = await bogdan.means("change_plan", "I want another plan")
    assert [title for title, _ in listed.choices] == [
        "Mobile 10 GB plan",
        "Mobile 200 GB plan",
        "Extra options",
    ]
    told = await presses(bogdan, listed, "Mobile 200 GB plan")
    assert "Reply YES or NO" in told.text
    done = await bogdan.means("affirm")
    assert "Done: you have the Mobile 200 GB plan, 89.54 RON a month" in done.text
    period_end = (await services(bogdan)).period_end
    await until(bogdan, period_end + timedelta(days=1))
    invoice = await newest_invoice(bogdan, period_end + timedelta(days=1))
    promised = re.search(r"higher: ([\d.,]+ RON) in all", told.text)
    assert promised is not None
    # A late fee fell due since: it "comes up", and is the only thing beside what was told.
    fee = sum(line.gross.minor for line in invoice.lines if line.kind == "late_fee")
    assert promised[1] == ron(invoice.total - Money(fee), "en", "sms")


async def test_what_is_named_before_the_proof_is_not_forgotten(customer: Someone) -> None:
    dan = customer("dan", "sms")
    asked = await dan.means("change_plan", "treceti-ma pe 50 GB")
    assert "cod" in asked.text
    told = await dan.gives(await dan.code(), "code")
    assert "la Abonament Mobil 50 GB" in told.text


async def test_prices_are_public_and_what_one_has_is_not(customer: Someone) -> None:
    mihai = customer("mihai", "telegram")
    told = await mihai.means("ask_plan_info", "cat costa fibra 500?")
    # 45.50 + 21 % = 55.06 (9.555 rounds up)
    assert "Abonament Internet Fibră 500 costă 55,06 lei pe lună" in told.text
    own = await mihai.means("ask_plan_info", "ce abonament am?")
    assert "Aveți" not in own.text


async def test_an_option_is_added_and_given_up_by_its_name(customer: Someone) -> None:
    carmen = customer("carmen", "telegram", "ro")
    await carmen.proves_by_code()
    told = await carmen.means("change_plan", "as vrea si pachetul sport")
    assert "Primiți chiar de azi Pachet TV Sport, 24,20 lei pe lună" in told.text
    await carmen.means("affirm")
    assert "SPORT" in [each.code for each in (await services(carmen)).add_ons]
    told = await carmen.means("change_plan", "renunt la pachetul tv sport")
    assert "Renunțați la Pachet TV Sport; ultima zi este" in told.text
    await carmen.means("affirm")
    [change] = (await services(carmen)).scheduled
    assert change.kind == "remove_add_on"


async def test_a_scheduled_change_is_told_and_called_off(customer: Someone) -> None:
    dan = customer("dan", "telegram", "en")
    await dan.proves_by_code()
    await dan.means("change_plan", "the 50 GB plan please")
    await dan.means("affirm")
    told = await dan.means("ask_plan_info", "what plan do I have")
    assert "A change from the Mobile 200 GB plan to the Mobile 50 GB plan is scheduled" in told.text
    twice = await dan.means("change_plan", "give me 10 GB")
    assert "is scheduled" in twice.text
    asked = await presses(dan, twice, "Call off the change")
    assert "Shall I call it off?" in asked.text
    done = await dan.means("affirm")
    assert "Called off" in done.text
    assert (await services(dan)).scheduled == ()


async def test_a_promise_that_is_out_of_date_is_told_anew_and_not_done(
    customer: Someone, setting: Any
) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("change_plan", "50 GB")
    async with setting.sessions() as session, session.begin():
        await session.execute(
            update(Subscription)
            .where(Subscription.account_id == await account_id(dan))
            .values(minimum_term_until=TODAY + timedelta(days=100))
        )
    told = await dan.means("affirm")
    assert "Între timp s-a schimbat ceva" in told.text
    assert "Taxa pentru încetarea înainte de termen" in told.text
    assert (await services(dan)).scheduled == ()
    done = await dan.means("affirm")
    assert "Gata" in done.text


async def test_a_yes_handled_twice_changes_once(customer: Someone) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("change_plan", "50 GB")
    first = await dan.means("affirm")
    again = await dan.hears_again()
    assert first.text == again.text
    assert len((await services(dan)).scheduled) == 1


async def test_by_phone_the_choices_are_said_with_their_keys(customer: Someone) -> None:
    dan = customer("dan", "voice")
    await dan.proves_by_pin()
    told = await dan.means("change_plan", "", kind="speech")
    assert "apăsați 1 pentru Abonament Mobil 10 GB, 2 pentru Abonament Mobil 50 GB" in told.text
    assert "apăsați 3 pentru opțiuni suplimentare" in told.text
    assert len(told.choices) == 3


# --- leaving ---


@pytest.mark.parametrize(
    ("language", "reason", "last"),
    [("ro", "Mă mut", "ultima zi este"), ("en", "I'm moving", "its last day is")],
)
async def test_leaving_takes_one_question_and_a_yes(
    customer: Someone, language: str, reason: str, last: str
) -> None:
    dan = customer("dan", "telegram", language)
    await dan.proves_by_code()
    asked = await dan.means("cancel_service")
    assert len(asked.choices) == 6
    told = await presses(dan, asked, reason)
    assert last in told.text
    assert "reduc" not in told.text
    assert "discount" not in told.text
    # The open invoice of 89.54 is all that is left.
    assert ron(Money(8954), language) in told.text
    done = await dan.means("affirm")
    assert "utter_done_cancel" in done.responses
    assert ron(Money(8954), language) in done.text
    assert (await services(dan)).cancelled_on is not None


async def test_who_no_longer_wants_an_option_keeps_the_service(customer: Someone) -> None:
    carmen = customer("carmen", "telegram", "ro")
    await carmen.means("cancel_service", "nu mai vreau pachetul de filme")
    told = await carmen.proves_by_code()
    assert "Renunțați la Pachet TV Filme; ultima zi este" in told.text
    await carmen.means("affirm")
    now = await services(carmen)
    assert {change.kind for change in now.scheduled} == {"remove_add_on"}
    assert now.cancelled_on is None


async def test_who_leaves_for_the_price_hears_one_offer_and_can_still_go(
    customer: Someone,
) -> None:
    ana = customer("ana", "telegram", "ro")
    await ana.proves_by_code()
    asked = await ana.means("cancel_service")
    offered = await presses(ana, asked, "Prea scump")
    assert "Rămâneți cu această reducere" in offered.text
    told = await presses(ana, offered, "Închei serviciul")
    assert "Încheiem serviciul Abonament Internet Fibră 1000" in told.text
    again = await ana.means("cancel_service")
    assert "reducere" not in again.text
    done = await ana.means("affirm")
    assert "Gata: serviciul se încheie" in done.text


async def test_asking_to_leave_again_instead_of_answering_the_offer_is_a_no_to_it(
    customer: Someone, setting: Any
) -> None:
    ana = customer("ana", "telegram", "ro")
    await ana.proves_by_code()
    asked = await ana.means("cancel_service")
    await presses(ana, asked, "Prea scump")
    told = await ana.means("cancel_service")
    assert "Încheiem serviciul" in told.text
    async with setting.sessions() as session:
        offers = await session.scalars(select(OfferRow.state))
        assert "open" not in set(offers)


async def test_who_stays_has_the_discount_and_the_service(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    await ana.proves_by_code()
    await ana.means("cancel_service")
    offered = await ana.means("request_discount", "it is too expensive")
    stayed = await presses(ana, offered, "Stay with the discount")
    assert "utter_granted" in stayed.responses
    assert (await services(ana)).cancelled_on is None


@pytest.mark.parametrize("answer", ["out_of_scope", "deny"])
async def test_the_reason_is_asked_once_whatever_is_answered(
    customer: Someone, answer: str
) -> None:
    dan = customer("dan", "sms", "ro")
    await dan.proves_by_code()
    await dan.means("cancel_service")
    told = await dan.means(answer, "treaba mea")
    assert "Încheiem serviciul" in told.text


async def test_asking_to_leave_again_goes_on_without_asking_why_again(customer: Someone) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("cancel_service")
    told = await dan.means("cancel_service")
    assert "Încheiem serviciul" in told.text


async def test_cancelled_twice_is_told_and_undone_before_the_last_day(customer: Someone) -> None:
    dan = customer("dan", "telegram", "ro")
    await dan.proves_by_code()
    await dan.means("cancel_service")
    await dan.means("cancel_service")
    await dan.means("affirm")
    again = await dan.means("cancel_service")
    assert "deja reziliat" in again.text
    undone = await dan.means("affirm")
    assert "Am anulat rezilierea" in undone.text
    assert (await services(dan)).cancelled_on is None


@pytest.mark.parametrize("said", ["m-am răzgândit, vreau să rămân", "M-am razgandit"])
async def test_who_thinks_better_of_leaving_is_asked_and_stays(
    customer: Someone, said: str
) -> None:
    dan = customer("dan", "telegram", "ro")
    await dan.proves_by_code()
    await presses(dan, await dan.means("cancel_service"), "Mă mut")
    await dan.means("affirm")
    asked = await dan.means("never_mind", said)
    assert "Doriți să anulez rezilierea" in asked.text
    await dan.means("affirm")
    assert (await services(dan)).cancelled_on is None


async def test_with_nothing_open_what_was_ordered_is_not_called_dropped(
    customer: Someone,
) -> None:
    dan = customer("dan", "telegram", "ro")
    await dan.proves_by_code()
    await presses(dan, await dan.means("cancel_service"), "Mă mut")
    await dan.means("affirm")
    told = (await dan.means("never_mind", "las-o baltă")).responses
    assert told == ["utter_service_cancelled_already", "utter_undo_question"]
    assert (await services(dan)).cancelled_on is not None


async def test_after_the_last_day_a_new_contract_is_a_persons(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    dan = customer("dan", "telegram", "en")
    await dan.proves_by_code()
    for intent in ("cancel_service", "cancel_service", "affirm"):
        await dan.means(intent)
    later(timedelta(days=40))
    await dan.means("check_balance")
    await dan.gives(await dan.code(), "code")
    told = await dan.means("restore_service")
    assert "The service has ended" in told.text
    await dan.means("affirm")
    assert (await dan.conversation()).owner == Owner.QUEUE


# --- suspended, usage, a new service ---


async def test_suspended_for_debt_hears_that_nothing_is_changed_before_it_is_paid(
    customer: Someone, setting: Any
) -> None:
    bogdan = customer("bogdan", "sms", "ro")
    await bogdan.proves_by_code()
    account = await account_id(bogdan)
    async with setting.sessions() as session, session.begin():
        invoice = (await setting.billing.invoices(session, account, today=TODAY))[0]
        session.add(
            Suspension(
                account_id=account,
                invoice_id=invoice.invoice_id,
                suspended_on=TODAY,
                suspended_at=datetime.combine(TODAY, time(8), UTC),
            )
        )
    told = await bogdan.means("change_plan", "vreau abonamentul de 200 GB")
    assert "utter_change_suspended" in told.responses
    told = await bogdan.means("restore_service")
    assert "utter_service_suspended" in told.responses


async def test_usage_against_the_allowance(customer: Someone) -> None:
    bogdan = customer("bogdan", "sms", "en")
    await bogdan.proves_by_code()
    told = await bogdan.means("check_usage")
    assert "you have used 31 GB of 50 GB; 19 GB is left" in told.text
    ana = customer("ana")
    await ana.proves_by_code()
    assert "nu are limită de consum" in (await ana.means("check_usage")).text


async def test_a_new_service_is_a_persons_who_learns_which_one(customer: Someone) -> None:
    mihai = customer("mihai", "telegram", "ro")
    told = await mihai.means("start_service", "vreau un contract nou pentru tv familie")
    assert "Abonament TV Familie, 54,45 lei pe lună" in told.text
    await mihai.means("affirm")
    assert (await mihai.conversation()).owner == Owner.QUEUE
    async with mihai.setting.sessions() as session:
        case = await session.scalar(
            select(Case).where(Case.conversation_id == mihai.conversation_id)
        )
    assert case.detail == {"topic": "start_service", "product": "Abonament TV Familie"}


# --- several accounts ---


@pytest.fixture
def two_accounts(setting: Any) -> Callable[..., Any]:
    """The ordinary customer who has two."""

    def of(channel: str, language: str) -> Any:
        return Customer(setting, setting.cast.ordinary[0], channel, language)

    return of


async def test_which_account_is_asked_once_and_remembered(two_accounts: Callable[..., Any]) -> None:
    somebody = two_accounts("sms", "ro")
    asked = await somebody.proves_by_code("check_usage")
    assert [title for title, _ in asked.choices] == [
        "Acasă, Str. Teilor 12, Cluj-Napoca",
        "Casa de vacanță, Str. Lungă 3, Sibiu",
    ]
    told = await presses(somebody, asked, "Casa de vacanță, Str. Lungă 3, Sibiu")
    assert "Vorbim despre contul Casa de vacanță" in told.text
    assert "Abonament Internet Fibră 300 nu are limită" in told.text
    plan = await somebody.means("ask_plan_info", "ce abonament am")
    assert "Abonament Internet Fibră 300" in plan.text
    assert "Vorbim despre" not in plan.text


async def test_another_account_is_spoken_of_when_it_is_named(
    two_accounts: Callable[..., Any],
) -> None:
    somebody = two_accounts("telegram", "en")
    asked = await somebody.proves_by_code("check_balance")
    asked = await somebody.means("check_balance", "how much do I owe")
    await presses(somebody, asked, "Casa de vacanță, Str. Lungă 3, Sibiu")
    told = await somebody.means("check_balance", "and how much for acasa?")
    assert "This is about the account Acasă" in told.text


async def test_an_account_of_somebody_else_is_nobodys_choice(
    two_accounts: Callable[..., Any], customer: Someone
) -> None:
    somebody = two_accounts("telegram", "ro")
    await somebody.proves_by_code()
    stranger = await account_id(customer("dan"))
    refused = await somebody.means("choose", kind="button", choice=f"account:{stranger}")
    assert "utter_old_button" in refused.responses


async def test_no_line_of_a_called_off_plan_is_ever_billed(customer: Someone, setting: Any) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("change_plan", "10 GB")
    await dan.means("affirm")
    await dan.means("never_mind", "anulați schimbarea")
    await dan.means("affirm")
    await until(dan, date(2026, 12, 20))
    async with setting.sessions() as session:
        billed = await session.scalars(
            select(InvoiceLine.product_code).where(
                InvoiceLine.subscription_id.in_(
                    select(Subscription.id).where(Subscription.account_id == await account_id(dan))
                )
            )
        )
        assert set(billed) == {"MOBILE_200"}


@pytest.mark.parametrize(("month", "says_so"), [("2026-10", True), ("2026-11", False)])
async def test_who_asks_for_the_usage_of_a_month_that_is_over_hears_which_one_is_told(
    customer: Someone, month: str, says_so: bool
) -> None:
    dan = customer("dan", "sms")
    await dan.proves_by_code()
    told = await dan.means("check_usage", month=month)
    assert told.responses[-1] == "utter_usage"
    assert ("utter_usage_of_now_only" in told.responses) is says_so


@pytest.mark.parametrize(
    ("words", "says_so"),
    [("când expiră contractul?", True), ("when does my contract end?", True), ("ce am?", False)],
)
async def test_who_asks_until_when_a_plan_binds_hears_that_it_does_not(
    customer: Someone, words: str, says_so: bool
) -> None:
    dan = customer("dan", "sms")
    await dan.proves_by_code()
    told = await dan.means("ask_plan_info", words)
    assert ("utter_plan_no_term" in told.responses) is says_so
