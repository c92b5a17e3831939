"""A vulnerability is fixed, or accepted with a reason and an end."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from tools import audit

TODAY = date(2026, 11, 25)
# The shape in which pip-audit answers: one package in order, one with two advisories.
ANSWER: dict[str, Any] = {
    "dependencies": [
        {"name": "httpx", "version": "0.28.1", "vulns": []},
        {
            "name": "Sanic_Routing",
            "version": "0.7.2",
            "vulns": [
                {"id": "GHSA-1", "fix_versions": ["1.0"], "aliases": [], "description": "x"},
                {"id": "PYSEC-2", "fix_versions": [], "aliases": [], "description": "y"},
            ],
        },
        {"name": "local", "skip_reason": "not on the index"},
    ],
    "fixes": [],
}
FOUND = audit.Vulnerable("rasa", "sanic-routing", "0.7.2", ("GHSA-1", "PYSEC-2"), ("1.0",))


def accepting(package: str, *, environment: str = "rasa", until: date = TODAY) -> audit.Accepted:
    return audit.Accepted(environment, frozenset({package}), until, "pinned", "loopback")


def test_only_what_has_an_advisory_is_found() -> None:
    assert list(audit.vulnerable("rasa", ANSWER)) == [FOUND]


def test_what_nobody_accepted_is_told_with_its_fix() -> None:
    [problem] = audit.judged([FOUND], [accepting("sanic")], TODAY)
    assert problem == "rasa: sanic-routing 0.7.2 has GHSA-1, PYSEC-2; fixed in 1.0"


@pytest.mark.parametrize(
    ("exception", "problems"),
    [
        (accepting("sanic-routing"), 0),
        (accepting("sanic-routing", environment="app"), 1),  # accepted elsewhere
        (accepting("sanic-routing", until=date(2026, 11, 24)), 1),  # until yesterday
    ],
)
def test_an_exception_holds_for_its_environment_until_its_day(
    exception: audit.Accepted, problems: int
) -> None:
    assert len(audit.judged([FOUND], [exception], TODAY)) == problems


@pytest.mark.parametrize("missing", ["why", "shield"])
def test_an_exception_without_a_reason_is_none(missing: str) -> None:
    fields = {"why": "pinned", "shield": "loopback", missing: ""}
    text = '[[exception]]\nenvironment = "app"\npackages = ["x"]\nuntil = 2027-01-01\n' + "".join(
        f'{name} = "{value}"\n' for name, value in fields.items()
    )
    with pytest.raises(ValueError, match="say which environment"):
        audit.accepted(text)


def test_every_package_that_is_accepted_is_one_of_ours() -> None:
    """An exception for what is not installed any more would hide its return."""
    exceptions = audit.accepted(audit.EXCEPTIONS.read_text(encoding="utf-8"))
    for exception in exceptions:
        lock = tomllib.loads(
            (audit.ENVIRONMENTS[exception.environment] / "uv.lock").read_text(encoding="utf-8")
        )
        assert exception.packages <= {package["name"] for package in lock["package"]}
