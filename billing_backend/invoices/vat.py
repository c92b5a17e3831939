"""Which VAT rate applies to a supply of a day?"""

from datetime import date, timedelta

from billing_backend.errors import CannotBill
from billing_backend.invoices.periods import Period

# Romania's standard rate, in basis points, from these days on (Codul fiscal, art. 291;
# 21 % by Legea 141/2025).
STANDARD_RATES: tuple[tuple[date, int], ...] = (
    (date(2016, 1, 1), 2000),
    (date(2017, 1, 1), 1900),
    (date(2025, 8, 1), 2100),
)
# A late fee is compensation, not a supply: outside VAT (Codul fiscal, art. 286 (4) b).
NO_VAT = 0


def standard_rate(day: date) -> int:
    """The standard rate in basis points; CannotBill for days before the table begins."""
    rate = None
    for since, rate_bp in STANDARD_RATES:
        if since <= day:
            rate = rate_bp
    if rate is None:
        raise CannotBill("no_tax_rate", f"no VAT rate is known for {day}")
    return rate


def split_by_rate(period: Period) -> list[Period]:
    """The period cut where the rate changes, so that each part has one rate."""
    parts = []
    start = period.start
    for since, _ in STANDARD_RATES:
        if start < since <= period.end:
            parts.append(Period(start, since - timedelta(days=1)))
            start = since
    return [*parts, Period(start, period.end)]
