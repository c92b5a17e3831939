"""Is a debt paid in parts as agreed, and a missed part noticed the day after?"""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import plans
from billing_backend.contract import (
    ArrangementSummary,
    Authority,
    ExtensionRefused,
    InstalmentChoices,
    Tier,
)
from billing_backend.disputes.models import Dispute
from billing_backend.errors import IdempotencyConflict, NotFound
from billing_backend.invoices.models import Invoice
from billing_backend.money import Money, total
from billing_backend.notices.models import NoticeRow
from billing_backend.plans.models import Arrangement
from billing_backend.policy import Policy
from tests.integration.plans.test_extensions import BOGDAN, NOW, TODAY, owes, pays, settle

POLICY = Policy()
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")


async def arrange(
    session: AsyncSession, parts: int = 3, *, key: str = "k1"
) -> ArrangementSummary | ExtensionRefused:
    return await plans.arrange_instalments(
        session, BOGDAN, parts, authority=ASSISTANT, key=key, now=NOW, policy=POLICY
    )


@pytest.fixture
async def bogdan(session: AsyncSession) -> AsyncSession:
    """He owes 80.00 since yesterday and 40.00 in a week: 120.00 in all."""
    await settle(session)
    await owes(session, serial=2, due_on=TODAY + timedelta(days=7), minor=4_000)
    return session


async def test_bogdan_pays_in_three_parts_that_come_to_the_whole(bogdan: AsyncSession) -> None:
    offered = await plans.instalment_choices(bogdan, BOGDAN, today=TODAY, policy=POLICY)
    assert isinstance(offered, InstalmentChoices)

    made = await arrange(bogdan)

    assert isinstance(made, ArrangementSummary)
    assert made.parts == offered.plans[1]
    assert total(part.amount for part in made.parts) == made.amount == made.owed == Money(12_000)
    assert (made.status, made.pay_by) == ("open", made.parts[-1].due_on)
    assert await plans.current_arrangement(bogdan, BOGDAN, today=TODAY) == made
    protected = set(await bogdan.scalars(plans.protected_invoices(TODAY)))
    assert len(protected) == 2


async def test_the_same_key_makes_one_arrangement(bogdan: AsyncSession) -> None:
    assert await arrange(bogdan) == await arrange(bogdan)
    assert await bogdan.scalar(select(func.count()).select_from(Arrangement)) == 1
    with pytest.raises(IdempotencyConflict):
        await arrange(bogdan, 2)


async def test_parts_that_are_not_offered_are_refused(bogdan: AsyncSession) -> None:
    for parts in (0, 1, 5):
        assert await arrange(bogdan, parts, key=f"k{parts}") == ExtensionRefused("parts")


async def test_instalments_count_as_an_extension_of_the_year(bogdan: AsyncSession) -> None:
    made = await arrange(bogdan)

    again = await arrange(bogdan, key="k2")
    later = await plans.extension_choices(bogdan, BOGDAN, today=TODAY, policy=POLICY)
    assert again == later == ExtensionRefused("already_arranged", existing=made)


async def test_a_missed_part_is_noticed_the_day_after_and_the_customer_told(
    bogdan: AsyncSession,
) -> None:
    made = await arrange(bogdan)
    assert isinstance(made, ArrangementSummary)
    first = made.parts[0].due_on
    await pays(bogdan, 3_999)  # of 40.00

    assert await plans.mark_broken(bogdan, first, now=NOW) == 0
    assert await plans.mark_broken(bogdan, first + timedelta(days=1), now=NOW) == 1
    assert await plans.mark_broken(bogdan, first + timedelta(days=1), now=NOW) == 0
    [notice] = await bogdan.scalars(select(NoticeRow))
    assert notice.kind == "instalment_missed"
    assert notice.values["amount"] == {"money": 8_001, "currency": "RON"}
    after = first + timedelta(days=1)
    assert set(await bogdan.scalars(plans.protected_invoices(after))) == set()


async def test_parts_paid_in_time_keep_it(bogdan: AsyncSession) -> None:
    made = await arrange(bogdan)
    assert isinstance(made, ArrangementSummary)
    await pays(bogdan, 8_000)  # two parts of 40.00 at once

    second, third = made.parts[1].due_on, made.parts[2].due_on
    assert await plans.mark_broken(bogdan, second + timedelta(days=1), now=NOW) == 0
    assert await plans.mark_broken(bogdan, third + timedelta(days=1), now=NOW) == 1


async def disputes(session: AsyncSession, number: str, minor: int) -> None:
    invoice = await session.scalar(select(Invoice).where(Invoice.number == number))
    assert invoice is not None
    session.add(
        Dispute(
            number=f"CT-{number}",
            account_id=BOGDAN,
            invoice_id=invoice.id,
            amount_minor=minor,
            currency="RON",
            reason="other",
            words="",
            evidence={},
            state="open",
            opened_on=TODAY,
            answer_by=TODAY,
        )
    )
    await session.flush()


async def test_what_is_disputed_is_no_part_of_it(bogdan: AsyncSession) -> None:
    await disputes(bogdan, "DT 2", 1_000)

    # 120.00 - 10.00 = 110.00
    made = await arrange(bogdan)
    assert isinstance(made, ArrangementSummary)
    assert made.amount == made.owed == Money(11_000)


async def test_where_all_is_disputed_there_is_nothing_to_arrange(bogdan: AsyncSession) -> None:
    await disputes(bogdan, "DT 1", 8_000)
    await disputes(bogdan, "DT 2", 4_000)

    assert await arrange(bogdan) == ExtensionRefused("disputed")
    later = await plans.extension_choices(bogdan, BOGDAN, today=TODAY, policy=POLICY)
    assert later == ExtensionRefused("disputed")


async def test_a_rejected_dispute_does_not_break_what_was_agreed_about_the_rest(
    bogdan: AsyncSession,
) -> None:
    await disputes(bogdan, "DT 1", 1_000)
    made = await arrange(bogdan, 2)
    assert isinstance(made, ArrangementSummary)
    dispute = (await bogdan.scalars(select(Dispute))).one()
    dispute.state, dispute.answered_on = "rejected", TODAY
    dispute.due_again_on = TODAY + timedelta(days=14)
    await pays(bogdan, 7_000)
    await bogdan.flush()

    # 70.00 of 110.00 are paid, of which 55.00 was due; the 10.00 have a due date of their own
    after = made.parts[0].due_on + timedelta(days=1)
    assert await plans.mark_broken(bogdan, after, now=NOW) == 0
    assert await plans.mark_broken(bogdan, made.pay_by + timedelta(days=1), now=NOW) == 1


async def test_what_is_disputed_later_breaks_nothing(bogdan: AsyncSession) -> None:
    made = await arrange(bogdan)
    assert isinstance(made, ArrangementSummary)
    await pays(bogdan, 3_000)
    await disputes(bogdan, "DT 1", 1_000)  # the rest of the first 40.00

    after = made.parts[0].due_on + timedelta(days=1)
    assert await plans.mark_broken(bogdan, after, now=NOW) == 0
    current = await plans.current_arrangement(bogdan, BOGDAN, today=after)
    assert current is not None
    assert (current.status, current.owed) == ("open", Money(8_000))


async def test_without_such_an_account_there_is_nothing_to_arrange(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await plans.arrange_instalments(
            session, UUID(int=99), 2, authority=ASSISTANT, key="k", now=NOW, policy=POLICY
        )
