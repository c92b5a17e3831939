"""A file of conversations says what it means, or is refused with its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from limpede.settings import ROOT
from tests.conversations.format import Wrong, read
from tests.conversations.world import Case, cases

GOOD = """
- conversation: Ana asks what she owes
  who: ana
  on: telegram
  languages: [ro, en]
  steps:
    - says: {ro: cat am de plata, en: how much do i owe}
      waits_for: customer_number
    - does: proves
      hears: ["{due}", 2026-12-04]
"""
HEARS = 'hears: ["{due}", 2026-12-04]'
# Made by our server; nobody can say them.
NEVER_SAID = {"begin", "nlu_fallback"}


def test_a_good_file_is_read(tmp_path: Path) -> None:
    [conversation] = read(written(tmp_path, GOOD))
    assert conversation.languages == ["ro", "en"]
    assert conversation.steps[1].does == "proves"


@pytest.mark.parametrize(
    ("wrong", "instead_of", "complaint"),
    [
        ("whom: ana", "who: ana", "whom: Extra inputs are not permitted"),
        ("on: fax", "on: telegram", "on: Input should be"),
        ("haers: x", HEARS, "steps.2.haers: Extra inputs"),
        ("presses: Da\n      says: da", "does: proves", "a step is exactly one of"),
        ("hears: x", f"does: proves\n      {HEARS}", "a step is exactly one of"),
        ("keys: '1'", "does: proves", "keys is for the phone"),
        ("does: keeps silent", "does: proves", "nobody keeps silent on telegram"),
        ("says: {ro: salut}", "does: proves", "lacks a language"),
        ("steps: []\n  public:", "steps:", "steps: "),
        ("changes: {money: 1}", HEARS, "steps.2.changes.money: Extra"),
    ],
)
def test_a_wrong_word_is_refused_with_file_and_conversation(
    tmp_path: Path, wrong: str, instead_of: str, complaint: str
) -> None:
    assert instead_of in GOOD
    with pytest.raises(Wrong) as refused:
        read(written(tmp_path, GOOD.replace(instead_of, wrong)))
    assert "spoken.yml, conversation 1 (Ana asks what she owes)" in str(refused.value)
    assert complaint in str(refused.value)


@pytest.mark.parametrize("text", ["steps: 1", "- [", "", GOOD + GOOD])
def test_what_is_no_list_of_different_conversations_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Wrong, match=r"spoken\.yml"):
        read(written(tmp_path, text))


def test_a_chat_is_used_once_and_an_account_changed_last_between_two_foundings(
    tmp_path: Path,
) -> None:
    pays = "{says: da, changes: {arrangements: 1}}"
    lines = [
        ("ana", "sms", pays),
        ("ana", "sms", "{says: da}"),
        ("ana", "phone", "{says: da}"),
        ("ana", "telegram", pays),
        ("dan", "sms", "{later: P1D}"),
        ("dan", "telegram", "{says: da}"),
    ]
    text = "".join(
        f"- {{conversation: number {n} of all, who: {who}, on: {on}, steps: [{step}]}}\n"
        for n, (who, on, step) in enumerate(lines)
    )
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "all.yml").write_text(text)
    order = [int(case.script.conversation.split()[1]) for case in cases(tmp_path)]
    # First round: Ana's call, Dan's chat, Ana's change, Dan's clock; then her other two chats.
    assert order == [2, 5, 0, 4, 1, 3]


# --- what the files must cover ---


@pytest.fixture(scope="module")
def held() -> list[Case]:
    return cases(Path(__file__).parent)


@pytest.mark.parametrize("language", ["ro", "en"])
def test_every_intent_is_understood_somewhere(held: list[Case], language: str) -> None:
    understood = {
        step.understood for case in held if case.language == language for step in case.script.steps
    }
    assert intents() - understood - NEVER_SAID == set()


def test_every_behaviour_is_shown_on_every_channel(held: list[Case]) -> None:
    groups = {case.group for case in held}
    assert groups == {
        "cancellations",
        "corrections",
        "digressions",
        "guards",
        "happy_path",
        "invalid_input",
        "out_of_scope",
        "repair",
    }
    for group in groups:
        channels = {case.script.on for case in held if case.group == group}
        assert channels == {"telegram", "sms", "phone"}, group


def intents() -> set[str]:
    domain = YAML(typ="safe", pure=True).load(ROOT / "domain.yml")
    return {name for intent in domain["intents"] for name in intent}


def written(folder: Path, text: str) -> Path:
    file = folder / "spoken.yml"
    file.write_text(text)
    return file
