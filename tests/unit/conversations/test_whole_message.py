"""What is known of a message from the reports on its parts?"""

from __future__ import annotations

from itertools import permutations

import pytest

from handoff.conversations import Status
from handoff.conversations.receipts import whole


@pytest.mark.parametrize(
    ("parts", "of", "state"),
    [
        ({}, 1, None),
        ({"1": "sent"}, 1, Status.SENT),
        ({"1": "delivered"}, 1, Status.DELIVERED),
        ({"1": "failed"}, 1, Status.FAILED),
        ({"1": "delivered"}, 2, None),  # nothing is known of the second
        ({"1": "delivered", "2": "sent"}, 2, Status.SENT),
        ({"1": "delivered", "2": "delivered"}, 2, Status.DELIVERED),
        ({"2": "failed"}, 3, Status.FAILED),  # one that is missing spoils the whole
        ({"1": "delivered", "2": "failed", "3": "delivered"}, 3, Status.FAILED),
    ],
)
def test_the_weakest_part_decides(parts: dict[str, str], of: int, state: Status | None) -> None:
    assert whole(parts, of) == state


def test_the_order_of_the_parts_does_not_matter() -> None:
    told = [("1", "delivered"), ("2", "sent"), ("3", "delivered")]
    assert {whole(dict(order), 3) for order in permutations(told)} == {Status.SENT}
