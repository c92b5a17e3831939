"""What is written of decided messages: each once, under one intent, in a fixed order?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.training_file import Example, in_yaml, plain, sorted_out, taught_in

TAUGHT = """
version: "3.1"
nlu:
- intent: check_balance
  metadata: {language: ro}
  examples: |
    - Cât am de plată?
    - sold
- synonym: fibra1000
  examples: |
    - fibra 1000
"""


@pytest.fixture
def taught(tmp_path: Path) -> dict[str, set[str]]:
    (tmp_path / "billing.yml").write_text(TAUGHT, encoding="utf-8")
    (tmp_path / "empty.yml").write_text('version: "3.1"\n', encoding="utf-8")
    return taught_in(tmp_path)


def balance(text: str) -> Example:
    return Example("check_balance", "ro", text)


def test_what_is_taught_or_listed_already_is_known(taught: dict[str, set[str]]) -> None:
    examples = [
        balance("cat am de plata ?"),
        balance("spuneți-mi suma"),
        balance("Spuneti-mi suma!"),
    ]
    result = sorted_out(examples, taught)
    assert result.new == [balance("spuneți-mi suma")]
    assert result.known == [balance("cat am de plata ?"), balance("Spuneti-mi suma!")]
    assert result.contradicting == []


def test_one_sentence_stands_under_one_intent(taught: dict[str, set[str]]) -> None:
    against_the_data = Example("greet", "ro", "sold")
    two_minds = [balance("și suma?"), Example("explain_bill", "ro", "si suma?")]
    result = sorted_out([against_the_data, *two_minds], taught)
    assert result.contradicting == [against_the_data, *two_minds]
    assert result.new == []


def test_a_synonym_is_no_example(taught: dict[str, set[str]]) -> None:
    about_a_plan = Example("ask_plan_info", "ro", "fibra 1000")
    assert sorted_out([about_a_plan], taught).new == [about_a_plan]


def test_blocks_are_sorted_by_intent_language_and_words() -> None:
    examples = [
        Example("view_bill", "ro", "factura"),
        Example("check_balance", "ro", "suma"),
        Example("check_balance", "en", "the sum"),
        Example("check_balance", "ro", "cât"),
    ]
    assert in_yaml(examples, ["From the desk."]) == (
        "# From the desk.\n"
        'version: "3.1"\n'
        "\n"
        "nlu:\n"
        "- intent: check_balance\n"
        "  metadata: {language: en}\n"
        "  examples: |\n"
        "    - the sum\n"
        "\n"
        "- intent: check_balance\n"
        "  metadata: {language: ro}\n"
        "  examples: |\n"
        "    - cât\n"
        "    - suma\n"
        "\n"
        "- intent: view_bill\n"
        "  metadata: {language: ro}\n"
        "  examples: |\n"
        "    - factura\n"
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("plata cu [card](vechi)", "plata cu card(vechi)"),
        ("/restart", "restart"),
        ("∕restart", "restart"),
        ("- și încă ceva: #1", "și încă ceva: #1"),
        ("două\u2028rânduri\x85și\x07 ton", "două rânduri și ton"),
        ("[]", ""),
    ],
)
def test_words_cannot_be_taken_for_more_than_words(said: str, written: str) -> None:
    assert plain(said) == written


@given(st.lists(st.text(), min_size=1))
def test_whatever_is_said_is_read_back(texts: list[str]) -> None:
    result = sorted_out([balance(text) for text in texts], {})
    if not result.new:
        return
    [block] = YAML(typ="safe").load(in_yaml(result.new, ["Test."]))["nlu"]
    lines = block["examples"].splitlines()
    assert lines == [f"- {plain(each.text)}" for each in sorted(result.new)]
