"""Can a script start afresh, move time, and learn who is there?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

ANA, ANA_PHONE = 1001, "+40700000001"
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


async def test_time_moves_by_a_duration_and_what_is_due_then_runs(world: World) -> None:
    answer = await world.post("clock", {"advance": "PT16M"})

    assert answer.json() == {"now": "2026-11-24T10:16:00+00:00"}
    assert (await world.api.get("/simulator/clock")).json() == answer.json()
    assert world.business.moves == [NOON + timedelta(minutes=16)]


async def test_time_moves_to_a_moment_in_any_zone(world: World) -> None:
    answer = await world.post("clock", {"to": "2026-12-01T09:00:00+02:00"})

    assert answer.json() == {"now": "2026-12-01T07:00:00+00:00"}


@pytest.mark.parametrize(
    ("wish", "status", "sentence"),
    [
        ({}, 422, "give either"),
        ({"advance": "PT1M", "to": "2026-12-01T09:00:00+02:00"}, 422, "give either"),
        ({"to": "2026-12-01T09:00:00"}, 422, "timezone"),  # which nine o'clock?
        ({"advance": "tomorrow"}, 422, "timedelta"),
        ({"advance": "-PT1M"}, 409, "only goes forward"),
        ({"to": "2026-11-24T09:59:59Z"}, 409, "only goes forward"),
        ({"advance": "P9999999D"}, 422, "that far"),
    ],
)
async def test_a_senseless_move_is_refused_and_time_stays(
    world: World, wish: dict[str, str], status: int, sentence: str
) -> None:
    answer = await world.post("clock", wish)

    assert answer.status_code == status
    assert sentence in answer.json()["detail"]
    assert world.clock.now() == NOON


async def test_a_reset_empties_the_devices_and_begins_at_the_present(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "salut"})
    await world.post(f"sms/{ANA_PHONE}/send", {"text": "STOP"})
    await world.post("faults", {"channel": "sms", "kind": "blocked"})
    await world.post("clock", {"advance": "P7D"})
    before = (await world.api.get(f"/simulator/telegram/{ANA}/messages")).json()

    assert (await world.post("reset")).status_code == 200

    after = (await world.api.get(f"/simulator/telegram/{ANA}/messages")).json()
    phone = (await world.api.get(f"/simulator/sms/{ANA_PHONE}/messages")).json()
    assert world.business.resets == [NOON]
    assert after["messages"] == []
    assert after["life"] != before["life"]
    assert (phone["messages"], phone["opted_out"]) == ([], False)
    assert (await world.api.get("/simulator/faults")).json() == {"faults": []}


async def test_a_reset_can_begin_at_a_chosen_moment(world: World) -> None:
    answer = await world.post("reset", {"at": "2026-03-02T09:00:00+02:00"})

    assert answer.json() == {"now": "2026-03-02T07:00:00+00:00"}
    assert world.business.resets == [datetime(2026, 3, 2, 7, 0, tzinfo=UTC)]


async def test_numbers_of_entries_never_start_again(world: World) -> None:
    await world.post(f"telegram/{ANA}/send", {"text": "unu"})
    last = (await world.shown(f"telegram/{ANA}"))[-1]["n"]
    await world.post("reset")
    await world.post(f"telegram/{ANA}/send", {"text": "doi"})

    assert [one["text"] for one in await world.shown(f"telegram/{ANA}", after=last)] == ["doi"]


async def test_the_cast_is_told(world: World) -> None:
    people = (await world.api.get("/simulator/cast")).json()["cast"]

    assert people[0]["telegram_id"] == ANA


@pytest.mark.parametrize(
    ("channel", "kind"), [("sms", "earthquake"), ("telegram", "undelivered"), ("fax", "blocked")]
)
async def test_a_fault_that_nobody_knows_is_refused(world: World, channel: str, kind: str) -> None:
    answer = await world.post("faults", {"channel": channel, "kind": kind})

    assert (answer.status_code, answer.headers["content-type"]) == (
        422,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html"),
        ("/page/simulator.js", "text/javascript"),
        ("/page/simulator.css", "text/css"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
async def test_the_page_and_its_files_are_served_for_this_address_only(
    world: World, path: str, kind: str
) -> None:
    answer = await world.api.get(f"/simulator{path}")

    assert answer.headers["content-type"].startswith(kind)
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_no_other_file_can_be_read_through_the_page(world: World) -> None:
    assert (await world.api.get("/simulator/page/..%2Fassembly.py")).status_code == 404
    assert (await world.api.get("/simulator/page/index.py")).status_code == 404
