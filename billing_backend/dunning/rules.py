"""What is the next step about this debt today, if any?

Pure. A step comes once in a round; a new round begins when an arrangement was broken or a
rejected dispute's fresh days are over. Missed days are caught up one step at a time, as far apart
as the table has them: nobody is suspended on the day of the announcement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from billing_backend.dunning.table import Action, DunningTable, Step
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class Debt:
    """What is late of one invoice, as dunning sees it.

    `counts_from` is its due date, or the later day on which a rejected dispute's fresh days
    ended. `disputed` is what may not be asked for now; `held` says that any of it is, `arranged`
    that an arrangement in force covers the invoice. `done` are the steps of this round.
    """

    counts_from: date
    outstanding: Money
    disputed: Money
    held: bool = False
    arranged: bool = False
    late_fee_charged: bool = False
    suspended: bool = False
    done: Mapping[Action, date] = field(default_factory=dict)

    @property
    def dunnable(self) -> Money:
        """What may be asked for."""
        nothing = Money(0, self.outstanding.currency)
        return nothing if self.arranged else max(self.outstanding - self.disputed, nothing)


def next_step(debt: Debt, table: DunningTable, today: date) -> Action | None:
    """The step that is due now. Asked again with `after` it, the one after that."""
    if _too_small(debt, table):
        return None
    if _late_fee_due(debt, table, today):
        return Action.LATE_FEE
    return _next_of_the_ladder(debt, table, today)


def after(debt: Debt, action: Action, today: date) -> Debt:
    """The same debt when the step is done."""
    return replace(
        debt,
        late_fee_charged=debt.late_fee_charged or action is Action.LATE_FEE,
        suspended=debt.suspended or action is Action.SUSPENSION,
        done={**debt.done, action: today},
    )


def suspends_on(announced_on: date, table: DunningTable) -> date:
    """The day of the suspension that was announced on a day."""
    return announced_on + timedelta(days=table.announced_days)


def _too_small(debt: Debt, table: DunningTable) -> bool:
    """The least amount is in the table's currency: in another one every debt is followed up."""
    if debt.outstanding.currency == table.minimum.currency:
        return debt.dunnable < table.minimum
    return debt.dunnable.minor <= 0


def _late_fee_due(debt: Debt, table: DunningTable, today: date) -> bool:
    """Once per invoice, whatever the round, never while any of it is disputed, and only in the
    currency that the table has the fee in."""
    day = table.late_fee_on_day
    if day is None or debt.late_fee_charged or debt.held:
        return False
    if table.late_fee is None or table.late_fee.currency != debt.outstanding.currency:
        return False
    return today >= debt.counts_from + timedelta(days=day)


def _next_of_the_ladder(debt: Debt, table: DunningTable, today: date) -> Action | None:
    ladder = [step for step in table.steps if step.do is not Action.LATE_FEE]
    for earlier, step in pairwise([None, *ladder]):
        assert step is not None
        if step.do in debt.done or (step.do is Action.SUSPENSION and debt.suspended):
            continue
        return step.do if today >= _ready_on(debt, earlier, step) else None
    return None


def _ready_on(debt: Debt, earlier: Step | None, step: Step) -> date:
    """Its day of the table, but as long after the step before as the table says."""
    by_table = debt.counts_from + timedelta(days=step.after_days)
    done_on = debt.done.get(earlier.do) if earlier is not None else None
    if earlier is None or done_on is None:
        return by_table
    return max(by_table, done_on + timedelta(days=step.after_days - earlier.after_days))
