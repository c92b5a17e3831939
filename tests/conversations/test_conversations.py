"""Every conversation of the files beside this one is held with the running product."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from limpede.postgres import EmbeddedPostgres
from tests.conversations.inside import Inside
from tests.conversations.player import Talk
from tests.conversations.world import Case, World, cases
from tests.journeys.people import Product

CASES = cases(Path(__file__).parent)


@pytest.fixture(scope="session")
def world(running: Product) -> World:
    return World(running)


@pytest.fixture(scope="session")
def inside(running: Product) -> Iterator[Inside]:
    with contextlib.closing(Inside(EmbeddedPostgres(running.var / "postgres").start())) as found:
        yield found


@pytest.fixture(scope="session")
def everybody(running: Product) -> dict[str, dict[str, str]]:
    """The people of the demo; always the same, whenever it was founded."""
    return running.cast()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_conversation(
    case: Case, world: World, inside: Inside, everybody: dict[str, dict[str, str]]
) -> None:
    world.ready_for(case.script)
    Talk(world.product, inside, everybody, case).hold()
