"""How long does a customer wait, and how many can be answered side by side?

A turn is measured from the webhook call to the reply handed to the provider's double, on the
real path; the bare turn beside it is one HTTP call to the same Rasa, actions included.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import aiohttp
import httpx

from bench.stack import Stack
from bench.table import Row, Times
from bot.dialogue import Dialogue
from bot.turn import TURNS_PER_SESSION

ONE_BY_ONE = 200
CUSTOMERS = 16
TURNS_EACH = 20
# Answered by a custom action against the database, and by a plain response.
ACTION, PLAIN = "cât am de plată?", "ești robot?"
# One sequence for everybody: an update that comes twice is answered once.
_update_ids = itertools.count(int(time.time() * 1000))


def light_client() -> aiohttp.ClientSession:
    """The load shares the machine with what is measured: it must cost little."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60))


def one_by_one(stack: Stack) -> list[Row]:
    """Latency, one customer at a time."""
    return asyncio.run(_one_by_one(stack))


def side_by_side(stack: Stack) -> list[Row]:
    """Throughput of 16 customers at once."""
    return asyncio.run(_side_by_side(stack))


async def _one_by_one(stack: Stack) -> list[Row]:
    rows = []
    async with light_client() as client:
        person = Person(stack, client, strangers(stack, 1)[0])
        await person.verify()
        for name, words in (("with a custom action", ACTION), ("with a plain answer", PLAIN)):
            await _times(lambda words=words: person.turn(words), 20)
            whole = Times.of(await _times(lambda words=words: person.turn(words), ONE_BY_ONE))
            await person.store(words, ONE_BY_ONE)
            bare = Times.of(await _times(lambda words=words: person.bare_turn(words), ONE_BY_ONE))
            rows.append(
                Row(
                    f"one text turn {name}",
                    str(whole),
                    f"bare Rasa turn: {bare}; {whole.p50 - bare.p50:+.1f} ms",
                    "p50 at most 25 ms over the bare turn, p95 under 100 ms",
                )
            )
    return rows


async def _side_by_side(stack: Stack) -> list[Row]:
    rows = []
    async with light_client() as client:
        people = [Person(stack, client, one) for one in strangers(stack, CUSTOMERS)]
        await asyncio.gather(*(person.verify() for person in people))
        for name, words, goal in (
            ("with custom actions", ACTION, 50),
            ("with plain answers", PLAIN, 80),
        ):
            await asyncio.gather(*(person.turn(words) for person in people))
            began = time.perf_counter()
            await asyncio.gather(*(_talk(person, words) for person in people))
            rate = CUSTOMERS * TURNS_EACH / (time.perf_counter() - began)
            rows.append(
                Row(
                    f"{CUSTOMERS} customers at once {name}",
                    f"{rate:.0f} turns/s",
                    goal=f"at least {goal}/s",
                    value=rate,
                )
            )
        await asyncio.gather(*(person.store(PLAIN, TURNS_EACH) for person in people))
        began = time.perf_counter()
        await asyncio.gather(*(_talk_to_rasa(person, PLAIN) for person in people))
        rate = CUSTOMERS * TURNS_EACH / (time.perf_counter() - began)
        rows.append(
            Row(f"{CUSTOMERS} at once, bare turns to our Rasa", f"{rate:.0f} turns/s", value=rate)
        )
    return rows


async def _talk(person: Person, words: str) -> None:
    for _ in range(TURNS_EACH):
        await person.turn(words)


async def _talk_to_rasa(person: Person, words: str) -> None:
    for _ in range(TURNS_EACH):
        await person.bare_turn(words)


async def _times(turn: Callable[[], Awaitable[float]], count: int) -> list[float]:
    return [await turn() for _ in range(count)]


def strangers(stack: Stack, count: int) -> list[int]:
    """Telegram ids of that many customers who have not written yet."""
    people = httpx.get(f"{stack.url}/simulator/cast", timeout=30).json()
    everybody = [*people["cast"], *people["ordinary"]]
    numbered = [one["telegram_id"] for one in everybody if one["customer_number"]]
    return [numbered[at % len(numbered)] + 1000 * (at // len(numbered)) for at in range(count)]


class Person:
    """A customer on Telegram whose conversation is verified, by way of the database: how a
    customer proves who they are is not what is measured here."""

    def __init__(self, stack: Stack, client: aiohttp.ClientSession, user_id: int) -> None:
        self._stack = stack
        self._client = client
        self._user = user_id
        self._keys = stack.keys()
        self._seen = 0
        self._conversation = ""
        self._stored: list[str] = []

    async def verify(self) -> None:
        # Opens the chat: a bot cannot write to somebody who never wrote to it.
        address = f"{self._stack.url}/simulator/telegram/{self._user}/send"
        async with self._client.post(address, json={"text": "salut"}) as answer:
            answer.raise_for_status()
        await self._reply()
        with self._stack.database() as database:
            row = database.execute(
                "SELECT id FROM conversation WHERE channel = 'telegram' AND address = %s"
                " AND closed_at IS NULL",
                (str(self._user),),
            ).fetchone()
            assert row is not None
            self._conversation = str(row[0])
            database.execute(
                "INSERT INTO identification (conversation_id, customer_id, method, verified_at)"
                " SELECT %s, id, 'code', clock_timestamp() FROM customer"
                " ORDER BY number LIMIT 1 OFFSET %s"
                " ON CONFLICT (conversation_id) DO UPDATE SET customer_id = EXCLUDED.customer_id,"
                " method = EXCLUDED.method, verified_at = EXCLUDED.verified_at",
                (self._conversation, 20 + self._user % 100),
            )

    async def turn(self, words: str) -> float:
        """Seconds from the webhook call to the reply at the provider."""
        update_id = next(_update_ids)
        update = {
            "update_id": update_id,
            "message": {
                "message_id": update_id,
                "date": int(time.time()),
                "text": words,
                "chat": {"id": self._user, "type": "private"},
                "from": {"id": self._user, "is_bot": False, "first_name": "Ion"},
            },
        }
        began = time.perf_counter()
        secret = self._keys["telegram_webhook_secret"]
        async with self._client.post(
            f"{self._stack.url}/webhooks/telegram",
            json=update,
            headers={"X-Telegram-Bot-Api-Secret-Token": secret},
        ) as answer:
            answer.raise_for_status()
        await self._reply()
        return time.perf_counter() - began

    async def _reply(self) -> None:
        while True:
            async with self._client.get(
                f"{self._stack.url}/simulator/telegram/{self._user}/messages",
                params={"after": self._seen, "wait": 30},
            ) as answer:
                page = await answer.json()
            self._seen = max(self._seen, page["last"])
            if any(message.get("from") == "bot" for message in page["messages"]):
                return

    async def store(self, words: str, count: int) -> None:
        """Messages for that many bare turns, stored but not queued."""
        self._stored = await asyncio.to_thread(self._stored_messages, words, count)

    async def bare_turn(self, words: str) -> float:
        """Seconds of one HTTP call to Rasa, in sessions as long as the product's."""
        message_id = self._stored.pop()
        if len(self._stored) % TURNS_PER_SESSION == 0:
            await self._begin_session()
        body = {
            "sender": self._conversation,
            "message": words,
            "input_channel": "telegram",
            "metadata": {
                "message_id": message_id,
                "conversation_id": self._conversation,
                "language": "ro",
                "expects": None,
                "today": time.strftime("%Y-%m-%d"),
            },
        }
        began = time.perf_counter()
        async with self._client.post(
            f"{self._stack.rasa_url}/webhooks/limpede/webhook",
            json=body,
            headers={"X-Limpede-Key": self._keys["rasa_key"]},
        ) as answer:
            answer.raise_for_status()
            await answer.read()
        return time.perf_counter() - began

    async def _begin_session(self) -> None:
        key, token = self._keys["rasa_key"], self._keys["rasa_token"]
        dialogue = Dialogue(self._stack.rasa_url, key=key, token=token, timeout=30)
        await dialogue.open_session(UUID(self._conversation))
        await dialogue.close()

    def _stored_messages(self, words: str, count: int) -> list[str]:
        with self._stack.database() as database:
            rows = database.execute(
                "INSERT INTO inbound_message (id, position, conversation_id, channel,"
                " provider_message_id, kind, text, data, received_at, handled_at, attempts)"
                " SELECT id, nextval('message_position'), %s, 'telegram', id::text, 'text', %s,"
                " '{}', clock_timestamp(), clock_timestamp(), 1"
                " FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, %s)) AS made"
                " RETURNING id::text",
                (self._conversation, words, count),
            ).fetchall()
        return [row[0] for row in rows]
