"""A hundred messages while the app, Rasa and their database connections are killed: every one is
answered once. The long run is `make storm`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.stack import Stack
from tests.faults.storm import SHORT, Plan, storm

SEED = 20261124


@pytest.mark.timeout(420)
async def test_whatever_is_killed_every_message_is_answered_once(tmp_path: Path) -> None:
    plan = Plan(SEED, conversations=12, messages=100, troubles=SHORT)
    async with Stack(tmp_path) as stack:
        result = await storm(stack, plan)
    assert not result.wrong
    assert (result.lost, result.doubled, result.out_of_order, result.overheard) == (0, 0, 0, 0)
    assert result.messages >= 80
    assert result.repeated > 0
    assert result.done == result.agreed > 0
    assert result.happened == SHORT
