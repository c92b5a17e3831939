"""A company stands its own billing system behind the assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from billing_backend.contract import Billing
from limpede.app import Parts, build
from limpede.settings import Settings, SettingsWrong

DATABASE = "postgresql://nobody@127.0.0.1/none"


class TheirBilling:
    """Stands for a billing system of somebody else."""


def make() -> Billing:
    return cast(Billing, TheirBilling())


def settings(tmp_path: Path, billing: str | None) -> Settings:
    return Settings(var=tmp_path, database_url=DATABASE, billing=billing)


class NeverClosing:
    now = False


def paths(app: Any) -> set[str]:
    return set(app.openapi()["paths"])


def test_it_is_asked_and_the_built_in_one_does_not_run_beside_it(tmp_path: Path) -> None:
    theirs = settings(tmp_path, f"{__name__}:make")
    assert isinstance(Parts(theirs).billing, TheirBilling)
    assert Parts(theirs).built_in is None

    with_theirs, with_ours = (
        paths(build(each, cast(Any, NeverClosing()))) for each in (theirs, settings(tmp_path, None))
    )
    assert any(path.startswith("/api/billing/v1/") for path in with_ours)
    assert not any(path.startswith("/api/billing/v1/") for path in with_theirs)
    assert any(path.startswith("/desk/api/") for path in with_theirs)


@pytest.mark.parametrize("name", ["nowhere:make", f"{__name__}:nothing", "", "a.b", ":make"])
def test_a_name_that_names_nothing_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsWrong, match="LIMPEDE_BILLING"):
        Parts(settings(tmp_path, name))


def test_the_demo_is_the_built_in_billings(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="LIMPEDE_BILLING"):
        settings(tmp_path, f"{__name__}:make").with_demo()
