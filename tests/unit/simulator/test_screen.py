"""Does a screen keep what was shown, number it, and forget in the right order?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.channels.simulator.screen import Screens

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def screens(devices: int = 500, keep: int = 500) -> Screens:
    return Screens(lambda: NOON, devices=devices, keep=keep)


async def test_a_reader_gets_only_what_it_has_not_seen() -> None:
    screen = screens().of("ana")
    first = screen.show(text="unu")
    screen.show(text="doi")

    assert [one["text"] for one in screen.after(first)] == ["doi"]


async def test_the_oldest_entries_go_when_there_are_too_many() -> None:
    screen = screens(keep=2).of("ana")
    for text in ("unu", "doi", "trei"):
        screen.show(text=text)

    assert [one["text"] for one in screen.after(0)] == ["doi", "trei"]


async def test_the_device_unused_for_longest_is_dropped() -> None:
    devices = screens(devices=2)
    for name in ("ana", "bogdan", "ana", "carmen"):
        devices.of(name).show(text=name)

    assert len(devices.of("ana").after(0)) == 2
    assert devices.of("bogdan").after(0) == []


async def test_who_waits_is_woken_by_news_and_by_a_reset() -> None:
    devices = screens()
    for wake in (lambda: devices.of("ana").show(text="unu"), devices.clear):
        waiting = asyncio.create_task(devices.of("ana").wait(devices.of("ana").last, 60))
        await asyncio.sleep(0)
        assert not waiting.done()
        wake()
        await waiting


async def test_who_waits_in_vain_goes_on_in_time() -> None:
    await screens().of("ana").wait(0, 0.001)


async def test_readers_are_sent_home_when_the_app_stops() -> None:
    kept = screens()
    waiting = asyncio.create_task(kept.of("+40700200001").wait(0, 30))
    await asyncio.sleep(0)  # the reader begins to wait
    kept.close()
    await asyncio.wait_for(waiting, 1)
    # Also those who come later, at a device that nobody had used.
    await asyncio.wait_for(kept.of("+40700200002").wait(0, 30), 1)
