"""How does the product bear a crowd, and does it stay as small and as quick as it began?

`make bench` does it with everything else; alone: `python -m bench.load`, or for a quick run
`python -m bench.load 2000` (turns).
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from statistics import median

import aiohttp
from rich.console import Console

from bench.stack import Stack
from bench.table import Row, Times, show
from bench.turns import ACTION, PLAIN, Person, strangers

CROWD = 200
TURNS_IN_A_CROWD = 10
TURNS = 20_000
# Memory is looked at after so many parts of all turns.
_LOOKS = (4, 2, 1)
_EARLY, _LATE, _MEASURED = 5, 500, 40


def measure(stack: Stack, turns: int = TURNS) -> list[Row]:
    """A crowd at once, one long conversation, and memory after many turns."""
    return asyncio.run(_measure(stack, turns))


async def _measure(stack: Stack, turns: int) -> list[Row]:
    async with _client() as client:
        people = [Person(stack, client, one) for one in strangers(stack, CROWD)]
        for person in people:
            await person.verify()
        return [
            await _crowd(people),
            await _long_conversation(people[0]),
            *await _memory(stack, people, turns),
        ]


def _client() -> aiohttp.ClientSession:
    """With as many connections as there are people."""
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(120))


async def _crowd(people: list[Person]) -> Row:
    async def talk(person: Person) -> list[float]:
        return [await person.turn(words) for words in _words(TURNS_IN_A_CROWD)]

    began = time.perf_counter()
    talks = await asyncio.gather(*(talk(person) for person in people))
    rate = len(people) * TURNS_IN_A_CROWD / (time.perf_counter() - began)
    times = Times.of([each for one in talks for each in one])
    return Row(
        f"{len(people)} conversations at once, half of the turns with custom actions",
        f"{rate:.0f} turns/s; {times}, p99 {times.p99:.0f} ms",
        value=rate,
    )


async def _long_conversation(person: Person) -> Row:
    """The same turns, early and late; both go over several sessions of Rasa's."""
    early = await _cost_after(person, _EARLY)
    late = await _cost_after(person, _LATE - _EARLY - _MEASURED)
    return Row(
        f"a turn after {_LATE} turns in one conversation",
        f"{late * 1000:.1f} ms, {late / early:.2f} times",
        f"after {_EARLY} turns: {early * 1000:.1f} ms",
        "at most 1.3 times",
        value=late / early,
    )


async def _cost_after(person: Person, turns: int) -> float:
    for words in _words(turns):
        await person.turn(words)
    return median([await person.turn(words) for words in _words(_MEASURED)])


async def _memory(stack: Stack, people: list[Person], turns: int) -> list[Row]:
    """Resident memory after a quarter, a half and all of the turns."""
    looks: list[tuple[int, dict[str, float]]] = [(0, stack.resident())]
    for part in _LOOKS:
        upto = turns // part
        await _talk(people, upto - looks[-1][0])
        looks.append((upto, stack.resident()))
    after = ", ".join(f"{many:,}" for many, _ in looks)
    return [
        Row(
            f"resident memory of {name} after {after} turns",
            f"{', '.join(f'{sizes[name]:.0f}' for _, sizes in looks)} MB",
            goal="flat",
        )
        for name in ("app", "rasa")
    ]


async def _talk(people: list[Person], turns: int) -> None:
    """So many turns in all, sixteen people at a time."""
    left = iter(_words(turns))

    async def talk(some: list[Person]) -> None:
        for words, person in zip(left, itertools.cycle(some), strict=False):
            await person.turn(words)

    await asyncio.gather(*(talk(people[start::16]) for start in range(16)))


def _words(turns: int) -> list[str]:
    return list(itertools.islice(itertools.cycle((ACTION, PLAIN)), turns))


def main(turns: int) -> None:
    console = Console()
    with Stack(console) as stack:
        stack.start_up()
        show(console, measure(stack, turns))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS)
