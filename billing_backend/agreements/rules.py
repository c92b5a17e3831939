"""May this change be made, from which day, and at which price?

Pure. Upgrades count at once, downgrades and ends from the end of the paid period. A date of one's
own must not be earlier than that, nor further away than the policy's horizon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from billing_backend.agreements.facts import Decided, Held, Offered, Pending, Standing, Start
from billing_backend.catalogue.words import standing as standing_name
from billing_backend.contract import ChangeRefused, Wish
from billing_backend.errors import CannotBill
from billing_backend.invoices.facts import AccountFacts, ChargeFacts, SubscriptionFacts
from billing_backend.invoices.periods import months_back, period_of
from billing_backend.invoices.rules import dated_price, price_on
from billing_backend.money import Money, total
from billing_backend.policy import Policy

_DAY = timedelta(days=1)


def decide(
    wish: Wish, standing: Standing, product: Offered | None, policy: Policy
) -> Decided | ChangeRefused:
    """The change, or the first reason against it. `product` is the one that is wished for."""
    refused = _cannot_change_at_all(wish, standing) or _impossible_day(wish, standing, policy)
    if refused is not None:
        return refused
    try:
        return _DECIDE[wish.kind](wish, standing, product, policy)
    except CannotBill as error:
        return ChangeRefused(error.reason)


def after(decided: Decided, standing: Standing, *, new_id: UUID, charge_id: UUID) -> AccountFacts:
    """What the next invoice would be drawn up from, once the change is made."""
    account = standing.account
    subscriptions = {each.subscription_id: each for each in account.subscriptions}
    dropped = {pending.charge_id for pending in decided.withdraws}
    charges = [each for each in account.charges if each.charge_id not in dropped]
    for pending in decided.withdraws:
        for subscription_id, ends_on in pending.ended.items():
            restored = replace(subscriptions[subscription_id], ends_on=ends_on)
            subscriptions[subscription_id] = restored
        for subscription_id in pending.started:
            subscriptions.pop(subscription_id, None)
    for held in decided.ends:
        ended = replace(subscriptions[held.subscription_id], ends_on=decided.last_day)
        subscriptions[held.subscription_id] = ended
    if decided.start is not None:
        subscriptions[new_id] = _begun(decided.start, decided.from_day, new_id)
    if decided.fee:
        charges.append(_fee_charge(decided.fee, decided.from_day, charge_id))
    return replace(account, subscriptions=tuple(subscriptions.values()), charges=tuple(charges))


def main_plan(standing: Standing) -> Held | None:
    """The plan that runs today; of several the first one agreed, one that goes on before others."""
    running = standing.running("plan", standing.today)
    running.sort(key=lambda held: (held.facts.ends_on is not None, held.since))
    return running[0] if running else None


def cancelled_on(standing: Standing) -> date | None:
    """The last day of a service that was cancelled; None while a plan goes on."""
    ends = [held.facts.ends_on for held in standing.of_kind("plan")]
    if not ends:
        return standing.ended_on
    return None if None in ends else max(end for end in ends if end is not None)


def listed(product: Offered, standing: Standing, day: date) -> Money:
    """The catalogue's net price of a day. CannotBill when there is none."""
    return Money(dated_price(product.code, product.prices, day), standing.account.currency)


def termination_fee(
    old_net: Money, new_net: Money, *, from_day: date, term_until: date | None, policy: Policy
) -> Money:
    """The fee for paying less before the minimum term is over, without tax.

    The policy's share of what is paid less a month, for each month that is left, a begun one
    counted whole. Nothing for paying the same or more, or after the term.
    """
    months = months_left(from_day, term_until)
    less = old_net - new_net
    if months == 0 or less.minor <= 0:
        return Money(0, old_net.currency)
    return (less * months).share(policy.termination_fee_bp)


def months_left(from_day: date, until: date | None) -> int:
    """Months from a day until another, both included; a begun one counts whole."""
    months = 0
    while until is not None and months_back(from_day, -months) <= until:
        months += 1
    return months


def _cannot_change_at_all(wish: Wish, standing: Standing) -> ChangeRefused | None:
    over = cancelled_on(standing)
    if over is not None:
        return ChangeRefused("already_cancelled", day=over)
    if main_plan(standing) is None:
        to_come = [held.since for held in standing.of_kind("plan")]
        return ChangeRefused(
            "before_agreement" if to_come else "no_plan", day=min(to_come, default=None)
        )
    if standing.suspended_on is not None and wish.kind != "cancel":
        return ChangeRefused("suspended", day=standing.suspended_on)
    return None


def _impossible_day(wish: Wish, standing: Standing, policy: Policy) -> ChangeRefused | None:
    if wish.on is None:
        return None
    plan = main_plan(standing)
    if plan is not None and wish.on < plan.since:
        return ChangeRefused("before_agreement", day=plan.since)
    if wish.on < standing.today:
        return ChangeRefused("in_past", day=standing.today)
    furthest = standing.today + timedelta(days=policy.change_horizon_days)
    return ChangeRefused("too_far", day=furthest) if wish.on > furthest else None


def _another_plan(
    wish: Wish, standing: Standing, product: Offered | None, policy: Policy
) -> Decided | ChangeRefused:
    plan = main_plan(standing)
    assert plan is not None
    refused = _cannot_have(product, "plan", standing)
    if refused is not None or product is None:
        return refused or ChangeRefused("unknown_product")
    if scheduled := _pending(standing, "plan"):
        return ChangeRefused("already_scheduled", scheduled.told.from_day, scheduled.told)
    if product.code == plan.facts.product_code:
        return ChangeRefused("same_plan", day=plan.since)
    if product.family != plan.family:
        return ChangeRefused("other_family")
    old = _monthly(plan, standing, standing.today)
    earliest = (
        _at_once(standing, plan)
        if listed(product, standing, standing.today) > old
        else standing.period.end + _DAY
    )
    from_day = wish.on or earliest
    if from_day < earliest:
        return ChangeRefused("not_before", day=earliest)
    start = _start(product, from_day, plan.minimum_term_until, standing)
    fee = termination_fee(
        _monthly(plan, standing, from_day),
        start.net,
        from_day=from_day,
        term_until=plan.minimum_term_until,
        policy=policy,
    )
    return Decided("plan", from_day, (plan,), start, fee or None)


def _an_add_on(
    wish: Wish, standing: Standing, product: Offered | None, policy: Policy
) -> Decided | ChangeRefused:
    refused = _cannot_have(product, "add_on", standing)
    if refused is not None or product is None:
        return refused or ChangeRefused("unknown_product")
    from_day = wish.on or standing.today
    for held in standing.of_kind("add_on"):
        if held.facts.product_code == product.code:
            scheduled = _touching(standing, held)
            if scheduled is not None:
                return ChangeRefused("already_scheduled", scheduled.told.from_day, scheduled.told)
            if held.facts.ends_on is None or held.facts.ends_on >= from_day:
                return ChangeRefused("already_have", day=held.since)
    if not any(product.fits(plan.family) for plan in standing.running("plan", standing.today)):
        return ChangeRefused("other_family")
    return Decided("add_on", from_day, (), _start(product, from_day, None, standing), None)


def _no_add_on(
    wish: Wish, standing: Standing, product: Offered | None, policy: Policy
) -> Decided | ChangeRefused:
    if product is None or product.kind != "add_on":
        return ChangeRefused("unknown_product")
    had = [each for each in standing.of_kind("add_on") if each.facts.product_code == product.code]
    for held in had:
        if scheduled := _touching(standing, held):
            return ChangeRefused("already_scheduled", scheduled.told.from_day, scheduled.told)
    ending = tuple(each for each in had if each.facts.ends_on is None)
    if not ending:
        return ChangeRefused("not_had")
    from_day = wish.on or standing.period.end + _DAY
    if from_day <= standing.today:
        # Today is used already.
        return ChangeRefused("not_before", day=standing.today + _DAY)
    fee = _fees_for_ending(ending, standing, from_day, policy)
    return Decided("remove_add_on", from_day, ending, None, fee or None)


def _no_service(
    wish: Wish, standing: Standing, product: Offered | None, policy: Policy
) -> Decided | ChangeRefused:
    """Everything ends. What was scheduled for later is called off: nothing obstructs an end."""
    earliest = standing.period.end + _DAY
    from_day = wish.on or earliest
    if from_day < earliest:
        return ChangeRefused("not_before", day=earliest)
    withdraws = tuple(each for each in standing.pending if each.told.from_day >= from_day)
    never = {subscription for pending in withdraws for subscription in pending.started}
    restored = {key: end for pending in withdraws for key, end in pending.ended.items()}
    # The plan first: it is what the whole is called by.
    ends = tuple(
        held
        for held in standing.of_kind("plan") + standing.of_kind("add_on")
        if held.subscription_id not in never
        and _goes_beyond(restored.get(held.subscription_id, held.facts.ends_on), from_day)
    )
    fee = _fees_for_ending(ends, standing, from_day, policy)
    return Decided("cancel", from_day, ends, None, fee or None, withdraws)


_DECIDE: dict[str, Callable[[Wish, Standing, Offered | None, Policy], Decided | ChangeRefused]] = {
    "plan": _another_plan,
    "add_on": _an_add_on,
    "remove_add_on": _no_add_on,
    "cancel": _no_service,
}


def _cannot_have(product: Offered | None, kind: str, standing: Standing) -> ChangeRefused | None:
    if product is None or product.kind != kind:
        return ChangeRefused("unknown_product")
    if not product.is_on_sale(standing.today):
        return ChangeRefused("not_on_sale", day=product.on_sale_until)
    return ChangeRefused("other_currency") if product.other_currency else None


def _at_once(standing: Standing, plan: Held) -> date:
    """Today; on a period's first day, once that is invoiced, tomorrow: the day is charged for."""
    billed = plan.facts.billed_through
    charged = billed is not None and billed >= standing.today
    return (
        standing.today + _DAY
        if charged and standing.today == standing.period.start
        else standing.today
    )


def _start(product: Offered, from_day: date, term_until: date | None, standing: Standing) -> Start:
    """The new subscription. A term that runs goes on, and while a customer is bound, so is the
    price; without a term it is bound for the first whole period."""
    ends = [each for each in (term_until, _own_term(product, from_day)) if each is not None]
    until = max(ends, default=None)
    if until is not None and until < from_day:
        until = None
    promised = _first_whole_period_end(standing.account.billing_day, from_day)
    return Start(
        product=product,
        net=listed(product, standing, from_day),
        agreed_until=max(promised, until or promised),
        minimum_term_until=until,
    )


def _own_term(product: Offered, from_day: date) -> date | None:
    if not product.minimum_term_months:
        return None
    return months_back(from_day, -product.minimum_term_months) - _DAY


def _first_whole_period_end(billing_day: int, from_day: date) -> date:
    period = period_of(billing_day, from_day)
    return period.end if period.start == from_day else period_of(billing_day, period.end + _DAY).end


def _fees_for_ending(
    ends: tuple[Held, ...], standing: Standing, from_day: date, policy: Policy
) -> Money:
    nothing = Money(0, standing.account.currency)
    return total(
        (
            termination_fee(
                _monthly(held, standing, from_day),
                nothing,
                from_day=from_day,
                term_until=held.minimum_term_until,
                policy=policy,
            )
            for held in ends
        ),
        standing.account.currency,
    )


def _monthly(held: Held, standing: Standing, day: date) -> Money:
    """What it costs a period on a day, promotions left aside."""
    return Money(price_on(held.facts, day), standing.account.currency) * held.facts.quantity


def _pending(standing: Standing, kind: str) -> Pending | None:
    return next((each for each in standing.pending if each.told.kind == kind), None)


def _touching(standing: Standing, held: Held) -> Pending | None:
    """The scheduled change that begins or ends this subscription."""
    for pending in standing.pending:
        if held.subscription_id in pending.started or held.subscription_id in pending.ended:
            return pending
    return None


def _goes_beyond(ends_on: date | None, from_day: date) -> bool:
    return ends_on is None or ends_on >= from_day


def _begun(start: Start, from_day: date, new_id: UUID) -> SubscriptionFacts:
    return SubscriptionFacts(
        subscription_id=new_id,
        product_code=start.product.code,
        kind=start.product.kind,
        name=start.product.name,
        quantity=1,
        starts_on=from_day,
        ends_on=None,
        prices=start.product.prices,
        agreed_net_minor=start.net.minor,
        agreed_until=start.agreed_until,
    )


def _fee_charge(fee: Money, from_day: date, charge_id: UUID) -> ChargeFacts:
    return ChargeFacts(
        charge_id=charge_id,
        kind="one_off",
        description=standing_name("early_termination_fee"),
        net=fee,
        supplied_on=from_day,
    )
