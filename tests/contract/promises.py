"""What does billing promise to the bot and the desk? Each promise as a test of any billing.

To stand another billing system behind Limpede, implement `billing_backend.contract.Billing`, make
a World (tests/contract/world.py) and run every promise on it, as test_built_in.py does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    ArrangementSummary,
    CodeIssued,
    Corrected,
    DiscountOffer,
    DisputeOpened,
    DisputeRefused,
    ExtensionChoices,
    ExtensionRefused,
    Granted,
    Level,
    LockedOut,
    OfferGone,
    Verified,
    WrongSecret,
)
from billing_backend.errors import IdempotencyConflict, NotFound
from billing_backend.money import Money, total
from tests.contract.world import AGENT, ASSISTANT, NOBODYS_NUMBER, World

Promise = Callable[[World, AsyncSession], Awaitable[None]]
PROMISES: list[Promise] = []
ADDRESS = "telegram:700000009"


def promise(test: Promise) -> Promise:
    PROMISES.append(test)
    return test


# --- who is talking ---


@promise
async def a_phone_recognises_and_never_verifies(world: World, session: AsyncSession) -> None:
    whose = uuid4()
    known = await world.billing.recognise(
        session, whose, phone=world.phones["raised"], method="caller_number", now=world.now
    )
    assert known.level is Level.RECOGNISED
    assert known.customer_id == (await world.customer(session, "raised")).customer_id


@promise
async def a_phone_that_nobody_has_recognises_nobody(world: World, session: AsyncSession) -> None:
    known = await world.billing.recognise(
        session, uuid4(), phone="+40799999999", method="caller_number", now=world.now
    )
    assert (known.level, known.customer_id) == (Level.UNKNOWN, None)


@promise
async def a_code_verifies_once_and_only_in_its_conversation(
    world: World, session: AsyncSession
) -> None:
    here, elsewhere = uuid4(), uuid4()
    billing, now = world.billing, world.now
    customer = await world.customer(session, "raised")
    for whose in (here, elsewhere):
        await billing.name_customer(session, whose, customer.number, now=now)
    issued = await billing.issue_code(session, here, address=ADDRESS, now=now)
    assert isinstance(issued, CodeIssued)
    assert issued.phone == world.phones["raised"]

    stolen = await billing.check_code(session, elsewhere, issued.code, address=ADDRESS, now=now)
    assert isinstance(stolen, WrongSecret)
    proved = await billing.check_code(session, here, issued.code, address=ADDRESS, now=now)
    assert proved == Verified(customer.customer_id, customer.first_name)
    again = await billing.check_code(session, here, issued.code, address=ADDRESS, now=now)
    assert isinstance(again, WrongSecret | LockedOut)


@promise
async def a_proof_is_fresh_for_a_while(world: World, session: AsyncSession) -> None:
    whose = uuid4()
    billing = world.billing
    customer = await world.customer(session, "charged_twice")
    await billing.name_customer(session, whose, customer.number, now=world.now)
    proved = await billing.check_pin(session, whose, world.pin, address=ADDRESS, now=world.now)
    assert isinstance(proved, Verified)
    young = await billing.identification(session, whose, now=world.later(1))
    old = await billing.identification(session, whose, now=world.later(60))
    assert (young.level, young.fresh) == (Level.VERIFIED, True)
    assert (old.level, old.fresh) == (Level.VERIFIED, False)

    await billing.forget_identification(session, whose)
    gone = await billing.identification(session, whose, now=world.later(1))
    assert gone.level is not Level.VERIFIED


@promise
async def where_a_customer_proved_who_they_are_is_remembered(
    world: World, session: AsyncSession
) -> None:
    first, merely_named, last = uuid4(), uuid4(), uuid4()
    billing = world.billing
    customer = await world.customer(session, "charged_twice")
    for minutes, whose in enumerate((first, merely_named, last)):
        now = world.later(minutes)
        await billing.name_customer(session, whose, customer.number, now=now)
        if whose != merely_named:
            await billing.check_pin(session, whose, world.pin, address=ADDRESS, now=now)
    assert list(await billing.proved_in(session, customer.customer_id)) == [last, first]
    other = await world.customer(session, "raised")
    assert not {first, last} & set(await billing.proved_in(session, other.customer_id))


@promise
async def an_unknown_number_behaves_like_a_known_one(world: World, session: AsyncSession) -> None:
    billing, now = world.billing, world.now
    known, unknown = uuid4(), uuid4()
    number = (await world.customer(session, "raised")).number
    await billing.name_customer(session, known, number, now=now)
    await billing.name_customer(session, unknown, NOBODYS_NUMBER, now=now)
    codes = [
        await billing.issue_code(session, whose, address=ADDRESS, now=now)
        for whose in (known, unknown)
    ]
    assert all(isinstance(each, CodeIssued) for each in codes)
    assert isinstance(codes[1], CodeIssued)
    assert codes[1].phone is None
    tried = [
        await billing.check_code(session, whose, "000000", address=ADDRESS, now=now)
        for whose in (known, unknown)
    ]
    assert [type(each) for each in tried] == [WrongSecret, WrongSecret]


@promise
async def wrong_secrets_lock(world: World, session: AsyncSession) -> None:
    billing, whose = world.billing, uuid4()
    number = (await world.customer(session, "charged_twice")).number
    await billing.name_customer(session, whose, number, now=world.now)
    wrong = "0000" if world.pin != "0000" else "1111"
    tries = [
        await billing.check_pin(session, whose, wrong, address=ADDRESS, now=world.now)
        for _ in range(4)
    ]
    assert isinstance(tries[0], WrongSecret)
    assert isinstance(tries[-1], LockedOut)
    right = await billing.check_pin(session, whose, world.pin, address=ADDRESS, now=world.now)
    assert isinstance(right, LockedOut), "a right secret does not open a lock"
    lock = await billing.lockout(session, whose, address=ADDRESS, now=world.now)
    assert lock is not None


# --- what is owed, and why ---


@promise
async def every_invoice_adds_up(world: World, session: AsyncSession) -> None:
    for situation in world.phones:
        customer = await world.customer(session, situation)
        for each in await world.billing.invoices(session, customer.account_id, today=world.today):
            assert each.net + each.tax == each.total
            assert total(line.gross for line in each.lines) == each.total
            assert all(line.net + line.tax == line.gross for line in each.lines)


@promise
async def the_balance_is_what_the_invoices_leave(world: World, session: AsyncSession) -> None:
    for situation in world.phones:
        account = (await world.customer(session, situation)).account_id
        balance = await world.billing.balance(session, account, today=world.today)
        invoices = await world.billing.invoices(session, account, today=world.today, limit=100)
        assert balance.due == total((each.outstanding for each in invoices), balance.due.currency)
        assert (balance.days_overdue > 0) == (balance.overdue.minor > 0)


@promise
async def invoices_come_newest_first(world: World, session: AsyncSession) -> None:
    account = (await world.customer(session, "raised")).account_id
    invoices = await world.billing.invoices(session, account, today=world.today)
    starts = [each.period_start for each in invoices]
    assert len(starts) >= 2
    assert starts == sorted(starts, reverse=True)


@promise
async def causes_sum_to_the_difference(world: World, session: AsyncSession) -> None:
    account = (await world.customer(session, "raised")).account_id
    found = await world.billing.explain(session, account, month=None, today=world.today)
    assert found is not None
    assert found.previous is not None
    assert found.difference.minor > 0
    to_pay = [each.total - each.credit_used for each in (found.current, found.previous)]
    assert found.difference == to_pay[0] - to_pay[1]
    assert total(cause.amount for cause in found.causes) == found.difference
    sizes = [abs(cause.amount.minor) for cause in found.causes]
    assert sizes == sorted(sizes, reverse=True), "the biggest cause first"


@promise
async def there_is_no_explanation_of_a_month_without_an_invoice(
    world: World, session: AsyncSession
) -> None:
    account = (await world.customer(session, "raised")).account_id
    future = world.today.replace(day=1) + timedelta(days=800)
    assert await world.billing.explain(session, account, month=future, today=world.today) is None


@promise
async def an_account_that_is_nobodys_is_not_found(world: World, session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await world.billing.customer(session, uuid4())


# --- errors are found and put right once ---


@promise
async def a_proven_error_is_put_right_once(world: World, session: AsyncSession) -> None:
    billing = world.billing
    account = (await world.customer(session, "charged_twice")).account_id
    found = await billing.review(session, account, today=world.today)
    assert [each.finding_id for each in found] == [
        each.finding_id for each in await billing.review(session, account, today=world.today)
    ], "a finding has the same id at every review"
    [finding] = [each for each in found if each.kind == "duplicate_charge"]
    before = await billing.balance(session, account, today=world.today)

    async def correct(key: str) -> Corrected | AboveLimit | AlreadyCorrected:
        return await billing.correct(
            session, account, finding.finding_id, authority=ASSISTANT, key=key, now=world.now
        )

    done = await correct("first")
    assert isinstance(done, Corrected)
    assert done.amount == finding.amount
    assert await correct("first") == done, "the same key again answers the first result"
    assert isinstance(await correct("second"), AlreadyCorrected)
    after = await billing.balance(session, account, today=world.today)
    assert before.due - after.due + (after.credit - before.credit) == finding.amount
    left = await billing.review(session, account, today=world.today)
    assert finding.finding_id not in [each.finding_id for each in left]


@promise
async def a_finding_of_somebody_else_is_not_found(world: World, session: AsyncSession) -> None:
    victim = (await world.customer(session, "charged_twice")).account_id
    stranger = (await world.customer(session, "overdue")).account_id
    [finding, *_] = await world.billing.review(session, victim, today=world.today)
    with pytest.raises(NotFound):
        await world.billing.correct(
            session, stranger, finding.finding_id, authority=AGENT, key="k", now=world.now
        )


# --- pay later ---


@promise
async def every_day_that_is_offered_is_allowed_and_the_first_one_holds(
    world: World, session: AsyncSession
) -> None:
    billing = world.billing
    account = (await world.customer(session, "overdue")).account_id
    choices = await billing.extension_choices(session, account, today=world.today)
    assert isinstance(choices, ExtensionChoices)
    assert choices.dates
    assert all(world.today <= day <= choices.latest for day in choices.dates)

    async def arrange(key: str) -> ArrangementSummary | ExtensionRefused:
        day = choices.dates[-1]
        return await billing.arrange_extension(
            session, account, day, authority=ASSISTANT, key=key, now=world.now
        )

    made = await arrange("first")
    assert isinstance(made, ArrangementSummary)
    assert (made.amount, made.pay_by) == (choices.amount, choices.dates[-1])
    assert await arrange("first") == made
    assert isinstance(await arrange("second"), ExtensionRefused)
    balance = await billing.balance(session, account, today=world.today)
    assert balance.arrangement is not None
    assert balance.arrangement.arrangement_id == made.arrangement_id


@promise
async def a_day_that_is_too_late_is_refused_with_the_latest(
    world: World, session: AsyncSession
) -> None:
    account = (await world.customer(session, "overdue")).account_id
    refused = await world.billing.arrange_extension(
        session,
        account,
        world.today + timedelta(days=300),
        authority=ASSISTANT,
        key="k",
        now=world.now,
    )
    assert isinstance(refused, ExtensionRefused)
    assert (refused.reason, refused.latest is not None) == ("date_too_late", True)


@promise
async def a_key_for_another_request_is_refused(world: World, session: AsyncSession) -> None:
    account = (await world.customer(session, "overdue")).account_id
    choices = await world.billing.extension_choices(session, account, today=world.today)
    assert isinstance(choices, ExtensionChoices)
    days = [choices.latest, choices.latest - timedelta(days=1)]
    await world.billing.arrange_extension(
        session, account, days[0], authority=ASSISTANT, key="one", now=world.now
    )
    with pytest.raises(IdempotencyConflict):
        await world.billing.arrange_extension(
            session, account, days[1], authority=ASSISTANT, key="one", now=world.now
        )


# --- disputes ---


@promise
async def a_charge_is_disputed_once(world: World, session: AsyncSession) -> None:
    billing = world.billing
    account = (await world.customer(session, "overdue")).account_id
    invoice = next(
        each
        for each in await billing.invoices(session, account, today=world.today)
        if each.outstanding
    )

    async def dispute(key: str) -> DisputeOpened | DisputeRefused:
        return await billing.open_dispute(
            session,
            account,
            invoice.number,
            reason="usage",
            words="prea mult",
            authority=ASSISTANT,
            key=key,
            now=world.now,
        )

    opened = await dispute("first")
    assert isinstance(opened, DisputeOpened)
    assert opened.dispute.answer_by > world.today
    assert await dispute("first") == opened
    again = await dispute("second")
    assert isinstance(again, DisputeRefused)
    assert again.existing == opened.dispute
    assert [each.number for each in await billing.disputes(session, account)] == [
        opened.dispute.number
    ]


# --- discounts ---


async def _offer(world: World, session: AsyncSession, key: str = "offer") -> DiscountOffer:
    account = (await world.customer(session, "deserving")).account_id
    offer = await world.billing.propose_discount(
        session,
        account,
        reason="price_increase",
        conversation_id=uuid4(),
        authority=ASSISTANT,
        key=key,
        now=world.now,
    )
    assert isinstance(offer, DiscountOffer)
    return offer


@promise
async def insisting_changes_no_offer(world: World, session: AsyncSession) -> None:
    offers = [await _offer(world, session, key) for key in ("asked", "shouted", "begged")]
    assert len({(each.percent_bp, each.months, each.amount) for each in offers}) == 1


@promise
async def an_offer_is_accepted_once(world: World, session: AsyncSession) -> None:
    offer = await _offer(world, session)
    account = (await world.customer(session, "deserving")).account_id

    async def accept(key: str) -> Granted | OfferGone:
        return await world.billing.accept_offer(
            session, account, offer.offer_id, authority=ASSISTANT, key=key, now=world.now
        )

    granted = await accept("first")
    assert isinstance(granted, Granted)
    assert await accept("first") == granted
    assert isinstance(await accept("second"), OfferGone)
    balance = await world.billing.balance(session, account, today=world.today)
    assert [each.grant_id for each in balance.grants] == [granted.grant_id]


@promise
async def an_offer_of_somebody_else_is_not_accepted(world: World, session: AsyncSession) -> None:
    offer = await _offer(world, session)
    stranger = (await world.customer(session, "overdue")).account_id
    gone = await world.billing.accept_offer(
        session, stranger, offer.offer_id, authority=ASSISTANT, key="k", now=world.now
    )
    assert gone == OfferGone("not_yours")


@promise
async def an_offer_ends(world: World, session: AsyncSession) -> None:
    offer = await _offer(world, session)
    account = (await world.customer(session, "deserving")).account_id
    gone = await world.billing.accept_offer(
        session,
        account,
        offer.offer_id,
        authority=ASSISTANT,
        key="k",
        now=offer.expires_at + timedelta(seconds=1),
    )
    assert gone == OfferGone("expired")


# --- money given back by hand ---


@promise
async def no_more_is_credited_than_was_invoiced(world: World, session: AsyncSession) -> None:
    billing = world.billing
    account = (await world.customer(session, "raised")).account_id
    [invoice, *_] = await billing.invoices(session, account, today=world.today)
    refused = await billing.credit(
        session,
        invoice.number,
        line=None,
        amount=invoice.total + Money(1, invoice.total.currency),
        reason="goodwill",
        note="a test",
        authority=AGENT,
        key="k",
        now=world.now,
    )
    assert not hasattr(refused, "number"), "a refusal is a value"


@promise
async def nothing_is_committed(world: World, session: AsyncSession) -> None:
    account = (await world.customer(session, "overdue")).account_id
    choices = await world.billing.extension_choices(session, account, today=world.today)
    assert isinstance(choices, ExtensionChoices)
    await world.billing.arrange_extension(
        session, account, choices.latest, authority=ASSISTANT, key="k", now=world.now
    )
    async with world.sessions() as other:
        balance = await world.billing.balance(other, account, today=world.today)
    assert balance.arrangement is None, "the caller commits, or does not"
