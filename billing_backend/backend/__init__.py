"""How do the rooms of billing_backend make up one Billing?

BuiltInBilling is the contract's first implementation. It adds the business's figures and the
key of one-time codes to each call, and decides nothing itself.
"""

from billing_backend.backend.accounts import BuiltInAccounts
from billing_backend.backend.arrangements import BuiltInArrangements
from billing_backend.backend.corrections import BuiltInCorrections
from billing_backend.backend.debts import BuiltInDebts
from billing_backend.backend.discounts import BuiltInDiscounts
from billing_backend.backend.disputes import BuiltInDisputes
from billing_backend.backend.documents import BuiltInDocuments
from billing_backend.backend.identity import BuiltInIdentity
from billing_backend.backend.invoices import BuiltInInvoices
from billing_backend.backend.notices import BuiltInNotices
from billing_backend.backend.payments import BuiltInPayments
from billing_backend.backend.services import BuiltInServiceChanges

__all__ = ["BuiltInBilling"]


class BuiltInBilling(
    BuiltInIdentity,
    BuiltInAccounts,
    BuiltInInvoices,
    BuiltInCorrections,
    BuiltInPayments,
    BuiltInArrangements,
    BuiltInDisputes,
    BuiltInDebts,
    BuiltInNotices,
    BuiltInServiceChanges,
    BuiltInDiscounts,
    BuiltInDocuments,
):
    """Billing on our own tables, one class for each part of the contract."""
