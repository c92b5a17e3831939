"""Which modules define tables? Importing this one makes Base.metadata whole."""

import importlib

MODULES: tuple[str, ...] = (
    "billing_backend.idempotency",
    "billing_backend.customers.models",
    "billing_backend.catalogue.models",
    "billing_backend.invoices.models",
    "billing_backend.payments.models",
    "billing_backend.corrections.models",
    "billing_backend.documents.models",
    "billing_backend.plans.models",
    "billing_backend.disputes.models",
    "billing_backend.dunning.models",
    "billing_backend.notices.models",
    "billing_backend.agreements.models",
    "billing_backend.discounts.models",
    "billing_backend.identity.models",
    "billing_backend.journal.models",
    "billing_backend.audit.models",
    "billing_backend.tokens.models",
    "billing_backend.idempotency",
    "handoff.conversations.models",
    "handoff.queue.models",
    "handoff.reviews.models",
    "handoff.desk.models",
)

for _module in MODULES:
    importlib.import_module(_module)
