"""What is an amount of money, and how is it multiplied, divided and rounded?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing_backend.errors import CurrencyMismatch

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in integer minor units (bani, cents) of one ISO 4217 currency."""

    minor: int
    currency: str = "RON"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __str__(self) -> str:
        """A plain figure for logs and the ledger; what people read is worded in bot."""
        return f"{Decimal(self.minor).scaleb(-2):.2f} {self.currency}"

    def share(self, basis_points: int) -> Money:
        """This many basis points of the amount, rounded by `half_up`."""
        return Money(half_up(self.minor * basis_points, BASIS_POINTS), self.currency)

    def portion(self, part: int, whole: int) -> Money:
        """`part / whole` of the amount (days of a period, say), rounded by `half_up`."""
        return Money(half_up(self.minor * part, whole), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """The amount divided by weights; law: the parts sum to the whole.

        Each running total is rounded by `half_up` and the parts are the steps between them,
        so no part is ever more than one minor unit from its exact share.
        """
        whole = sum(weights)
        parts: list[Money] = []
        reached = given = 0
        for weight in weights:
            reached += weight
            up_to_here = half_up(self.minor * reached, whole)
            parts.append(Money(up_to_here - given, self.currency))
            given = up_to_here
        return parts

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other


def half_up(numerator: int, denominator: int) -> int:
    """The only rounding of the product: to the nearest minor unit, ties away from zero.

    Integers in, integer out; exact, without floats. Raises ZeroDivisionError on 0 denominators.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def total(amounts: Iterable[Money], currency: str = "RON") -> Money:
    """The sum; `currency` is that of an empty one."""
    items = list(amounts)
    if not items:
        return Money(0, currency)
    result = items[0]
    for item in items[1:]:
        result = result + item
    return result


def from_decimal(figure: Decimal, currency: str = "RON") -> Money:
    """A figure in major units ("45.50") as money, rounded half up to the minor unit."""
    return Money(int((figure * 100).to_integral_value(ROUND_HALF_UP)), currency)
