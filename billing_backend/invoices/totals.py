"""What do an invoice's lines come to, and how much tax is in each?"""

from collections.abc import Sequence

from billing_backend.money import BASIS_POINTS, half_up


def line_taxes(lines: Sequence[tuple[int, int]]) -> list[int]:
    """The tax of each line, from (net in minor units, rate in basis points), in order.

    Tax is rounded half up once per rate and invoice. The lines of a rate share that figure by
    the steps between rounded running totals, so they sum to it exactly, and no line is more
    than one minor unit from its own exact tax.
    """
    reached: dict[int, int] = {}
    given: dict[int, int] = {}
    taxes = []
    for net, rate in lines:
        reached[rate] = reached.get(rate, 0) + net
        up_to_here = half_up(reached[rate] * rate, BASIS_POINTS)
        taxes.append(up_to_here - given.get(rate, 0))
        given[rate] = up_to_here
    return taxes
