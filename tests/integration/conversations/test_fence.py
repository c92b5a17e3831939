"""Whatever happens side by side, no word is lost, said twice, out of order, or said too late.

Hypothesis interleaves customers, workers, senders and agents on the real database. About 10,000
steps in a run of the tests; for more: FENCE_EXAMPLES=5000 (each is up to 50 steps).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.desk.models import Agent
from tests.integration.conversations.around import ADDRESSES, LATER, Around

EXAMPLES = int(os.environ.get("FENCE_EXAMPLES", "200"))
STEPS = 50

ENDS_OF_A_TURN = ("words", "words", "words", "nothing", "failed", "no answer", "answer lost")
ENDS_OF_A_DELIVERY = ("taken", "taken", "taken", "limited", "refused", "unsure")

# What must never be, and the rows that would show it.
NEVER = {
    "a customer's word that never had its turn": (
        "SELECT id FROM inbound_message WHERE handled_at IS NULL"
    ),
    "words that are still on their way": (
        "SELECT id FROM outbound_message WHERE status IN ('queued', 'sending')"
    ),
    "a conversation that somebody still holds": (
        "SELECT id FROM conversation WHERE lease_token IS NOT NULL"
    ),
    "a message that was answered twice": (
        "SELECT in_reply_to FROM outbound_message WHERE author = 'bot' AND in_reply_to IS NOT NULL"
        " GROUP BY in_reply_to HAVING count(*) > 1"
    ),
    "a message without an answer and without a person": (
        "SELECT m.id FROM inbound_message AS m WHERE m.outcome IN ('answered', 'failed')"
        " AND NOT EXISTS (SELECT FROM outbound_message AS o WHERE o.in_reply_to = m.id)"
        " AND NOT EXISTS (SELECT FROM support_case AS c"
        "                 WHERE c.conversation_id = m.conversation_id)"
    ),
    "late words of the bot that went out": (
        "SELECT m.id FROM outbound_message AS m JOIN seen_claim AS c ON c.message_id = m.id"
        " WHERE m.author = 'bot' AND c.epoch <> m.epoch AND m.status <> 'dropped'"
    ),
    "words that were dropped although they were not late": (
        "SELECT m.id FROM outbound_message AS m WHERE m.status = 'dropped'"
        " AND NOT EXISTS (SELECT FROM seen_claim AS c WHERE c.message_id = m.id"
        "                 AND m.author = 'bot' AND c.epoch <> m.epoch)"
    ),
    "the bot's words from a time when it was not the bot's turn": (
        "SELECT m.id FROM outbound_message AS m WHERE m.author = 'bot' AND NOT EXISTS"
        " (SELECT FROM seen_owner AS s WHERE s.conversation_id = m.conversation_id"
        "  AND s.epoch = m.epoch AND s.owner = 'bot')"
    ),
    "an agent's words from a time when somebody else had the conversation": (
        "SELECT m.id FROM outbound_message AS m WHERE m.author = 'agent' AND NOT EXISTS"
        " (SELECT FROM seen_owner AS s JOIN desk_agent AS a ON a.id = s.agent_id"
        "  WHERE s.conversation_id = m.conversation_id AND s.epoch = m.epoch"
        "  AND s.owner = 'agent' AND a.name = m.agent_name)"
    ),
    "two owners at once": (
        "SELECT conversation_id FROM seen_owner GROUP BY conversation_id, epoch HAVING count(*) > 1"
    ),
    "words that overtook earlier ones": (
        "SELECT id FROM (SELECT c.id, m.position, max(m.position) OVER"
        "   (PARTITION BY m.conversation_id ORDER BY c.id) AS furthest"
        "   FROM seen_claim AS c JOIN outbound_message AS m ON m.id = c.message_id) AS sent"
        " WHERE position < furthest"
    ),
}


class Fence(RuleBasedStateMachine):
    """Anything may happen at any time; what finds nothing to do does nothing. (A rule that is only
    sometimes there would make what is drawn depend on who was faster.)"""

    around: Around
    loop: asyncio.AbstractEventLoop

    def do(self, deed: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(deed)

    def agents(self) -> tuple[Agent, Agent]:
        return self.around.maria, self.around.radu

    # --- customers ---

    @rule(
        address=st.sampled_from(ADDRESSES),
        words=st.sampled_from(("cât am de plată?", "1", "2", "3", "mă omor")),
    )
    def a_customer_writes(self, address: str, words: str) -> None:
        self.do(self.around.customer_does(address, words))

    @rule(address=st.sampled_from(ADDRESSES))
    def a_customer_leaves(self, address: str) -> None:
        self.do(self.around.customer_does(address, "", kind="hangup"))

    @rule(which=st.integers(0, 20))
    def the_provider_delivers_again(self, which: int) -> None:
        self.do(self.around.delivered_again(which))

    # --- turns ---

    @rule()
    def a_worker_takes_turns(self) -> None:
        self.do(self.around.a_worker_takes_turns())

    @rule(which=st.integers(0, 2), how=st.sampled_from(ENDS_OF_A_TURN))
    def a_turn_ends(self, which: int, how: str) -> None:
        self.do(self.around.the_turn_ends(which, how))

    @rule(which=st.integers(0, 2))
    def a_worker_dies(self, which: int) -> None:
        self.do(self.around.the_turn_ends(which, "worker dies"))

    @rule(which=st.integers(0, 2))
    def the_bot_hands_over(self, which: int) -> None:
        self.do(self.around.the_bot_hands_over(which))

    @rule()
    def leases_run_out_and_somebody_else_goes_on(self) -> None:
        self.do(self.around.leases_run_out())
        self.do(self.around.a_worker_takes_turns())

    # --- deliveries ---

    @rule()
    def a_sender_delivers(self) -> None:
        self.do(self.around.a_sender_delivers())

    @rule(which=st.integers(0, 2), how=st.sampled_from(ENDS_OF_A_DELIVERY))
    def a_delivery_ends(self, which: int, how: str) -> None:
        self.do(self.around.the_delivery_ends(which, how))

    @rule(which=st.integers(0, 2))
    def a_sender_dies(self, which: int) -> None:
        self.do(self.around.the_delivery_ends(which, "sender dies"))

    @rule()
    def claims_run_out_and_somebody_else_goes_on(self) -> None:
        self.do(self.around.claims_run_out())
        self.do(self.around.a_sender_delivers())

    @rule()
    def time_passes(self) -> None:
        self.do(self.around.time_passes())

    # --- the desk ---

    @rule(who=st.integers(0, 1))
    def an_agent_takes_a_case(self, who: int) -> None:
        self.do(self.around.an_agent_takes(self.agents()[who]))

    @rule(who=st.integers(0, 1))
    def an_agent_replies(self, who: int) -> None:
        self.do(self.around.an_agent_replies(self.agents()[who]))

    @rule(who=st.integers(0, 1), how=st.sampled_from(("hands back", "closes", "releases")))
    def an_agent_lets_go(self, who: int, how: str) -> None:
        self.do(self.around.an_agent_lets_go(self.agents()[who], how))

    # --- truly at once ---

    @rule(
        names=st.lists(
            st.sampled_from(("writes", "turn", "send", "take", "take too", "reply", "lets go")),
            min_size=2,
            max_size=4,
        )
    )
    def at_once(self, names: list[str]) -> None:
        """In several transactions at the same time, whoever comes first."""
        maria, radu = self.agents()
        around = self.around
        deeds: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "writes": lambda: around.customer_does(ADDRESSES[0], "și încă ceva"),
            "turn": around.a_worker_takes_turns,
            "send": around.a_sender_delivers,
            "take": lambda: around.an_agent_takes(maria),
            "take too": lambda: around.an_agent_takes(radu),
            "reply": lambda: around.an_agent_replies(maria),
            "lets go": lambda: around.an_agent_lets_go(maria, "hands back"),
        }

        async def together() -> None:
            await asyncio.gather(*(deeds[name]() for name in names))

        self.do(together())

    # --- the end ---

    def teardown(self) -> None:
        self.do(self.around.everything_settles())
        try:
            self.do(self._nothing_went_wrong())
        finally:
            self.do(self.around.forget())

    async def _nothing_went_wrong(self) -> None:
        async with self.around.sessions() as session:
            for what, rows in NEVER.items():
                assert not (await session.execute(text(rows))).all(), what
            for words in self.around.replies:
                found = await session.execute(
                    text("SELECT status FROM outbound_message WHERE text = :words"),
                    {"words": words},
                )
                assert found.scalar_one() in ("sent", "failed", "unknown"), "a lost reply"
        doubled = [words for words, times in self.around.outside.taken.items() if times > 1]
        assert not [words for words in doubled if words[-1].isdigit()], "words said twice"


@pytest.fixture
def around(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Around]:
    """On a loop of its own: the machine's steps are not asynchronous."""
    monkeypatch.setattr("bot.turn.RETRY", timedelta(seconds=LATER))
    loop = asyncio.new_event_loop()
    found = Around(database_url)
    Fence.around, Fence.loop = found, loop
    loop.run_until_complete(found.open())
    yield found
    loop.run_until_complete(found.close())
    loop.close()


@pytest.mark.timeout(60 + EXAMPLES * 2)
def test_whatever_happens_side_by_side_no_word_is_lost_doubled_or_late(around: Around) -> None:
    run_state_machine_as_test(
        Fence,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
