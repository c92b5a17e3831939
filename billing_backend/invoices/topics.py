"""Which lines of two invoices belong together, so that their difference is one story?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView, LineView

FEES = ("plan_fee", "add_on")


@dataclass(slots=True)
class Topic:
    """The lines of one thing in the invoice before and in this one."""

    before: list[LineView] = field(default_factory=list)
    now: list[LineView] = field(default_factory=list)

    @property
    def lines(self) -> list[LineView]:
        return self.before + self.now


Topics = dict[tuple[str, object], Topic]


def topics_of(current: InvoiceView, previous: InvoiceView) -> Topics:
    """Every line of both invoices, each in exactly one topic.

    Keys are (kind of topic, reference): fee, proration, promotion, grant, usage, late_fee, ...
    """
    sorter = _Sorter(
        plan=_plan_of(current) if _plan_of(current) == _plan_of(previous) else None,
        lasting=_discounts(current) & _discounts(previous),
        partly=_begun_partly(previous) | _ending_partly(current, previous),
        fees={
            (invoice.invoice_id, line.subscription_id, line.period): line.kind
            for invoice in (current, previous)
            for line in invoice.lines
            if line.kind in (*FEES, "proration")
        },
    )
    topics: Topics = {}
    for line in previous.lines:
        topics.setdefault(sorter.key(line, previous), Topic()).before.append(line)
    for line in current.lines:
        topics.setdefault(sorter.key(line, current), Topic()).now.append(line)
    return topics


@dataclass(frozen=True, slots=True)
class _Sorter:
    """Tells the topic of a line.

    `plan`: the subscription that is the plan in both months. `lasting`: discounts of both months.
    `partly`: subscriptions of which one of the months has only some days.
    `fees`: the kind of the fee line of an invoice, subscription and period.
    """

    plan: UUID | None
    lasting: set[UUID | None]
    partly: set[UUID | None]
    fees: Mapping[tuple[UUID, UUID | None, Period], str]

    def key(self, line: LineView, invoice: InvoiceView) -> tuple[str, object]:
        if line.kind == "discount":
            return self._discount(line, invoice)
        if line.kind in (*FEES, "proration"):
            return self._fee(line.subscription_id, line.kind)
        if line.kind == "usage":
            return "usage", (line.subscription_id, line.product_code)
        return line.kind, line.charge_id or line.line_id

    def _fee(self, subscription: UUID | None, kind: str) -> tuple[str, object]:
        if kind == "proration" or subscription in self.partly:
            return "proration", subscription
        return "fee", subscription

    def _discount(self, line: LineView, invoice: InvoiceView) -> tuple[str, object]:
        """One of both months only follows its product's price: it has no story of its own."""
        if line.promotion_id is not None:
            if line.promotion_id not in self.lasting:
                return "promotion", line.promotion_id
            place = (invoice.invoice_id, line.subscription_id, line.period)
            return self._fee(line.subscription_id, self.fees.get(place, "plan_fee"))
        if line.grant_id in self.lasting and self.plan is not None:
            return self._fee(self.plan, "plan_fee")
        return "grant", line.grant_id


def _plan_of(invoice: InvoiceView) -> UUID | None:
    plans = [line.subscription_id for line in invoice.lines if line.kind == "plan_fee"]
    return plans[0] if plans else None


def _discounts(invoice: InvoiceView) -> set[UUID | None]:
    return {line.promotion_id or line.grant_id for line in invoice.lines if line.kind == "discount"}


def _begun_partly(previous: InvoiceView) -> set[UUID | None]:
    """What the invoice before had only some days of."""
    return _subscriptions(previous, "proration") - _subscriptions(previous, *FEES)


def _ending_partly(current: InvoiceView, previous: InvoiceView) -> set[UUID | None]:
    """What this invoice has only some days of, being the last."""
    charged = {
        line.subscription_id
        for line in current.lines
        if line.kind == "proration" and line.net.minor > 0
    }
    return charged & _subscriptions(previous, *FEES) - _subscriptions(current, *FEES)


def _subscriptions(invoice: InvoiceView, *kinds: str) -> set[UUID | None]:
    return {line.subscription_id for line in invoice.lines if line.kind in kinds}
