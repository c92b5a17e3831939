"""Which three ordinary customers are not quite ordinary?

The first has two accounts, the second is a company bound by a minimum term, and the third was cut
off for debt. They are the first of those that the simulator lists.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account, Customer, Subscription
from billing_backend.demo.cast import ordinary_person
from billing_backend.demo.company import Company, made_id
from billing_backend.documents.models import BillingDetails
from billing_backend.dunning import repository as dunning
from billing_backend.dunning.models import Suspension
from billing_backend.dunning.table import Action
from billing_backend.invoices.periods import months_back
from billing_backend.policy import Policy

_FIRM, _FIRM_TAX_ID = "Cofetăria Exemplu SRL", "RO99999909"
_TWO_ACCOUNTS, _COMPANY, _CUT_OFF = 0, 1, 2
# So late that at least one invoice is always overdue.
_PAYS_LATE = 75


def make_special(company: Company) -> None:
    """Changes what the crowd is made of; call it once the crowd has gathered."""
    _second_account(company)
    _business(company)
    company.habits[_account_of(_CUT_OFF)] = _PAYS_LATE


async def cut_off(session: AsyncSession, company: Company, policy: Policy) -> None:
    """What dunning has done about the third one's oldest debt; call it once all was invoiced."""
    account = _account_of(_CUT_OFF)
    oldest = (await dunning.late_of_account(session, company.today, account))[0]
    done = {
        step.do: oldest.due_on + timedelta(days=step.after_days)
        for step in policy.dunning_on(oldest.due_on).steps
    }
    await dunning.keep_steps(
        session,
        [
            {
                "invoice_id": oldest.invoice_id,
                "round": oldest.round,
                "action": action,
                "done_on": day,
                "done_at": _morning(day, policy),
            }
            for action, day in done.items()
        ],
    )
    suspended_on = done[Action.SUSPENSION]
    session.add(
        Suspension(
            account_id=account,
            invoice_id=oldest.invoice_id,
            suspended_on=suspended_on,
            suspended_at=_morning(suspended_on, policy),
        )
    )


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
    [at_home] = _made_out(company, first)
    company.rows[BillingDetails].append(at_home | {"account_id": second, "valid_from": starts[-3]})


def _business(company: Company) -> None:
    person = ordinary_person(_COMPANY)
    company.change(
        Customer,
        made_id("customer", person.key),
        kind="business",
        company_name=_FIRM,
        tax_id=_FIRM_TAX_ID,
        iban="RO14LIMP0000000000000001",
    )
    account = made_id("account", person.key)
    for details in _made_out(company, account):
        details.update(name=_FIRM, tax_id=_FIRM_TAX_ID, registration="J12/1234/2015")
    for row in company.rows[Subscription]:
        if row["account_id"] == account and row["ends_on"] is None:
            row["minimum_term_until"] = _term_end(company.today)
            break


def _made_out(company: Company, account: UUID) -> list[dict[str, Any]]:
    return [row for row in company.rows[BillingDetails] if row["account_id"] == account]


def _account_of(place: int) -> UUID:
    return made_id("account", ordinary_person(place).key)


def _morning(day: date, policy: Policy) -> datetime:
    return datetime.combine(day, time(8), ZoneInfo(policy.zone)).astimezone(UTC)


def _term_end(today: date) -> date:
    return months_back(today, -7)
