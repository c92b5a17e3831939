"""Two requests in one message, and a message that may mean one of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handoff.conversations import Owner
from tests.integration.actions.test_corrections import BOTH
from tests.integration.actions.test_debts import arrangement
from tests.integration.actions.test_money import balance, explanation, ron

Someone = Callable[..., Any]
OWED = ("check_balance", "cât am de plată")
LATER = ("request_payment_extension", "pot plăti mai târziu?")
WHY = ("explain_bill", "Why is it higher?")
CHEAPER = ("request_discount", "can I get a discount?")


# --- two in one ---


@BOTH
async def test_both_are_answered_at_once(customer: Someone, language: str) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    told = await ana.means_two(WHY, CHEAPER)
    assert ron((await explanation(ana)).difference, language) in told.text
    assert told.responses[-1] == "utter_offer_question"
    await ana.means("affirm", "ok")
    assert len((await balance(ana)).grants) == 1


@BOTH
@pytest.mark.parametrize("channel", ["telegram", "sms", "voice"])
async def test_after_the_proof_both_are_answered(
    customer: Someone, language: str, channel: str
) -> None:
    bogdan = customer("bogdan", channel, language)
    if channel == "telegram":
        await bogdan.shares_contact(bogdan.person.phone, own=True)
    first = await bogdan.means_two(OWED, LATER)
    expected = {
        "ro": "întâi suma de plată, apoi amânarea plății",
        "en": "first the amount you owe, then paying later",
    }
    assert expected[language] in first.text
    if channel == "voice":
        await bogdan.names_number(bogdan.person.customer_number)
        told = await bogdan.gives(bogdan.person.pin, "pin")
    else:
        told = await bogdan.gives(await bogdan.code(), "code")
    assert ron((await balance(bogdan)).due, language, channel) in told.text
    assert told.responses[-1] == "utter_ask_extension_date"
    assert bogdan.in_form


@pytest.mark.parametrize("answer", ["affirm", "deny"])
async def test_the_second_waits_for_the_yes_or_no_to_the_first(
    customer: Someone, answer: str
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    asked = await ana.means_two(CHEAPER, OWED)
    assert asked.responses[0] == "utter_one_by_one"
    assert "utter_balance_due" not in asked.responses
    told = await ana.means(answer)
    assert ron((await balance(ana)).due) in told.text
    assert (await ana.conversation()).dialogue.get("also") is None


async def test_the_second_waits_for_the_form_and_its_day(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    asked = await bogdan.means_two(LATER, ("check_usage", "cât am consumat?"))
    assert asked.responses == ["utter_one_by_one", "utter_ask_extension_date"]
    asked = await bogdan.means("inform", "vineri", date="2026-12-04")
    assert asked.responses == ["utter_confirm_extension"]
    told = await bogdan.means("affirm")
    assert told.responses[0] == "utter_extension_arranged"
    assert "ați folosit" in told.text
    assert await arrangement(bogdan) is not None


async def test_each_is_read_in_its_own_words(customer: Someone) -> None:
    dan = customer("dan")
    await dan.proves_by_code()
    told = await dan.means_two(OWED, ("change_plan", "vreau abonamentul de 10 GB"))
    assert ron((await balance(dan)).due) in told.text
    assert "la Abonament Mobil 10 GB" in told.text


async def test_what_the_second_names_belongs_to_the_second(customer: Someone) -> None:
    bogdan = customer("bogdan")
    await bogdan.proves_by_code()
    told = await bogdan.means_two(
        OWED, ("request_payment_extension", "pot plăti pe 4?"), date="2026-12-04"
    )
    assert told.responses[-1] == "utter_confirm_extension"


async def test_asked_for_the_same_message_again_both_answers_are_the_same(
    customer: Someone,
) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    first = await ana.means_two(WHY, CHEAPER)
    assert (await ana.hears_again()).text == first.text


@pytest.mark.parametrize("drops", ["never_mind", "begin"])
async def test_a_second_request_is_dropped_with_the_first(customer: Someone, drops: str) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means_two(CHEAPER, OWED)
    await ana.means(drops)
    assert "also" not in (await ana.conversation()).dialogue


async def test_one_that_is_asked_for_meanwhile_is_answered_once(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means_two(CHEAPER, OWED)
    await ana.means("check_balance", "cât am de plată?")
    told = await ana.means("deny", "nu")
    assert told.responses == ["utter_offer_refused"]


async def test_a_person_takes_over_both(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    await ana.means_two(CHEAPER, OWED)
    await ana.means("talk_to_human")
    assert (await ana.conversation()).owner == Owner.QUEUE
    assert "also" not in (await ana.conversation()).dialogue


# --- one of two ---


@BOTH
async def test_which_is_meant_is_asked_and_answered(customer: Someone, language: str) -> None:
    ana = customer("ana", "telegram", language)
    await ana.proves_by_code()
    asked = await ana.means_either(
        "view_bill", "explain_bill", "factura din octombrie?", month="2026-10"
    )
    titles = {
        "ro": ["Afișarea facturii", "Explicația facturii", "Altceva"],
        "en": ["The bill itself", "Why the bill is what it is", "Something else"],
    }
    assert [title for title, _ in asked.choices] == titles[language]
    told = await ana.presses(titles[language][1], asked)
    assert told.responses[0].startswith("utter_explain_")
    month = {"ro": "octombrie", "en": "October"}
    assert month[language] in told.text.splitlines()[0], "what the message named is kept"


async def test_on_the_phone_the_readings_are_said_with_their_keys(customer: Someone) -> None:
    ana = customer("ana", "voice")
    asked = await ana.means_either("view_bill", "explain_bill", "factura")
    assert (
        "1 pentru Afișarea facturii, 2 pentru Explicația facturii, 3 pentru Altceva" in asked.text
    )
    assert (await ana.conversation()).expects == "choice", "so the words of a reading count too"


async def test_the_words_are_kept_through_the_proof(customer: Someone) -> None:
    dan = customer("dan", "sms")
    asked = await dan.means_either("change_plan", "start_service", "abonamentul de 10 GB")
    await dan.presses("Schimbarea", asked)
    told = await dan.gives(await dan.code(), "code")
    assert "la Abonament Mobil 10 GB" in told.text


@BOTH
async def test_something_else_is_asked_for_in_other_words(customer: Someone, language: str) -> None:
    ana = customer("ana", "telegram", language)
    asked = await ana.means_either("view_bill", "explain_bill", "factura")
    told = await ana.presses({"ro": "Altceva", "en": "Something else"}[language], asked)
    assert told.responses == ["utter_say_it_otherwise"]
    assert (await ana.conversation()).expects is None


async def test_two_readings_with_one_answer_are_not_asked_about(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means_either("report_duplicate_charge", "dispute_charge", "am plătit iar")
    assert told.responses == ["utter_dispute_offered_twice"]


async def test_a_button_of_ours_means_only_requests(customer: Someone) -> None:
    ana = customer("ana")
    await ana.proves_by_code()
    told = await ana.means("choose", kind="button", choice="meaning:affirm")
    assert told.responses == ["utter_not_understood"]
