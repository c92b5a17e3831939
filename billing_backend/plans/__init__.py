"""Who pays later than the due date, by agreement? Outsiders call these functions."""

from billing_backend.plans.instalments import next_part
from billing_backend.plans.repository import protected_invoices
from billing_backend.plans.service import (
    accounts_with_kept_arrangement,
    arrange_extension,
    arrange_instalments,
    arrangements,
    current_arrangement,
    extension_choices,
    instalment_choices,
    mark_broken,
)

__all__ = [
    "accounts_with_kept_arrangement",
    "arrange_extension",
    "arrange_instalments",
    "arrangements",
    "current_arrangement",
    "extension_choices",
    "instalment_choices",
    "mark_broken",
    "next_part",
    "protected_invoices",
]
