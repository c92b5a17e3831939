"""Who are the other 195 customers, and what do they have?"""

from datetime import date, timedelta
from uuid import UUID

from billing_backend.demo.cast import ORDINARY_LISTED, Person, ordinary_person
from billing_backend.demo.company import (
    MONTHS,
    Company,
    add_ons,
    made_id,
    plans,
    promotion_of,
    roll,
)
from billing_backend.demo.details import make_out
from billing_backend.invoices.periods import months_back

SIZE = 195
_FAMILIES = ("internet", "mobile", "tv")


def gather(company: Company, size: int = SIZE) -> None:
    for index in range(size):
        person = ordinary_person(index)
        _settle(company, person)
        if index < ORDINARY_LISTED and person.pin is not None:
            company.pins[made_id("customer", person.key)] = person.pin


def _settle(company: Company, person: Person) -> None:
    key = person.key
    billing_day = 1 + roll(28, key, "billing day")
    starts = company.period_starts(billing_day)
    months = 4 + roll(57, key, "tenure")
    first = starts[max(0, MONTHS - months)]
    since = first if months < MONTHS else months_back(first, months - MONTHS)
    account = company.customer(person, since=since, billing_day=billing_day, pays=_habit(key))
    make_out(company, person, since=since)
    family = _FAMILIES[roll(3, key, "family")]
    starts = [start for start in starts if start >= first]
    _take_plan(company, account, key, family, since, starts)
    _perhaps_add_on(company, account, key, family, since, starts)


def _habit(key: str) -> int:
    """One in ten pays late, by 5 to 14 days; the others up to 10 days before the due date."""
    if roll(10, key, "late") == 0:
        return 5 + roll(10, key, "how late")
    return -roll(11, key, "how early")


def _take_plan(
    company: Company, account: UUID, key: str, family: str, since: date, starts: list[date]
) -> None:
    on_sale = plans(family)
    plan = on_sale[roll(len(on_sale), key, "plan")]
    subscription = company.subscribe(
        account, plan["code"], since, billed_here_from=starts[0], channel="shop"
    )
    if allowance := plan.get("allowance"):
        for start in starts:
            # Between nothing and a fifth above the allowance.
            company.used(subscription, start, roll(allowance * 6 // 5, key, start.month))
    promotion = promotion_of(plan["code"])
    if promotion is not None and roll(2, key, "promotion") == 0:
        ends = starts[roll(len(starts), key, "promotion ends")] - timedelta(days=1)
        company.promise(
            subscription, promotion["code"], months_back(ends, promotion["months"]), ends
        )


def _perhaps_add_on(
    company: Company, account: UUID, key: str, family: str, since: date, starts: list[date]
) -> None:
    wished = roll(10, key, "add-on")
    offered = add_ons(family)
    product = offered[roll(len(offered), key, "which add-on")]
    if wished < 3:
        company.subscribe(account, product, since, billed_here_from=starts[0], channel="shop")
    elif wished < 6:
        begins = starts[roll(len(starts), key, "begins")] + timedelta(days=roll(28, key, "day"))
        # Some try it for a while and give it up.
        ends = begins + timedelta(days=75) if wished == 5 else None
        company.subscribe(account, product, begins, ends_on=ends, channel="website")
