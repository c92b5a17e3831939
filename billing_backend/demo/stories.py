"""What happened to Ana, Bogdan, Carmen, Dan and Elena?

The newest invoice's day tells the story's present: it is always the same number of days ago.
"""

from datetime import date, timedelta
from uuid import UUID

from billing_backend.demo.cast import Person, cast
from billing_backend.demo.company import Company, made_id
from billing_backend.demo.details import make_out
from billing_backend.invoices.periods import months_back

_DAY = timedelta(days=1)


def tell(company: Company) -> None:
    for story in (_ana, _bogdan, _carmen, _dan, _elena):
        story(company)
    for person in cast().main:
        if person.pin is not None:
            company.pins[made_id("customer", person.key)] = person.pin


def _ana(company: Company) -> None:
    """Pays on time. Her newest invoice is higher: a promotion ended, and she added TV Sport in
    the middle of the month before."""
    account, starts = _move_in(company, cast().ana, issued_days_ago=4, months=38)
    plan = _old_plan(company, account, "INTERNET_1000", starts)
    company.promise(plan, "FIBRE_1000", months_back(starts[-1], 12), starts[-1] - _DAY)
    company.subscribe(account, "SPORT", starts[-2] + timedelta(days=14))


def _bogdan(company: Company) -> None:
    """Has not paid the invoice that was due yesterday."""
    account, starts = _move_in(company, cast().bogdan, issued_days_ago=15, months=22)
    plan = _old_plan(company, account, "MOBILE_50", starts)
    for start in starts:
        company.used(plan, start, 31)
    company.defaulters.add(account)


def _carmen(company: Company) -> None:
    """Ordered TV Films once, five months ago; since the newest invoice it is activated twice."""
    account, starts = _move_in(company, cast().carmen, issued_days_ago=6, months=47)
    _old_plan(company, account, "TV_FAMILY", starts)
    films = company.subscribe(account, "FILMS", starts[-5])
    company.subscribe(account, "FILMS", starts[-1], order=company.order_of(films))


def _dan(company: Company) -> None:
    """Pays for 200 GB and uses about 7."""
    account, starts = _move_in(company, cast().dan, issued_days_ago=5, months=30)
    plan = _old_plan(company, account, "MOBILE_200", starts)
    for index, start in enumerate(starts):
        company.used(plan, start, 6 + index % 4)


def _elena(company: Company) -> None:
    """Had a discount last month (recorded by the discounts' own room); writes on Telegram."""
    elena = cast().elena
    account, starts = _move_in(company, elena, issued_days_ago=8, months=41)
    _old_plan(company, account, "INTERNET_500", starts)
    _old_plan(company, account, "SAFE_NET", starts)
    company.contact(made_id("customer", elena.key), "telegram", str(elena.telegram_id))


def _move_in(
    company: Company, person: Person, *, issued_days_ago: int, months: int
) -> tuple[UUID, list[date]]:
    """The account, and the first days of its last 12 periods."""
    newest = company.today - timedelta(days=issued_days_ago)
    since = months_back(newest, months)
    account = company.customer(
        person,
        since=since,
        billing_day=newest.day,
        pays=-3,
        in_cast=True,
    )
    make_out(company, person, since=since)
    return account, company.period_starts(newest.day)


def _old_plan(company: Company, account: UUID, product: str, starts: list[date]) -> UUID:
    """A product from before our first invoice: another system billed it until then."""
    return company.subscribe(
        account,
        product,
        months_back(starts[0], 10),
        billed_here_from=starts[0],
        channel="shop",
    )
