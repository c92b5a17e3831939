"""Are plans and add-ons recognised by any of their names, with slips of the pen?"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.nlu.catalogue_names import CatalogueNames
from bot.nlu.reading import read

ROOT = Path(__file__).parents[3]
_BLOCKS = YAML(typ="safe").load(ROOT / "data" / "nlu" / "plans.yml")["nlu"]
NAMES = {
    line.removeprefix("- ").strip(): block["synonym"]
    for block in _BLOCKS
    for line in block["examples"].splitlines()
}


def named(text):
    return [found.value for found in CatalogueNames(NAMES).find(read(text))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("vreau Fibră 1000", "INTERNET_1000"),
        ("trec pe fibra 500 de luna viitoare", "INTERNET_500"),
        ("fbra 300", "INTERNET_300"),
        ("put me on fibre 1000", "INTERNET_1000"),
        ("cat costa mobil 50 gb", "MOBILE_50"),
        ("the 200 gig plan please", "MOBILE_200"),
        ("scoateti pachetul sprot", "SPORT"),
        ("add the moive channels", "FILMS"),
        ("renunț la protecția online", "SAFE_NET"),
        ("onlien protection", "SAFE_NET"),
        ("opțiunea de roaming", "ROAMING"),
        ("tv familie", "TV_FAMILY"),
    ],
)
def test_a_name_is_found(text, code):
    assert named(text) == [code]


@pytest.mark.parametrize(
    "text", ["fibră 400", "am consumat 10 gb", "internet", "factura de 500 de lei", "sport", ""]
)
def test_figures_are_not_guessed_and_everyday_words_are_no_plans(text):
    assert named(text) == []


def test_two_plans_in_a_message_are_two():
    assert named("diferența dintre fibra 300 și fibra 1000") == ["INTERNET_300", "INTERNET_1000"]


def test_where_two_plans_fit_equally_none_is_guessed():
    names = CatalogueNames({"planul mare": "A", "planul mere": "B"})
    assert names.find(read("planul mire")) == []


def test_the_demo_catalogue_is_covered_and_nothing_else():
    catalogue = json.loads(
        (ROOT / "billing_backend" / "demo" / "catalogue.json").read_text(encoding="utf-8")
    )
    sold = {each["code"] for each in catalogue["products"] if each["kind"] in ("plan", "add_on")}
    assert set(NAMES.values()) == sold


@given(st.text())
def test_any_text_can_be_read(text):
    named(text)
