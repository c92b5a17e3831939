"""Which net amount comes to a price with tax? Pure."""

from __future__ import annotations

from billing_backend.money import BASIS_POINTS, Money, half_up


def net_of_gross(gross: Money, rate_bp: int) -> Money:
    """The net amount whose gross is nearest to `gross`.

    Law: where some net amount comes to `gross` exactly, it is this one. (With 21 % there is none
    for 0.03: 0.02 comes to 0.02 and 0.03 to 0.04.)
    """
    return Money(half_up(gross.minor * BASIS_POINTS, BASIS_POINTS + rate_bp), gross.currency)
