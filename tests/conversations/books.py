"""What of an account's books changed between two moments, as the billing API shows them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from billing_backend.money import Money
from tests.conversations.facts import Facts
from tests.conversations.format import Books, Changes
from tests.journeys.people import Product

_KEYS: Mapping[str, str] = {
    "arrangements": "arrangement_id",
    "disputes": "number",
    "credit_notes": "number",
    "grants": "grant_id",
    "scheduled": "change_id",
    "refunds": "reference",
}
LISTED = get_args(Books)

Snapshot = dict[str, Any]


def snapshot(product: Product, account: str | None) -> Snapshot:
    """All that a conversation could change, by name; nothing of a stranger."""
    if account is None:
        return {}

    def read(path: str) -> Any:
        return product.billing(f"/accounts/{account}/{path}")

    services, balance = read("services"), read("balance")
    books = {
        "arrangements": read("arrangements")["arrangements"],
        "disputes": read("disputes")["disputes"],
        "credit_notes": read("credit-notes")["credit_notes"],
        "grants": read("grants")["grants"],
        "scheduled": services["scheduled"],
        "refunds": [_without_progress(each) for each in read("refunds")["refunds"]],
    }
    by_key = {
        name: {each[_KEYS[name]]: each for each in entries} for name, entries in books.items()
    }
    return {
        **by_key,
        "plan": (services["plan"] or {}).get("code"),
        "add_ons": sorted(each["code"] for each in services["add_ons"]),
        "cancelled_on": services["cancelled_on"],
        "due": balance["due"]["minor"],
        "credit": balance["credit"]["minor"],
    }


def _without_progress(refund: dict[str, Any]) -> dict[str, Any]:
    """A refund is sent in the background: its state changes by itself."""
    return {key: refund[key] for key in ("reference", "amount", "method")}


def nothing_changed(before: Snapshot, after: Snapshot) -> None:
    changed = [name for name in before if before[name] != after[name]]
    assert not changed, "without being asked to, it changed " + ", ".join(
        f"{name}: {before[name]} to {after[name]}" for name in changed
    )


def changed_so(wanted: Changes, before: Snapshot, after: Snapshot, facts: Facts) -> None:
    """What should change did, and nothing else did."""
    for name in LISTED:
        _listed_so(name, getattr(wanted, name), before[name], after[name], facts)
        gone = before[name].keys() - after[name].keys()
        expected = wanted.gone.count(name)
        assert len(gone) == expected, f"{name}: {len(gone)} gone, not {expected}"
    _stands(after, before, "plan", wanted.plan)
    _stands(after, before, "add_ons", sorted(wanted.add_ons) if wanted.add_ons else wanted.add_ons)
    _stands(after, before, "cancelled_on", _day(wanted.cancelled_on, facts))
    if wanted.due is not None:
        assert _matches(wanted.due, {"minor": after["due"], "currency": "RON"}, facts), (
            f"now owed: {after['due']}, not {wanted.due}"
        )


def _listed_so(
    name: str,
    wanted: int | list[dict[str, Any]],
    before: dict[str, Any],
    after: dict[str, Any],
    facts: Facts,
) -> None:
    new = [entry for key, entry in after.items() if before.get(key) != entry]
    count = wanted if isinstance(wanted, int) else len(wanted)
    assert len(new) == count, f"{name}: {count} should be new or different, but: {new}"
    for entry in wanted if isinstance(wanted, list) else ():
        fits = [one for one in new if all(_matches(v, one[k], facts) for k, v in entry.items())]
        assert fits, f"{name}: nothing new is {entry}, but: {new}"


def _stands(after: Snapshot, before: Snapshot, name: str, wanted: Any) -> None:
    expected = before[name] if wanted is None else wanted
    if wanted == "never":
        expected = None
    assert after[name] == expected, f"{name} is {after[name]}, not {expected}"


def _day(wanted: Any, facts: Facts) -> str | None:
    if wanted is None or wanted == "never":
        return wanted
    return str(facts.value(wanted) if isinstance(wanted, str) else wanted)


def _matches(wanted: Any, found: Any, facts: Facts) -> bool:
    value = facts.value(wanted) if isinstance(wanted, str) else None
    match value:
        case Money():
            return bool(found == {"minor": value.minor, "currency": value.currency})
        case None:
            return str(wanted) == str(found)
    return str(value) == str(found)
