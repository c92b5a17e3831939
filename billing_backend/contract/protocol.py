"""What does the whole of billing answer? Everything the bot's actions and the desk call."""

from __future__ import annotations

from typing import Protocol

from billing_backend.contract.accounts import Accounts
from billing_backend.contract.arrangements import Arrangements
from billing_backend.contract.corrections import Corrections
from billing_backend.contract.debts import Debts
from billing_backend.contract.discounts import Discounts
from billing_backend.contract.disputes import Disputes
from billing_backend.contract.documents import Documents
from billing_backend.contract.identity import Identity
from billing_backend.contract.invoices import Invoices
from billing_backend.contract.notices import Notices
from billing_backend.contract.payments import Payments
from billing_backend.contract.services import ServiceChanges


class Billing(
    Identity,
    Accounts,
    Invoices,
    Corrections,
    Payments,
    Arrangements,
    Disputes,
    Debts,
    Notices,
    ServiceChanges,
    Discounts,
    Documents,
    Protocol,
):
    """Everything the bot's actions and the desk call; nothing else of billing is theirs."""
