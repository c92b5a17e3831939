"""Which modules define tables? Importing this one makes Base.metadata whole."""

import importlib
import importlib.util

MODULES: tuple[str, ...] = (
    "billing_backend.idempotency",
    "billing_backend.customers.models",
    "billing_backend.catalogue.models",
    "billing_backend.invoices.models",
    "billing_backend.payments.models",
    "billing_backend.corrections.models",
    "billing_backend.plans.models",
    "billing_backend.discounts.models",
    "billing_backend.identity.models",
    "billing_backend.journal.models",
    "billing_backend.audit.models",
    "handoff.conversations.models",
    "handoff.queue.models",
    "handoff.desk.models",
)

for _module in MODULES:
    if importlib.util.find_spec(_module.rpartition(".")[0]) is not None and (
        importlib.util.find_spec(_module) is not None
    ):
        importlib.import_module(_module)
