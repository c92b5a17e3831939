"""Elena asks for a person; Maria at the desk sees everything, answers, grants what she may, and
hands back to a bot that knows what was agreed."""

from __future__ import annotations

import re

import pytest

from tests.journeys.people import Desk, Devices, Product

ROMANIAN = {
    "language": "ro",
    "cheaper": "vreau o reducere, e prea scump",
    "person": "vreau să vorbesc cu un om",
    "hello": "Bună ziua, Elena! Sunt Maria.",
    "words": "bună, Maria! îmi puteți face totuși o reducere?",
    "agreed": "10% reducere pentru 2 luni",
    "balance": "cât am de plată?",
    "discount": "reducere",
}
ENGLISH = {
    "language": "en",
    "cheaper": "I want a discount, it is too expensive",
    "person": "I want to talk to a person",
    "hello": "Hello Elena, this is Maria.",
    "words": "hi Maria! could you make it cheaper after all?",
    "agreed": "10% off for 2 months",
    "balance": "how much do I owe?",
    "discount": "discount",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_a_person_takes_over_and_hands_back(
    product: Product,
    devices: Devices,
    cast: dict[str, dict[str, str]],
    desk: Desk,
    script: dict[str, str],
) -> None:
    account = product.account(cast["elena"])
    held_before = len(product.billing(f"/accounts/{account}/grants")["grants"])
    elena, her_sms = devices.telegram("elena"), devices.sms("elena")
    elena.starts(script["language"])
    elena.proves(her_sms)
    elena.writes(script["cheaper"])
    elena.listens()
    assert len(product.billing(f"/accounts/{account}/grants")["grants"]) == held_before

    elena.writes(script["person"])
    elena.hears(r"coleg|colleague")
    line = desk.waiting_case()
    case = desk.get(f"/cases/{line['case_id']}")
    assert case["customer"]["name"] == cast["elena"]["name"]
    assert case["identity"]["level"] == "verified"
    assert case["reason"] == "asked"
    assert case["account"]["findings"] == []
    said = [message["text"] for message in case["messages"]]
    assert script["person"] in said
    assert not any(her_code(text) for text in said), "codes are not shown to agents"

    path = f"/cases/{line['case_id']}"
    assert desk.post(f"{path}/take").is_success
    assert desk.post(f"{path}/reply", text=script["hello"]).is_success
    elena.hears(re.escape(script["hello"]))
    elena.writes(script["words"])
    # Elena's words reach the agent; the bot says nothing to them.
    desk.sees(path, script["words"])
    assert [one for one in elena.new() if one.get("from") == "bot"] == []

    above = desk.post(f"{path}/grant", percent_bp=5000, months=24)
    assert above.status_code == 409
    assert above.json()["needs"] == "supervisor"
    within = desk.post(f"{path}/grant", percent_bp=1000, months=2)
    assert within.is_success, within.text
    grants = product.billing(f"/accounts/{account}/grants")["grants"]
    assert [one["granted_by"] for one in grants].count("Maria Ionescu") == 1

    assert desk.post(f"{path}/hand-back", outcome="resolved", agreed=script["agreed"]).is_success
    elena.hears(script["agreed"])
    elena.writes(script["balance"])
    elena.hears(script["discount"])
    elena.writes(script["cheaper"])
    elena.hears("10")


def test_of_two_agents_at_once_one_takes_the_case(
    devices: Devices, desk: Desk, other_desk: Desk
) -> None:
    devices.telegram("mihai").starts("ro")
    mihai = devices.telegram("mihai")
    mihai.writes("vreau un operator")
    mihai.hears("coleg")
    path = f"/cases/{desk.waiting_case()['case_id']}"
    assert other_desk.post(f"{path}/take").is_success
    late = desk.post(f"{path}/take")
    assert late.status_code == 409
    assert "Radu" in late.text
    assert desk.post(f"{path}/reply", text="salut").status_code == 409


def her_code(text: str) -> bool:
    return text.strip().isdigit() and len(text.strip()) == 6
