"""Whoever measures how long a comparison takes must not learn a secret letter by letter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from limpede.settings import ROOT

SECRETS = frozenset({"token", "secret", "signature", "digest", "password", "csrf", "pin", "key"})
# Named like one and none: the name of a response or an idempotency key, known to everybody.
HARMLESS = frozenset({"key", "charge_key"})
# Where somebody outside shows a proof of ours. (Twilio's and Stripe's are checked by their own
# libraries.)
PROOFS = (
    "billing_backend/api/security.py",
    "billing_backend/documents/links.py",
    "billing_backend/identity/secrets.py",
    "bot/actions/endpoint.py",
    "bot/channels/telegram/webhook.py",
    "bot/deep_links.py",
    "bot/nlu/channel.py",
    "handoff/desk/signing_in.py",
    "limpede/health.py",
)


def compared_plainly(source: str) -> Iterator[str]:
    """The comparisons by == or != in which a side is named like a secret."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        by_equals = any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        if by_equals and not any(map(_says_nothing, sides)) and any(map(_is_secret, sides)):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def _says_nothing(side: ast.expr) -> bool:
    """A literal, or a column: the database looks a hash or a random token up in its index."""
    if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name):
        return side.value.id[:1].isupper()
    return isinstance(side, ast.Constant)


def _is_secret(side: ast.expr) -> bool:
    name = side.attr if isinstance(side, ast.Attribute) else getattr(side, "id", "")
    # In capitals: a constant of ours, such as a length.
    return name not in HARMLESS and not name.isupper() and not SECRETS.isdisjoint(name.split("_"))


@pytest.mark.parametrize(
    "source", ["given == self._token", "csrf != expected", "api_key == row.shown"]
)
def test_the_check_sees_what_it_is_for(source: str) -> None:
    assert list(compared_plainly(source))


@pytest.mark.parametrize(
    "source",
    ["hmac.compare_digest(given, token)", "Row.token == token", 'expects == "pin"', "pin is None"],
)
def test_the_check_lets_pass_what_tells_nothing(source: str) -> None:
    assert not list(compared_plainly(source))


@pytest.mark.parametrize("room", ["bot", "handoff", "billing_backend", "limpede"])
def test_no_secret_is_compared_with_equals(room: str) -> None:
    found = [
        f"{file.relative_to(ROOT)} {line}"
        for file in sorted((ROOT / room).rglob("*.py"))
        if ".venv" not in file.parts
        for line in compared_plainly(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("file", PROOFS)
def test_every_proof_is_compared_in_constant_time(file: str) -> None:
    """However the two sides are named."""
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    assert "hmac.compare_digest" in calls
