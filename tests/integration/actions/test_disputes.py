"""A customer who does not agree with a charge: asked, confirmed, opened, told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from billing_backend.contract import Authority, DisputeSummary, Tier
from billing_backend.money import Money
from handoff.conversations import Owner
from tests.integration.actions.test_money import account, balance, pays, ron

Someone = Callable[..., Any]
AGENT = Authority(Tier.AGENT, "ioana@demo")


async def disputes(somebody: Any) -> list[DisputeSummary]:
    account_id = await account(somebody)
    async with somebody.setting.sessions() as session:
        return list(await somebody.setting.billing.disputes(session, account_id))


async def press(somebody: Any, title: str, heard: Any) -> Any:
    """Press the button with these words."""
    [payload] = [payload for shown, payload in heard.choices if shown.startswith(title)]
    choice = payload.split('"')[3]
    return await somebody.means("choose", kind="button", choice=choice)


WORDS = {
    "ro": {
        "wrong": "nu recunosc o taxă de pe factură",
        "reason": "nu am comandat niciodată acest pachet",
        "clean": "Nu am găsit nicio greșeală",
        "which": "Ce sumă contestați?",
        "what": "cu cuvintele dumneavoastră",
        "confirm": "Confirmați?",
        "opened": "Contestația este deschisă",
        "add_on": "Pachet TV Sport",
    },
    "en": {
        "wrong": "there is a charge that I don't recognise",
        "reason": "I never ordered this package",
        "clean": "found no mistake",
        "which": "Which charge do you dispute?",
        "what": "in your own words",
        "confirm": "Do you confirm?",
        "opened": "Your dispute is open",
        "add_on": "TV Sport",
    },
}


@pytest.mark.parametrize("language", ["ro", "en"])
async def test_a_charge_is_disputed_step_by_step(customer: Someone, language: str) -> None:
    say = WORDS[language]
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    before = await balance(ana)

    heard = await ana.means("dispute_charge", say["wrong"])
    assert say["clean"] in heard.text
    heard = await ana.means("affirm")
    assert say["which"] in heard.text
    heard = await press(ana, say["add_on"], heard)
    assert say["what"] in heard.text
    heard = await ana.means("out_of_scope", say["reason"])
    assert say["confirm"] in heard.text
    assert await disputes(ana) == [], "nothing is opened before a yes"
    heard = await ana.means("affirm")
    assert say["opened"] in heard.text

    [dispute] = await disputes(ana)
    assert dispute.number in heard.text
    assert ron(dispute.amount, language) in heard.text
    assert (dispute.reason, dispute.words) == ("not_ordered", say["reason"])
    assert (await balance(ana)).due == before.due, "owed, but not asked for"
    told = await ana.means("check_balance")
    assert dispute.number in told.text


async def test_asked_again_for_the_same_message_one_dispute_is_opened(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge", "nu recunosc Pachet TV Sport")
    heard = await ana.means("affirm")
    assert "cu cuvintele dumneavoastră" in heard.text, "the line was named in the message"
    await ana.means("nlu_fallback", "nu e al meu")
    first = await ana.means("affirm")

    assert (await ana.hears_again()).text == first.text
    assert len(await disputes(ana)) == 1


async def test_another_question_is_answered_and_the_dispute_goes_on(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge")
    await ana.means("affirm")

    heard = await ana.means("check_balance", "cât am de plată?")
    assert ron((await balance(ana)).due) in heard.text
    assert "Să revenim la contestație" in heard.text
    heard = await ana.means("inform", "toată factura")
    assert "cu cuvintele dumneavoastră" in heard.text
    heard = await ana.means("explain_bill", "de ce e mai mare factura?")
    assert "Promoția Fibră 1000" in heard.text
    assert "cu cuvintele dumneavoastră" in heard.text
    heard = await ana.means("explain_bill", "pentru că e mai mare decât mi-ați promis")
    assert "toată factura" in heard.text

    heard = await ana.means("check_due_date")
    assert "deschid contestația" in heard.text
    await ana.means("affirm")
    [dispute] = await disputes(ana)
    assert dispute.words == "pentru că e mai mare decât mi-ați promis"
    assert dispute.lines == ()


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("leaves", ["deny", "never_mind"])
async def test_the_customer_may_leave_it_at_any_step(
    customer: Someone, steps: int, leaves: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge")
    for intent, text in [("affirm", "da"), ("inform", "toată factura")][:steps]:
        await ana.means(intent, text)

    await ana.means(leaves, "nu")

    assert (await ana.conversation()).expects is None
    assert "dispute" not in (await ana.conversation()).dialogue
    assert await disputes(ana) == []


@pytest.mark.parametrize("words", ["it's not mine", "not ordered", "nu-i a mea"])
async def test_what_looks_like_a_no_and_says_what_is_wrong_is_the_reason(
    customer: Someone, words: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge")
    await ana.means("affirm", "da")
    await ana.means("inform", "toată factura")
    await ana.means("deny", words)
    await ana.means("affirm")
    [dispute] = await disputes(ana)
    assert dispute.words == words


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("ask_plan_info", "e mai mult decât scrie în contract"),
        ("ask_fees", "o taxă de care nu știu nimic"),
    ],
)
async def test_a_reason_that_speaks_of_plans_or_fees_is_a_reason(
    customer: Someone, intent: str, words: str
) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    await dan.means("dispute_charge")
    await dan.means("affirm", "da")
    await dan.means("inform", "toată factura")
    assert "Confirmați?" in (await dan.means(intent, words)).text
    await dan.means("affirm", "da")
    [dispute] = await disputes(dan)
    assert dispute.words == words


async def test_on_the_phone_the_charge_is_named_aloud_with_its_key(customer: Someone) -> None:
    dan = customer("dan", "voice")
    await dan.proves_by_pin()
    await dan.means("dispute_charge", "nu e corect", kind="speech")
    heard = await dan.means("affirm", "da", kind="speech")
    assert heard.text.startswith("Ce sumă contestați? Apăsați 1 pentru toată factura, 2 pentru ")
    assert heard.choices[0][1] == '/choose{"choice": "line:all"}'
    await dan.means("nlu_fallback", "toată factura", kind="speech")
    heard = await dan.means("report_technical_issue", "nu a mers internetul", kind="speech")
    assert heard.text.endswith("Confirmați? Spuneți da sau nu.")
    await dan.means("affirm", "da", kind="speech")

    [dispute] = await disputes(dan)
    assert dispute.reason == "service_fault"


async def test_what_is_proven_is_corrected_and_nothing_is_disputed(customer: Someone) -> None:
    carmen = customer("carmen")
    await carmen.proves_by_code()
    told = await carmen.means("dispute_charge", "am fost taxată de două ori")
    assert "de două ori" in told.text
    assert (await carmen.conversation()).expects is None
    assert await disputes(carmen) == []


async def test_a_paid_bill_may_be_disputed_and_that_is_said(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await pays(ana, (await balance(ana)).due)
    await ana.means("dispute_charge", "Pachet TV Sport nu e al meu")
    await ana.means("affirm")
    await ana.means("nlu_fallback", "nu am comandat")

    heard = await ana.means("affirm")
    assert "deja plătită" in heard.text


async def opened(ana: Any) -> DisputeSummary:
    await ana.proves_by_code()
    await ana.means("dispute_charge", "Pachet TV Sport nu e al meu")
    await ana.means("affirm")
    await ana.means("nlu_fallback", "nu am comandat")
    await ana.means("affirm")
    [dispute] = await disputes(ana)
    return dispute


async def test_the_same_charge_again_is_told_with_its_number(customer: Someone) -> None:
    ana = customer("ana")
    dispute = await opened(ana)
    heard = await ana.means("dispute_charge", "Pachet TV Sport nu e al meu")
    assert dispute.number in heard.text
    await ana.means("affirm")
    await ana.means("nlu_fallback", "tot nu am comandat")

    heard = await ana.means("affirm")
    assert "deja contestată" in heard.text
    assert len(await disputes(ana)) == 1


async def test_its_state_is_told_on_request_and_it_may_be_withdrawn(customer: Someone) -> None:
    ana = customer("ana")
    dispute = await opened(ana)

    heard = await ana.means("check_refund_status", "ce se aude cu contestația mea?")
    assert dispute.number in heard.text
    heard = await press(ana, "Retrag", heard)
    assert dispute.number in heard.text
    heard = await ana.means("affirm")
    assert "a fost retrasă" in heard.text
    [after] = await disputes(ana)
    assert after.state == "withdrawn"


async def test_without_a_dispute_a_person_looks_for_the_refund(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("check_refund_status")
    await ana.means("affirm")
    assert (await ana.conversation()).owner == Owner.QUEUE


async def test_an_answer_is_told_as_it_was_given(customer: Someone) -> None:
    ana = customer("ana")
    dispute = await opened(ana)
    account_id = await account(ana)
    async with ana.setting.sessions() as session, session.begin():
        await ana.setting.billing.reject_dispute(
            session,
            account_id,
            dispute.number,
            answer="Pachetul a fost comandat pe site pe 3 noiembrie.",
            authority=AGENT,
            key="reject",
            now=ana.setting.clock.now(),
        )

    heard = await ana.means("check_refund_status")
    assert "respinsă: Pachetul a fost comandat pe site pe 3 noiembrie." in heard.text


async def test_an_old_button_of_another_bill_chooses_nothing(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge")
    await ana.means("affirm")
    heard = await ana.means("choose", kind="button", choice=f"line:{UUID(int=1)}")
    assert "nu mai este valabil" in heard.text
    heard = await ana.means("choose", kind="button", choice="nonsense")
    assert "nu mai este valabil" in heard.text


async def test_a_proof_that_is_too_old_is_asked_for_and_the_dispute_then_opened(
    customer: Someone, later: Callable[[timedelta], None]
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means("dispute_charge", "Pachet TV Sport nu e al meu")
    await ana.means("affirm")
    await ana.means("nlu_fallback", "nu am comandat")
    later(timedelta(minutes=16))
    await ana.means("affirm")
    assert await disputes(ana) == []

    await ana.gives(await ana.code(), "code")
    [dispute] = await disputes(ana)
    assert dispute.amount > Money(0)


async def test_this_bill_is_the_one_that_was_just_shown(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    await ana.proves_by_code()
    shown = await ana.means("view_bill", "september", month="2026-09")
    told = await ana.means("dispute_charge", "dispute this bill")
    number = re.search(r"DT-2026-\d+", shown.text)
    assert number
    assert number[0] in told.text


async def test_what_is_wrong_said_before_the_charge_drops_nothing(customer: Someone) -> None:
    ana = customer("ana", "telegram", "en")
    await ana.proves_by_code()
    await ana.means("dispute_charge")
    await ana.means("affirm", "yes")
    told = await ana.means("deny", "it's not mine")
    assert told.responses == ["utter_dispute_line_awaited"]
    assert (await ana.conversation()).expects == "dispute_line"


async def test_who_asks_for_money_that_is_disputed_hears_how_far_that_is(
    customer: Someone,
) -> None:
    ana = customer("ana", "sms")
    await opened(ana)
    told = await ana.means("request_refund", "vreau banii înapoi")
    assert told.responses == ["utter_dispute_state_open", "utter_dispute_may_withdraw"]
