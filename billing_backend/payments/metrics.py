"""How many events of the payment provider came, and what became of them?"""

from prometheus_client import Counter

# outcome: applied, repeated, late, ignored, bad_signature, unreadable, too_large
PROVIDER_EVENTS = Counter(
    "limpede_payment_events_total",
    "Calls of the payment provider's webhook, by what became of them",
    ["outcome"],
)
