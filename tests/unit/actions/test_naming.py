"""Which plan is named, however it is typed?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.catalogue.models import Product
from billing_backend.demo.company import Company, with_catalogue
from bot.actions import naming

NAMES = {
    row["code"]: tuple(row["name"].values())
    for row in with_catalogue(Company(date(2026, 11, 24), "RON")).rows[Product]
    if row["kind"] != "usage"
}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("vreau abonamentul mobil de 50 GB", "MOBILE_50"),
        ("treceti-ma pe zece giga", "MOBILE_10"),
        ("the two hundred GB plan", "MOBILE_200"),
        ("fibra 500", "INTERNET_500"),
        ("fibra 1000 va rog", "INTERNET_1000"),
        ("Fibre 300", "INTERNET_300"),
        ("tv familie", "TV_FAMILY"),
        ("pachetul familei la televizor", "TV_FAMILY"),
        ("esential tv", "TV_BASIC"),
        ("adaugati-mi sportul", "SPORT"),
        ("pachetul cu filme", "FILMS"),
        ("the films package", "FILMS"),
        ("roming extra", "ROAMING"),
        ("protectia online", "SAFE_NET"),
        ("routerul wifi", "WIFI_ROUTER"),
    ],
)
def test_names_are_known_with_typos_without_diacritics_and_inflected(said: str, meant: str) -> None:
    assert naming.the_only(said, NAMES) == meant


@pytest.mark.parametrize(
    "said",
    [
        "vreau alt abonament",
        "un abonament mobil",
        "ce abonament am?",
        "I want another plan",
        "internet",
        "cat am de plata?",
        "da",
        "",
    ],
)
def test_words_that_many_names_share_name_nothing(said: str) -> None:
    assert naming.the_only(said, NAMES) is None


def test_two_that_are_named_alike_are_both_possible() -> None:
    assert set(naming.named("10 GB sau 50 GB", NAMES)) == {"MOBILE_10", "MOBILE_50"}


def test_a_word_goes_before_one_that_looks_like_it() -> None:
    accounts = {1: ("Acasă",), 2: ("Casa de vacanță",)}
    assert naming.the_only("casa de vacanta", accounts) == 2
    assert naming.the_only("acasa", accounts) == 1


@pytest.mark.parametrize("said", ["cat am de plata", "how much do i owe"])
def test_the_smallest_words_choose_nothing(said: str) -> None:
    reasons = {1: ("Nu mai am nevoie", "No longer needed"), 2: ("Mă mut", "I'm moving")}
    assert naming.the_only(said, reasons, naming.ENOUGH_OF_A_CHOICE) is None


@given(st.text())
def test_no_text_breaks_it_and_what_it_names_is_there(said: str) -> None:
    assert set(naming.named(said, NAMES)) <= set(NAMES)


@given(st.sampled_from(sorted(NAMES)), st.integers(0, 1))
def test_every_name_names_itself(code: str, language: int) -> None:
    assert naming.the_only(NAMES[code][language], NAMES) == code


@pytest.mark.parametrize("said", ["mai simplu", "mai tarziu", "pentru mine", "more of the same"])
def test_a_word_for_more_is_no_name_even_if_a_single_title_has_it(said: str) -> None:
    titles = {1: ["Mai ieftin"], 2: ["Cheaper for me"]}
    assert naming.the_only(said, titles, naming.ENOUGH_OF_A_CHOICE) is None
    assert naming.the_only("ceva mai ieftin", titles, naming.ENOUGH_OF_A_CHOICE) == 1
