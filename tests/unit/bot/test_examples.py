"""Is nobody found by a training example, and does the rest of it stay as it was said?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.examples import example_of


@pytest.mark.parametrize(
    ("said", "published"),
    [
        # telephone numbers and addresses, also spelled out
        ("sunați-mă la 0722 100 201", "sunați-mă la 0700 000 000"),
        ("my number is +40722100201.", "my number is 0700 000 000."),
        ("zero șapte doi doi unu zero zero doi zero unu", "0700 000 000"),
        ("scrieți la Ana.Pop@firma.ro, vă rog", "scrieți la nume@exemplu.ro, vă rog"),
        ("ana arond firma punct ro", "nume@exemplu.ro"),
        # customer and invoice numbers
        ("sunt clientul 10000003", "sunt clientul 12345678"),
        ("clientul 10 000 003", "clientul 12 345 678"),
        ("factura DT-2026-000123", "factura DT-1234-567890"),
        ("factura 3321 e greșită", "factura 1234 e greșită"),
        ("invoice 88213", "invoice 12345"),
        # sums to the ban
        ("de ce 112,49 lei?", "de ce 123,45 lei?"),
        ("am plătit 1.245,50 lei", "am plătit 1.234,56 lei"),
        # days with their year, which may be a birthday
        ("născut pe 24.11.1985", "născut pe 01.02.2026"),
        ("from 2026-11-24", "from 2026-02-01"),
        # codes and passwords, whatever their length
        ("pinul meu e 1200", "pinul meu e 1234"),
        ("codul este 4 8 2 1", "codul este 1 2 3 4"),
        ("pinul e unu doi zero zero", "pinul e 1234"),
        ("doi unu trei patru șase șase doi zero opt trei", "1 2 3 4 5 6 7 8 9 0"),
        ("cvv 737", "cvv 123"),
        ("parola mea este pisica99", "parola mea este parola1"),
        ("patru unu trei patru nouă șase doi", "1234567"),
        ("cardul 4111 1111 1111 1111", "cardul [card]"),
        # names
        ("Bună, sunt Ana Popa și vreau factura", "Bună, sunt Popescu și vreau factura"),
        ("ma numesc ana popa", "ma numesc Popescu"),
        ("mă numesc Ana și am o problemă", "mă numesc Popescu și am o problemă"),
        ("My name is John Smith", "My name is Popescu"),
        ("doamna Ionescu mi-a promis", "doamna Popescu mi-a promis"),
        # one line
        ("bună\n\n cât am de plată ?", "bună cât am de plată ?"),
    ],
)
def test_nobody_is_found_by_an_example(said: str, published: str) -> None:
    assert example_of(said) == published


@pytest.mark.parametrize(
    "harmless",
    [
        "vreau fibra 1000 în loc de fibra 300",
        "plătesc pe 15 decembrie, în 3 rate de 50 de lei",
        "peste 10-15 zile, pe 15.12",
        "factura din 11.2026",
        "toate facturile din 2025",
        "contorul arată 1200",
        "parola e greșită",
        "numele meu e scris greșit la voi",
        "sunt client nou",
        "nouă ne-a venit de două ori",
        "",
    ],
)
def test_what_tells_the_meaning_stays(harmless: str) -> None:
    assert example_of(harmless) == harmless


def test_the_customers_own_name_is_taken_out_wherever_it_stands() -> None:
    said = "factura e pe ELENA DINU, nu pe Dînu Elena, și nu pe fiul"
    assert example_of(said, ["Elena Dinu"]) == "factura e pe Popescu, nu pe Popescu, și nu pe fiul"


@given(st.integers(10**8, 10**13), st.sampled_from(["", " ", "-", "."]), st.integers(2, 5))
def test_no_long_number_is_published(number: int, gap: str, group: int) -> None:
    digits = str(number)
    written = gap.join(digits[at : at + group] for at in range(0, len(digits), group))
    published = re.sub(r"\D", "", example_of(f"nr {written}, vă rog"))
    assert published != digits or digits in "12345678901234"


PIECES = """sunt|mă numesc|Ana|Pop|0722|0|123 456|12.03.1985|-|pin|cod|parola e|ana@x.ro|unu|doi
zero|nouă|1200|2026|.|,|RO49|/|domnul""".replace("\n", "|").split("|")


@given(st.lists(st.sampled_from(PIECES), max_size=7))
def test_doing_it_twice_changes_nothing(pieces: list[str]) -> None:
    once = example_of(" ".join(pieces))
    assert example_of(once) == once
