"""What does an agent see of the account's plan and options, and of a change before it is made?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    Billing,
    ChangePreview,
    ChangeRefused,
    Offering,
    ScheduledChange,
    Services,
    ServiceSummary,
)
from billing_backend.money import Money
from handoff.desk import formats
from handoff.desk.shapes import (
    Amount,
    CauseView,
    ChangeChoice,
    PreviewView,
    ScheduledView,
    ServicesView,
    ServiceView,
)
from handoff.desk.texts import label, text


class Looking(Protocol):
    """Who looks, and when."""

    @property
    def billing(self) -> Billing: ...
    @property
    def language(self) -> str: ...
    @property
    def today(self) -> date: ...


async def services_view(session: AsyncSession, viewer: Looking, account_id: UUID) -> ServicesView:
    """What the account has, what is scheduled, and what could be changed."""
    language, today = viewer.language, viewer.today
    has = await viewer.billing.services(session, account_id, today=today)
    possible = await viewer.billing.plans_on_sale(session, today=today, account_id=account_id)
    return ServicesView(
        plan=_service(has.plan, language) if has.plan else None,
        add_ons=[_service(each, language) for each in has.add_ons],
        notes=_notes(has, today, language),
        scheduled=[_scheduled(each, language) for each in has.scheduled],
        choices=_choices(has, possible, language),
        may_undo=has.cancelled_on is not None and has.cancelled_on >= today,
    )


def preview_view(preview: ChangePreview, language: str) -> PreviewView:
    """A promise in words: what changes, from when, and what the next invoice will say."""
    return PreviewView(
        promise=preview.promise,
        text=_preview_lines(preview, language),
        from_day=preview.from_day,
        fee=amount(preview.fee, language) if preview.fee else None,
        difference=amount(preview.difference, language, signed=True)
        if preview.difference is not None
        else None,
        next_total=amount(preview.next_invoice.total, language) if preview.next_invoice else None,
        lines=[
            CauseView(
                kind=line.kind,
                text=_line_text(line.description, line.period_start, line.period_end, language),
                amount=amount(line.gross, language, signed=True),
            )
            for line in preview.lines
        ],
    )


def change_text(preview: ChangePreview, language: str) -> str:
    """The change in a sentence."""
    return text(
        f"change.{preview.wish.kind}",
        language,
        old=_name(preview.old, language),
        new=_name(preview.new, language),
        day=formats.day(preview.from_day, language),
        last_day=formats.day(preview.last_day, language),
    )


def why_not(refused: ChangeRefused, language: str) -> str:
    """The reason, with its day where it has one."""
    why = label("change_refused", refused.reason, language)
    return f"{why} ({formats.day(refused.day, language)})" if refused.day else why


def amount(value: Money, language: str, *, signed: bool = False) -> Amount:
    return Amount(
        minor=value.minor,
        currency=value.currency,
        text=formats.money(value, language, signed=signed),
    )


def _service(service: ServiceSummary, language: str) -> ServiceView:
    name = service.name.get(language, service.code)
    if service.ends_on is not None:
        day = formats.day(service.ends_on, language)
        name = text("services.until", language, name=name, day=day)
    return ServiceView(
        code=service.code, kind=service.kind, text=name, price=amount(service.gross, language)
    )


def _notes(has: Services, today: date, language: str) -> list[str]:
    days = {
        "services.term": has.plan.minimum_term_until if has.plan else None,
        "services.cancelled": has.cancelled_on,
    }
    if (term := days["services.term"]) is not None and term < today:
        days["services.term"] = None
    return [
        text(name, language, day=formats.day(day, language))
        for name, day in days.items()
        if day is not None
    ]


def _scheduled(change: ScheduledChange, language: str) -> ScheduledView:
    return ScheduledView(
        change_id=change.change_id,
        kind=change.kind,
        from_day=change.from_day,
        text=text(
            f"change.{change.kind}",
            language,
            old=(change.old or {}).get(language, ""),
            new=(change.new or {}).get(language, ""),
            day=formats.day(change.from_day, language),
            last_day=formats.day(change.from_day - timedelta(days=1), language),
        ),
    )


def _choices(has: Services, possible: Sequence[Offering], language: str) -> list[ChangeChoice]:
    """Every change that makes sense, the end of the service last."""
    if has.plan is None or has.cancelled_on is not None:
        return []
    held = {each.code for each in has.add_ons}
    found = []
    for product in possible:
        if product.code == has.plan.code:
            continue
        kind = "remove_add_on" if product.code in held else product.kind
        words = text(
            f"services.choose_{kind}",
            language,
            name=product.name.get(language, product.code),
            price=formats.money(product.gross, language),
        )
        found.append(ChangeChoice(kind=kind, product_code=product.code, text=words))
    end = text("services.choose_cancel", language)
    return [*found, ChangeChoice(kind="cancel", product_code=None, text=end)]


def _preview_lines(preview: ChangePreview, language: str) -> list[str]:
    lines = [change_text(preview, language)]
    if preview.fee is not None:
        fee = formats.money(preview.fee, language)
        lines.append(text("change.fee", language, fee=fee))
    if preview.minimum_term_until is not None:
        day = formats.day(preview.minimum_term_until, language)
        lines.append(text("services.term", language, day=day))
    if preview.wish.kind == "cancel":
        final = formats.money(preview.final_amount, language)
        lines.append(text("change.final", language, amount=final))
    elif preview.next_invoice is not None and preview.difference is not None:
        lines.append(
            text(
                "change.next_invoice",
                language,
                total=formats.money(preview.next_invoice.total, language),
                difference=formats.money(preview.difference, language, signed=True),
            )
        )
    return lines


def _line_text(name: dict[str, str], start: date | None, end: date | None, language: str) -> str:
    words = name.get(language, "")
    if start is None or end is None:
        return words
    return f"{words}, {formats.day(start, language)} – {formats.day(end, language)}"


def _name(thing: ServiceSummary | Offering | None, language: str) -> str:
    return thing.name.get(language, thing.code) if thing else ""
