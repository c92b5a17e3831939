"""How do people and banks write a day or an amount in a file?"""

import re
from datetime import date, datetime
from decimal import Decimal

AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,2})?")


def day_in(written: str) -> date | None:
    """2026-11-24 or 24.11.2026."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(written.strip(), form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


def amount_in(written: str) -> Decimal | None:
    """45.50, 45,50, 1.234,56 or 1,234.56; None when it is none of these or ambiguous."""
    figure = written.strip().replace(" ", "").replace("\u00a0", "")
    if "," in figure and figure.rfind(",") > figure.rfind("."):
        figure = figure.replace(".", "").replace(",", ".")
    else:
        figure = figure.replace(",", "")
    return Decimal(figure) if AMOUNT.fullmatch(figure) else None
