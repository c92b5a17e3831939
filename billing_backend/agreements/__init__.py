"""What has an account agreed to, and how is that changed? Outsiders call these functions.

Plans and add-ons on and off, the end of the service and its undoing, one-off charges, usage and
the comparison of plans.
"""

from billing_backend.agreements.charges import ChargeAdded, ChargeRefused, add_charge
from billing_backend.agreements.service import (
    change_services,
    plans_on_sale,
    preview_change,
    services,
)
from billing_backend.agreements.undoing import cancel_change, undo_cancellation
from billing_backend.agreements.using import compare_plans, usage

__all__ = [
    "ChargeAdded",
    "ChargeRefused",
    "add_charge",
    "cancel_change",
    "change_services",
    "compare_plans",
    "plans_on_sale",
    "preview_change",
    "services",
    "undo_cancellation",
    "usage",
]
