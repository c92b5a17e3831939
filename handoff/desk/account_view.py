"""What does an agent see of the customer's account, in the agent's words?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    ArrangementSummary,
    Balance,
    Billing,
    Cause,
    DiscountOffer,
    DiscountRefused,
    Explanation,
    ExtensionChoices,
    ExtensionRefused,
    Finding,
    GrantSummary,
)
from billing_backend.money import Money
from handoff.desk import formats
from handoff.desk.disputes_view import disputes_view, instalments_view, service_text
from handoff.desk.models import Agent
from handoff.desk.services_view import amount, services_view
from handoff.desk.shapes import (
    AccountView,
    BalanceView,
    CauseView,
    DiscountView,
    ExtensionView,
    FindingView,
    InvoiceView,
    OfferView,
)
from handoff.desk.texts import label, text


class Looking(Protocol):
    """Who looks at the account, and when."""

    @property
    def agent(self) -> Agent: ...
    @property
    def billing(self) -> Billing: ...
    @property
    def language(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    @property
    def today(self) -> date: ...
    @property
    def link(self) -> Callable[[str], str | None]: ...


async def account_view(session: AsyncSession, viewer: Looking, account_id: UUID) -> AccountView:
    """Balance, newest invoice with its causes, the review, services, and what this agent may
    give."""
    billing, language, today = viewer.billing, viewer.language, viewer.today
    offers = await billing.allowed_offers(
        session, account_id, authority=viewer.agent.authority, now=viewer.now
    )
    explanation = await billing.explain(session, account_id, month=None, today=today)
    return AccountView(
        balance=_balance(
            await billing.balance(session, account_id, today=today),
            language,
            by_link=billing.takes_payments,
        ),
        invoice=None
        if explanation is None
        else _invoice(explanation, language, viewer.link(explanation.current.number)),
        findings=[
            _finding(finding, language)
            for finding in await billing.review(session, account_id, today=today)
        ],
        offers=_offers(offers, language),
        extension=_extension(
            await billing.extension_choices(session, account_id, today=today), language
        ),
        disputes=disputes_view(await billing.disputes(session, account_id), explanation, language),
        instalments=instalments_view(
            await billing.instalment_choices(session, account_id, today=today), language
        ),
        service=service_text(
            await billing.service_state(session, account_id, today=today), language
        ),
        services=await services_view(session, viewer, account_id),
    )


def granted_text(entry: dict[str, Any], language: str) -> str:
    """One thing that an agent gave (an entry of the case's `granted`), in words."""
    given = entry.get("amount")
    worth = formats.money(Money(given["minor"], given["currency"]), language) if given else ""
    match entry["kind"]:
        case "discount":
            discount = text(
                "discount.percent",
                language,
                percent=formats.percent(entry["percent_bp"], language),
                months=_months(entry["months"], language),
            )
            return text("granted.discount", language, discount=discount)
        case "correction":
            return text("granted.correction", language, amount=worth, invoice=entry["invoice"])
        case "dispute":
            day = formats.day(date.fromisoformat(entry["answer_by"]), language)
            return text("granted.dispute", language, number=entry["number"], amount=worth, day=day)
        case "instalments":
            day = formats.day(date.fromisoformat(entry["pay_by"]), language)
            return text(
                "granted.instalments", language, amount=worth, parts=entry["parts"], day=day
            )
        case "extension":
            day = formats.day(date.fromisoformat(entry["pay_by"]), language)
            return text("granted.extension", language, amount=worth, day=day)
        case kind:
            return text(
                f"granted.{kind}",
                language,
                name=entry["name"].get(language, ""),
                day=formats.day(date.fromisoformat(entry["from_day"]), language),
                last_day=formats.day(date.fromisoformat(entry["last_day"]), language),
            )


def told_reason(refused: DiscountRefused) -> str:
    """The reason as agents may know it: being held out of an offer for the experiment's sake is
    not told (business rules, section 6) and reads as no rule."""
    return "no_rule" if refused.reason == "holdout" else refused.reason


def refusal_text(refused: DiscountRefused, language: str) -> str:
    """Why a discount is refused, and who may grant it."""
    why = label("refused", told_reason(refused), language)
    if refused.needs is None and refused.reason != "above_authority":
        return why
    who = refused.needs or "nobody"
    return f"{why} {text(f'refused.needs.{who}', language)}"


def discount_text(offer: DiscountOffer, language: str) -> str:
    if offer.percent_bp is None:
        return text(
            "discount.amount",
            language,
            amount=formats.money(offer.monthly_amount, language),
            months=_months(offer.months, language),
        )
    return text(
        "discount.percent",
        language,
        percent=formats.percent(offer.percent_bp, language),
        months=_months(offer.months, language),
    )


def _months(number: int, language: str) -> str:
    return text(f"discount.months.{formats.plural(number, language)}", language, number=number)


def arrangement_text(arrangement: ArrangementSummary, language: str) -> str:
    return text(
        f"arrangement.{arrangement.status}",
        language,
        amount=formats.money(arrangement.amount, language),
        day=formats.day(arrangement.pay_by, language),
    )


def _balance(balance: Balance, language: str, *, by_link: bool) -> BalanceView:
    return BalanceView(
        due=amount(balance.due, language),
        overdue=amount(balance.overdue, language),
        credit=amount(balance.credit, language),
        due_date=balance.due_date,
        due_text=formats.day(balance.due_date, language) if balance.due_date else None,
        days_overdue=balance.days_overdue,
        open_invoices=balance.open_invoices,
        discounts=[_held_discount(grant, language) for grant in balance.grants],
        arrangement=arrangement_text(balance.arrangement, language)
        if balance.arrangement
        else None,
        payable_by_link=by_link and bool(balance.due),
    )


def _held_discount(grant: GrantSummary, language: str) -> DiscountView:
    worth = amount(grant.worth, language)
    shown = (
        worth.text
        if grant.percent_bp is None
        else text(
            "discount.percent",
            language,
            percent=formats.percent(grant.percent_bp, language),
            months=_months(grant.months, language),
        )
    )
    return DiscountView(
        grant_id=grant.grant_id,
        text=shown,
        granted_by=grant.granted_by,
        months_left=grant.months_left,
        worth=worth,
    )


def _invoice(explanation: Explanation, language: str, chat_link: str | None) -> InvoiceView:
    invoice = explanation.current
    return InvoiceView(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=amount(invoice.total, language),
        outstanding=amount(invoice.outstanding, language),
        state=invoice.state,
        state_text=label("invoice_state", invoice.state, language),
        difference=amount(explanation.difference, language, signed=True)
        if explanation.previous
        else None,
        causes=[_cause(cause, language) for cause in explanation.causes],
        chat_link=chat_link,
    )


def _cause(cause: Cause, language: str) -> CauseView:
    what = label("cause", cause.kind, language)
    name = _name(cause.evidence, language)
    return CauseView(
        kind=cause.kind,
        text=f"{what}: {name}" if name else what,
        amount=amount(cause.amount, language, signed=True),
    )


def _finding(finding: Finding, language: str) -> FindingView:
    what = label("finding", finding.kind, language)
    name = _name(finding.evidence, language)
    return FindingView(
        finding_id=finding.finding_id,
        kind=finding.kind,
        text=f"{what}: {name}" if name else what,
        invoice=finding.invoice_number,
        amount=amount(finding.amount, language),
    )


def _name(evidence: dict[str, Any], language: str) -> str:
    """What the line is called, where the evidence tells it (by language, or one name)."""
    name = evidence.get("name")
    if isinstance(name, dict):
        name = name.get(language)
    return name if isinstance(name, str) else ""


def _offers(offers: Sequence[DiscountOffer | DiscountRefused], language: str) -> list[OfferView]:
    return [
        OfferView(
            rule_id=None,
            percent_bp=None,
            months=None,
            amount=None,
            text=refusal_text(offer, language),
            refusal=told_reason(offer),
        )
        if isinstance(offer, DiscountRefused)
        else OfferView(
            rule_id=offer.rule_id,
            percent_bp=offer.percent_bp,
            months=offer.months,
            amount=amount(offer.amount, language),
            text=text(
                "discount.worth",
                language,
                discount=discount_text(offer, language),
                amount=formats.money(offer.amount, language),
            ),
        )
        for offer in offers
    ]


def _extension(choices: ExtensionChoices | ExtensionRefused, language: str) -> ExtensionView:
    if isinstance(choices, ExtensionRefused):
        return ExtensionView(
            allowed=False,
            amount=None,
            dates=[],
            latest=choices.latest,
            text=label("extension", choices.reason, language),
        )
    return ExtensionView(
        allowed=True,
        amount=amount(choices.amount, language),
        dates=list(choices.dates),
        latest=choices.latest,
        text=text(
            "extension.allowed",
            language,
            amount=formats.money(choices.amount, language),
            day=formats.day(choices.latest, language),
        ),
    )
