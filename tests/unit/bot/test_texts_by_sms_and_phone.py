"""Do all responses, with everyday values, fit one SMS and sound right when they are read out?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest

from billing_backend.money import Money
from bot import wording
from bot.channels.message import Button, Channel, Outbound
from bot.channels.sms.render import render
from bot.channels.sms.segments import segments
from bot.nlu.choosing import LANGUAGES, choose, placeholders
from bot.texts import Texts

TEXTS = Texts(Path(__file__).parents[3] / "data" / "responses", zone="Europe/Bucharest")
RESPONSES = sorted(TEXTS.responses)
ONE_SMS = 160
LONGEST_SENTENCE = 32  # words: a breath

Value = Callable[[str, str], str]  # of a language and a channel


def as_it_is(text: str) -> Value:
    return lambda _language, _channel: text


def named(romanian: str, english: str) -> Value:
    return lambda language, _channel: romanian if language == "ro" else english


def money(minor: int) -> Value:
    return lambda language, channel: wording.money(Money(minor), language, channel)


def change(minor: int) -> Value:
    return lambda language, channel: wording.change(Money(minor), language, channel)


def day(value: date) -> Value:
    return lambda language, channel: wording.day(value, language, channel)


def dated(value: date) -> Value:
    return lambda language, channel: wording.dated(value, language, channel)


def month(value: date) -> Value:
    return lambda language, channel: wording.month(value, language, channel)


def moment(value: datetime) -> Value:
    return lambda language, channel: wording.moment(value, language, channel)


def count(number: int, unit: str) -> Value:
    return lambda language, channel: wording.count(number, unit, language, channel)


def percent(basis_points: int) -> Value:
    return lambda language, channel: wording.percent(basis_points, language, channel)


def quantity(number: int) -> Value:
    return lambda language, channel: wording.quantity(number, "GB", language, channel)


def either(*values: Value) -> Value:
    return lambda language, channel: wording.listed(
        [value(language, channel) for value in values], language
    )


PLAN = named("Abonament TV Familie", "TV Family plan")
OTHER_PLAN = named("Abonament TV Esențial", "TV Essential plan")
DUE = date(2026, 12, 23)
OPENS = datetime(2026, 12, 23, 8, 30)  # noqa: DTZ001 - already local

# What usually stands there at its longest; names and numbers are those of the demo company.
SAMPLES: dict[str, Value] = {
    "above": quantity(12),
    "account": named("Acasă, Str. Lungă 12, Brașov", "Home, Str. Lunga 12, Brasov"),
    "agent": as_it_is("Maria Popescu"),
    "agreed": named("plătiți jumătate vineri, restul luni.", "half by Friday, the rest by Monday."),
    "allowance": quantity(50),
    "amount": money(14_550),
    "answer": named("Consumul este al dumneavoastră.", "The usage is yours."),
    "answer_by": day(DUE),
    "arranged": money(14_550),
    "balance": money(14_550),
    "change": change(2_550),
    "code": as_it_is("482913"),
    "company": as_it_is("Demo Telecom"),
    "cost": money(2_550),
    "credit": money(14_550),
    "credit_note": as_it_is("NC-2026-000045"),
    "credited": money(14_550),
    "date": day(DUE),
    "days": count(20, "day"),
    "difference": money(2_550),
    "due": day(DUE),
    "end": day(DUE),
    "extra": money(850),
    "fee": money(2_550),
    "first": named("suma de plată", "what you owe"),
    "invoice": as_it_is("DT-2026-000123"),
    "last": day(DUE),
    "last_day": day(DUE),
    "latest": day(DUE),
    "least": quantity(12),
    "left": quantity(22),
    "link": as_it_is("https://limpede.exemplu.ro/pay/3f2c9a7e51d84b60"),
    "minimum": money(10_000),
    "month": month(date(2026, 11, 1)),
    "monthly": money(1_350),
    "months": count(12, "month"),
    "most": quantity(22),
    "name": PLAN,
    "name_before": OTHER_PLAN,
    "names": either(PLAN, OTHER_PLAN),
    "new": PLAN,
    "new_total": money(14_550),
    "number": as_it_is("DT-2026-000123"),
    "old": OTHER_PLAN,
    "opens_day": day(DUE),
    "opens_time": lambda language, channel: wording.time_of_day(time(8, 30), language, channel),
    "option": named("Abonament TV Familie, 29,65 lei", "TV Family plan, 29.65 RON"),
    "options": named(
        "1 pentru Acasă, 2 pentru Birou, 3 pentru Atelier",
        "1 for Home, 2 for Office, 3 for Workshop",
    ),
    "other": month(date(2026, 10, 1)),
    "overdue": money(14_550),
    "part": money(4_850),
    "parts": count(4, "part"),
    "percent": percent(1_500),
    "place": as_it_is("12"),
    "plan": PLAN,
    "previous": money(14_550),
    "price": money(4_550),
    "price_before": money(4_550),
    "price_now": money(5_550),
    "product": lambda language, channel: (
        f"{PLAN(language, channel)}, {money(4_550)(language, channel)}"
    ),
    "rate_before": percent(1_900),
    "rate_now": percent(2_100),
    "rest": money(14_550),
    "second": named("plata mai târziu", "paying later"),
    "saving": money(2_550),
    "since": dated(date(2026, 11, 23)),
    "start": day(date(2026, 11, 23)),
    "suspends_on": day(DUE),
    "times": count(2, "time"),
    "topic": named("felul în care primiți factura", "another card or bank account"),
    "total": money(14_550),
    "tries": count(2, "try"),
    "unit": lambda language, channel: wording.measure("GB", language, channel),
    "until": moment(OPENS),
    "used": quantity(22),
    "words": named("cât am de plată luna asta", "how much do I owe this month"),
    "worth": money(14_550),
}
# The same name, another kind of value.
_CLAIM = as_it_is("CT-2026-000012")
_ONE_KEY = as_it_is("3")
_SHORT = lambda language, channel: wording.short_day(DUE, language, channel)  # noqa: E731
OF_ONE_RESPONSE: dict[tuple[str, str], Value] = {
    ("utter_ask_extension_date", "days"): either(
        day(date(2026, 12, 4)), day(date(2026, 12, 11)), day(DUE)
    ),
    ("utter_ask_instalments", "parts"): either(
        count(2, "part"), count(3, "part"), count(4, "part")
    ),
    ("utter_bill_line_days", "since"): _SHORT,
    ("utter_bill_line_days", "until"): _SHORT,
    ("utter_call_off_offer", "number"): _ONE_KEY,
    ("utter_or_add_ons", "number"): _ONE_KEY,
    ("utter_cause_promotion_ended", "until"): dated(date(2026, 11, 23)),
    ("utter_explain_closing", "difference"): change(2_550),
    ("utter_link_above_due", "due"): money(14_550),
    ("utter_notice_paid_in_part", "due"): money(14_550),
    ("utter_agreed_already", "name"): as_it_is("Maria Popescu"),
    ("utter_agreed_already_plain", "name"): as_it_is("Maria Popescu"),
    ("utter_verified", "name"): as_it_is("Alexandra"),
    ("utter_verified_go_on", "name"): as_it_is("Alexandra"),
    **{
        (name, "number"): _CLAIM
        for name in RESPONSES
        if "dispute" in name or name == "utter_confirm_withdraw"
    },
}

# Longer than one SMS in spite of all, and why.
LONGER_BY_SMS = {
    "utter_ask_language": "says it in both languages, so with diacritics in English too",
    "utter_callback_greeting": "said on the phone only",
    "utter_keys_for_all": "said on the phone only",
    "utter_queue_callback_no_number": "said on the phone only",
    "utter_queue_keys": "said on the phone only",
    "utter_voice_welcome": "said on the phone only",
    "utter_welcome_stranger": "said on Telegram only",
}

# Never read out: notices, codes and summaries go out as text; the rest belongs to a screen.
ON_SCREENS_ONLY = {
    *(name for name in RESPONSES if name.startswith(("utter_notice_", "utter_summary_"))),
    *("utter_sms_help", "utter_sms_started", "utter_sms_stopped"),
    *("utter_sms_code", "utter_sms_payment_link", "utter_payment_link", "utter_document"),
    *("utter_telegram_share_contact", "utter_welcome_stranger", "utter_ask_who"),
    *("utter_contact_not_own", "utter_contact_unknown", "utter_option", "utter_option_had"),
    *("utter_dispute_may_withdraw", "utter_change_line"),
    *(name for name in RESPONSES if name.startswith("utter_command_")),  # the menu of commands
}
_UNSPEAKABLE = re.compile(r"[^\w\s.,:;?!'’-]|\s-\s")
# A key or a place in line is read well; an amount, a date or a number of an invoice is not.
_FIGURE = re.compile(r"\d{3}|\d[.,:/-]\d|[^\W\d]\d|\d[^\W\d]")
_CAPITALS = re.compile(r"\b[^\W\d_a-zăâîșț]{2,}\b")
_SAID_BY_LETTER = {"SMS", "PIN", "TVA", "VAT", "TV"}
_ABBREVIATION = re.compile(r"\b(?:nr|dvs|dl|dna|str|tel|etc|max|min|e\.g|i\.e)\.(?=\s)")


def said(name: str, language: str, channel: str) -> str:
    """The response as it is sent or read out, with everyday values."""
    names = placeholders(choose(TEXTS.responses[name], language, channel))
    values = {
        each: OF_ONE_RESPONSE.get((name, each), SAMPLES[each])(language, channel) for each in names
    }
    words = TEXTS.say(name, language, channel, values)
    if channel != Channel.SMS:
        return words.text
    buttons = tuple(Button(title, token) for token, (title, _) in enumerate(words.choices) if title)
    [body] = render(Outbound(Channel.SMS, "+40722000001", words.text, language, buttons))
    return body


def fits(body: str, language: str) -> bool:
    """English in one part. Romanian keeps its diacritics (bot/channels/sms/render.py) and so
    takes up to three; 160 signs are the measure there too."""
    return segments(body) == 1 if language == "en" else len(body) <= ONE_SMS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in RESPONSES if name not in LONGER_BY_SMS])
def test_every_response_fits_one_sms_of_160_signs(name: str, language: str) -> None:
    body = said(name, language, Channel.SMS)
    assert fits(body, language), f"{len(body)}: {body}"


@pytest.mark.parametrize("name", LONGER_BY_SMS)
def test_an_exception_is_really_needed(name: str) -> None:
    bodies = {language: said(name, language, Channel.SMS) for language in LANGUAGES}
    assert not all(fits(body, language) for language, body in bodies.items())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in RESPONSES if name not in ON_SCREENS_ONLY])
def test_every_response_is_made_of_words_that_a_voice_reads_well(name: str, language: str) -> None:
    words = said(name, language, Channel.VOICE)
    assert _UNSPEAKABLE.findall(words) == []
    assert _FIGURE.findall(words) == []
    assert set(_CAPITALS.findall(words)) <= _SAID_BY_LETTER
    assert _ABBREVIATION.findall(words) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in RESPONSES if name not in ON_SCREENS_ONLY])
def test_no_sentence_is_longer_than_a_breath(name: str, language: str) -> None:
    sentences = re.split(r"(?<=[.?!])\s", said(name, language, Channel.VOICE))
    assert [each for each in sentences if len(each.split()) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize(
    ("words", "findings"),
    [
        ("Factura nr. 12", _ABBREVIATION),
        ("112,49 lei", _FIGURE),
        ("factura DT-2026-000123", _FIGURE),
        ("50GB", _FIGURE),
        ("Da / nu (acum)", _UNSPEAKABLE),
        ("3 nov - 5 nov", _UNSPEAKABLE),
        ("Răspundeți DA sau NU", _CAPITALS),
    ],
)
def test_what_a_voice_reads_badly_is_found(words: str, findings: re.Pattern[str]) -> None:
    assert findings.search(words)
