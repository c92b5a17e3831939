"""The account review over a whole company: it finds every planted error and invents none.

5,000 customers with a year of invoices from the real billing run: price changes, promotions that
end, add-ons taken and given up within a month, usage, late payers. Errors are planted in the
invoices of some, one kind each.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import demo
from billing_backend.corrections import service
from billing_backend.customers.models import Account
from billing_backend.db import Sessions, transaction
from billing_backend.policy import Policy

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
POLICY = Policy()
CUSTOMERS = 5_000
OF_EACH_KIND = 25

# For each kind: the accounts in which it can be planted, with the row that is made wrong ...
CANDIDATES = {
    "duplicate_charge": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'add_on' AND i.issued_on >= '2026-10-01'
    """,
    "add_on_not_ordered": """
        SELECT i.account_id, l.subscription_id
        FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'add_on' AND i.issued_on >= '2026-10-01'
    """,
    "charged_after_cancellation": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        JOIN subscription s ON s.id = l.subscription_id
        WHERE l.kind = 'add_on' AND i.issued_on >= '2026-10-25' AND s.starts_on < '2026-08-01'
          AND s.ends_on IS NULL
    """,
    "price_above_agreement": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'plan_fee' AND i.issued_on >= '2026-10-01'
          AND l.subscription_id NOT IN (SELECT subscription_id FROM agreed_promotion)
    """,
    "wrong_proration": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'proration' AND l.net_minor > 0
    """,
    "promised_discount_missing": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.promotion_id IS NOT NULL
    """,
    "wrong_tax_rate": """
        SELECT i.account_id, l.id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'plan_fee' AND i.issued_on >= '2026-10-01'
    """,
    "late_fee_unjustified": """
        SELECT i.account_id, c.late_for_invoice_id
        FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        JOIN charge c ON c.id = l.charge_id
        WHERE l.kind = 'late_fee'
    """,
    "payment_not_allocated": """
        SELECT i.account_id, i.id FROM invoice i WHERE i.issued_on >= '2026-10-01'
    """,
    "payment_on_another_account": """
        SELECT i.account_id, i.id FROM invoice i WHERE i.issued_on >= '2026-10-01'
    """,
}
# ... and how.
PLANT = {
    "duplicate_charge": """
        INSERT INTO invoice_line
        SELECT gen_random_uuid(), invoice_id, position + 100, kind, description, quantity,
            net_minor, tax_minor, tax_rate_bp, period_start, period_end, product_code,
            subscription_id, promotion_id, grant_id, charge_id
        FROM invoice_line WHERE id = :row
    """,
    "add_on_not_ordered": "UPDATE subscription SET start_order_id = NULL WHERE id = :row",
    "charged_after_cancellation": """
        UPDATE subscription SET ends_on = l.period_start - 1
        FROM invoice_line l WHERE l.id = :row AND l.subscription_id = subscription.id
    """,
    "price_above_agreement": """
        UPDATE invoice_line SET net_minor = net_minor + 100, tax_minor = tax_minor + 21
        WHERE id = :row
    """,
    "wrong_proration": """
        UPDATE invoice_line SET net_minor = net_minor + 100, tax_minor = tax_minor + 21
        WHERE id = :row
    """,
    "promised_discount_missing": "DELETE FROM invoice_line WHERE id = :row",
    "wrong_tax_rate": """
        UPDATE invoice_line SET tax_rate_bp = 2500, tax_minor = (net_minor * 2500 + 5000) / 10000
        WHERE id = :row
    """,
    "late_fee_unjustified": """
        UPDATE payment SET received_on = i.due_on
        FROM allocation a JOIN invoice i ON i.id = a.invoice_id
        WHERE a.payment_id = payment.id AND i.id = :row
    """,
    "payment_not_allocated": """
        INSERT INTO payment (id, account_id, amount_minor, currency, received_on, method, reference,
            payer_note)
        SELECT gen_random_uuid(), NULL, total_minor, currency, issued_on + 3, 'bank_transfer',
            'STRAY-' || number, 'plata factura ' || number
        FROM invoice WHERE id = :row
    """,
    "payment_on_another_account": """
        INSERT INTO payment (id, account_id, amount_minor, currency, received_on, method, reference,
            payer_note)
        SELECT gen_random_uuid(), (
                SELECT id FROM account WHERE account.id <> account_id ORDER BY id LIMIT 1
            ),
            total_minor, currency, issued_on + 3, 'bank_transfer', 'ASTRAY-' || number,
            'plata factura ' || number
        FROM invoice WHERE id = :row
    """,
}
ADD_UP = """
    UPDATE invoice SET net_minor = net, tax_minor = tax, total_minor = net + tax
    FROM (
        SELECT invoice_id, sum(net_minor) AS net, sum(tax_minor) AS tax
        FROM invoice_line GROUP BY invoice_id
    ) AS summed
    WHERE invoice.id = invoice_id AND (net_minor, tax_minor) <> (net, tax)
"""


async def plant(session: AsyncSession) -> dict[UUID, str]:
    """Which account has which error now."""
    planted: dict[UUID, str] = {}
    for kind, candidates in CANDIDATES.items():
        rows = (await session.execute(text(f"{candidates} ORDER BY 1, 2"))).all()
        free = {account: row for account, row in rows if account not in planted}
        assert len(free) >= OF_EACH_KIND, f"too few accounts for {kind}"
        for account, row in list(free.items())[:: len(free) // OF_EACH_KIND][:OF_EACH_KIND]:
            await session.execute(text(PLANT[kind]), {"row": row})
            planted[account] = kind
    await session.execute(text(ADD_UP))
    return planted


@pytest.mark.timeout(900)
async def test_every_planted_error_is_found_and_nothing_else(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await demo.seed_crowd(session, now=NOW, policy=POLICY, size=CUSTOMERS)
    async with transaction(sessions) as session:
        planted = await plant(session)
        accounts = list(await session.scalars(select(Account.id)))
    assert len(accounts) == CUSTOMERS

    found: dict[UUID, set[str]] = {}
    async with transaction(sessions) as session:
        for account in accounts:
            findings = await service.review(session, account, today=TODAY, policy=POLICY)
            if findings:
                found[account] = {each.kind for each in findings}
            assert all(each.amount.minor > 0 for each in findings)
            session.expunge_all()

    missed = {kind for account, kind in planted.items() if kind not in found.get(account, ())}
    invented = [kinds for account, kinds in found.items() if kinds != {planted.get(account)}]
    assert missed == set()
    assert invented == []
    assert len(planted) == len(found) == OF_EACH_KIND * len(PLANT)
