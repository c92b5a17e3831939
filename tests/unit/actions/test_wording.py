"""How figures are put for people: tables of examples."""

from datetime import date, datetime, time

import pytest

from billing_backend.money import Money
from bot import wording


@pytest.mark.parametrize(
    ("minor", "romanian", "english"),
    [
        (0, "zero lei", "zero lei"),
        (1, "un ban", "one ban"),
        (100, "un leu", "one leu"),
        (200, "doi lei", "two lei"),
        (1900, "nouăsprezece lei", "nineteen lei"),
        (2000, "douăzeci de lei", "twenty lei"),
        (4550, "patruzeci și cinci de lei și cincizeci de bani", "forty-five lei and fifty bani"),
        (10100, "o sută unu lei", "one hundred and one lei"),
        (12100, "o sută douăzeci și unu de lei", "one hundred and twenty-one lei"),
        (100_000, "o mie de lei", "one thousand lei"),
        (2_100_000, "douăzeci și una de mii de lei", "twenty-one thousand lei"),
        (-500, "minus cinci lei", "minus five lei"),
    ],
)
def test_amounts_are_said_in_words(minor: int, romanian: str, english: str) -> None:
    assert wording.money(Money(minor), "ro", "voice") == romanian
    assert wording.money(Money(minor), "en", "voice") == english


@pytest.mark.parametrize("channel", ["telegram", "sms"])
def test_amounts_are_written_in_figures_as_each_language_writes_them(channel: str) -> None:
    assert wording.money(Money(123_450), "ro", channel) == "1.234,50 lei"
    assert wording.money(Money(123_450), "en", channel) == "1,234.50 RON"
    assert wording.money(Money(50, "EUR"), "ro", channel) == "0,50 euro"


def test_what_is_taken_off_has_a_minus_that_an_sms_can_carry_cheaply() -> None:
    assert wording.money(Money(-1500), "ro", "telegram") == "−15,00 lei"
    assert wording.money(Money(-1500), "en", "sms") == "-15.00 RON"
    assert wording.change(Money(-1500), "en", "sms") == "-15.00 RON"


def test_a_currency_without_words_is_still_said() -> None:
    assert wording.money(Money(250, "CHF"), "en", "voice") == "two CHF and fifty"


def test_a_difference_carries_its_sign() -> None:
    assert wording.change(Money(2000), "ro", "telegram") == "+20,00 lei"
    assert wording.change(Money(-2000), "ro", "telegram") == "−20,00 lei"
    assert wording.change(Money(2000), "ro", "voice") == "douăzeci de lei în plus"
    assert wording.change(Money(-2000), "en", "voice") == "twenty lei less"


@pytest.mark.parametrize(
    ("day", "language", "channel", "expected"),
    [
        (date(2026, 12, 4), "ro", "telegram", "vineri, 4 decembrie"),
        (date(2026, 12, 4), "en", "telegram", "Friday, 4 December"),
        (date(2026, 12, 4), "ro", "sms", "vin 4 dec"),
        (date(2026, 12, 4), "en", "sms", "Fri 4 Dec"),
        (date(2026, 12, 4), "ro", "voice", "vineri patru decembrie"),
        (date(2026, 12, 1), "ro", "voice", "marți întâi decembrie"),
        (date(2026, 12, 4), "en", "voice", "Friday the fourth of December"),
    ],
)
def test_days_near_today(day: date, language: str, channel: str, expected: str) -> None:
    assert wording.day(day, language, channel) == expected


def test_days_far_back_have_their_year_and_months_only_where_there_is_room() -> None:
    assert wording.dated(date(2025, 8, 1), "ro", "telegram") == "1 august 2025"
    assert wording.dated(date(2025, 8, 1), "en", "voice") == "the first of August"
    assert wording.month(date(2026, 11, 1), "ro", "telegram") == "noiembrie 2026"
    assert wording.month(date(2026, 11, 1), "en", "sms") == "November"


def test_a_moment_has_its_time_of_day() -> None:
    local = datetime(2026, 12, 4, 14, 5)  # noqa: DTZ001 - already local
    assert wording.moment(local, "ro", "telegram") == "vineri, 4 decembrie, ora 14:05"
    assert wording.moment(local, "en", "sms") == "Fri 4 Dec, 14:05"
    spoken = "vineri patru decembrie, ora paisprezece și cinci minute"
    assert wording.moment(local, "ro", "voice") == spoken
    spoken = "Friday the fourth of December at two oh five in the afternoon"
    assert wording.moment(local, "en", "voice") == spoken


@pytest.mark.parametrize(
    ("at", "romanian", "english"),
    [
        (time(0, 30), "zero și treizeci de minute", "twelve thirty in the morning"),
        (time(1), "una", "one o'clock in the morning"),
        (time(9), "nouă", "nine o'clock in the morning"),
        (time(12, 1), "douăsprezece și un minut", "twelve oh one in the afternoon"),
        (time(18, 15), "optsprezece și cincisprezece minute", "six fifteen in the evening"),
        (time(22), "douăzeci și două", "ten o'clock at night"),
    ],
)
def test_a_time_of_day_is_said_in_words(at: time, romanian: str, english: str) -> None:
    assert wording.time_of_day(at, "ro", "voice") == romanian
    assert wording.time_of_day(at, "en", "voice") == english
    assert wording.time_of_day(time(9), "ro", "sms") == "9:00"


@pytest.mark.parametrize(
    ("number", "measure", "written", "romanian", "english"),
    [
        (1, "GB", "1 GB", "un gigabait", "one gigabyte"),
        (10, "GB", "10 GB", "zece gigabaiți", "ten gigabytes"),
        (22, "GB", "22 GB", "douăzeci și doi de gigabaiți", "twenty-two gigabytes"),
        (2, "min", "2 min", "două minute", "two minutes"),
        (3, "kWh", "3 kWh", "trei kWh", "three kWh"),  # a unit of a company's own
    ],
)
def test_usage_is_said_in_words(
    number: int, measure: str, written: str, romanian: str, english: str
) -> None:
    assert wording.quantity(number, measure, "ro", "sms") == written
    assert wording.quantity(number, measure, "ro", "voice") == romanian
    assert wording.quantity(number, measure, "en", "voice") == english
    assert wording.measure("GB", "ro", "voice") == "gigabait"
    assert wording.measure("GB", "ro", "telegram") == "GB"


@pytest.mark.parametrize(
    ("number", "unit", "written", "romanian", "english"),
    [
        (1, "month", "1 lună", "o lună", "one month"),
        (2, "month", "2 luni", "două luni", "two months"),
        (12, "month", "12 luni", "douăsprezece luni", "twelve months"),
        (1, "minute", "1 minut", "un minut", "one minute"),
        (2, "minute", "2 minute", "două minute", "two minutes"),
        (21, "minute", "21 de minute", "douăzeci și unu de minute", "twenty-one minutes"),
        (21, "day", "21 de zile", "douăzeci și una de zile", "twenty-one days"),
        (101, "day", "101 zile", "o sută una zile", "one hundred and one days"),
        (2, "try", "2 încercări", "două încercări", "two tries"),
    ],
)
def test_counts_agree_with_their_noun(
    number: int, unit: str, written: str, romanian: str, english: str
) -> None:
    assert wording.count(number, unit, "ro", "sms") == written
    assert wording.count(number, unit, "ro", "voice") == romanian
    assert wording.count(number, unit, "en", "voice") == english


def test_percentages() -> None:
    assert wording.percent(1500, "ro", "telegram") == "15%"
    assert wording.percent(1250, "ro", "telegram") == "12,5%"
    assert wording.percent(1250, "en", "voice") == "twelve point five percent"
    assert wording.percent(1000, "ro", "voice") == "zece la sută"


def test_alternatives_are_joined_as_in_a_sentence() -> None:
    assert wording.listed([], "ro") == ""
    assert wording.listed(["luni"], "ro") == "luni"
    assert wording.listed(["luni", "marți", "joi"], "ro") == "luni, marți sau joi"
    assert wording.listed(["Monday", "Friday"], "en") == "Monday or Friday"
