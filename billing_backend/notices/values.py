"""How are an amount and a day put into a notice, so that the bot can word them?"""

from datetime import date

from billing_backend.money import Money


def money(amount: Money) -> dict[str, object]:
    return {"money": amount.minor, "currency": amount.currency}


def day(moment: date) -> dict[str, object]:
    return {"date": moment.isoformat()}
