"""Which three ordinary customers are not quite ordinary?

The first has two accounts, the second is a company bound by a minimum term, and the third was cut
off for debt. They are the first of those that the simulator lists.
"""

from datetime import date, timedelta

from billing_backend.customers.models import Account, Customer, Subscription
from billing_backend.demo.cast import ordinary_person
from billing_backend.demo.company import Company, made_id
from billing_backend.invoices.periods import months_back

_TWO_ACCOUNTS, _COMPANY, _CUT_OFF = 0, 1, 2
# So late that at least one invoice is always overdue.
_PAYS_LATE = 75


def make_special(company: Company) -> None:
    """Changes what the crowd is made of; call it once the crowd has gathered."""
    _second_account(company)
    _business(company)
    _cut_off(company)


def _second_account(company: Company) -> None:
    person = ordinary_person(_TWO_ACCOUNTS)
    first = made_id("account", person.key)
    company.change(Account, first, label="Acasă", address="Str. Teilor 12, Cluj-Napoca")
    starts = company.period_starts(12)
    second = company.account(
        made_id("customer", person.key),
        f"{person.key} second",
        since=starts[-3],
        billing_day=12,
        pays=-2,
    )
    company.change(Account, second, label="Casa de vacanță", address="Str. Lungă 3, Sibiu")
    company.subscribe(second, "INTERNET_300", starts[-3])


def _business(company: Company) -> None:
    person = ordinary_person(_COMPANY)
    company.change(
        Customer,
        made_id("customer", person.key),
        kind="business",
        company_name="Cofetăria Exemplu SRL",
        tax_id="RO99999909",
        iban="RO14LIMP0000000000000001",
    )
    account = made_id("account", person.key)
    for row in company.rows[Subscription]:
        if row["account_id"] == account and row["ends_on"] is None:
            row["minimum_term_until"] = _term_end(company.today)
            break


def _cut_off(company: Company) -> None:
    account = made_id("account", ordinary_person(_CUT_OFF).key)
    company.habits[account] = _PAYS_LATE
    company.change(Account, account, suspended_on=company.today - timedelta(days=3))


def _term_end(today: date) -> date:
    return months_back(today, -7)
