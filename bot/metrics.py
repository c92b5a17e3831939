"""What does the bot count?"""

from prometheus_client import Counter, Gauge, Histogram

turns = Counter("limpede_turns_total", "Customer messages handled", ["channel", "outcome"])
understood = Counter(
    "limpede_messages_understood_total",
    "Customer messages in words by whether the bot understood them",
    ["channel", "language", "understood"],
)
turn_seconds = Histogram(
    "limpede_turn_seconds",
    "From the claim of a message to its replies in the outbox",
    ["channel"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
deliveries = Counter(
    "limpede_deliveries_total", "Outgoing messages by what became of them", ["channel", "result"]
)
# state: sent, delivered, failed: as the provider reported it later
receipts = Counter(
    "limpede_receipts_total", "Reports of providers on messages they took", ["channel", "state"]
)
segments = Counter("limpede_segments_total", "Parts that outgoing messages cost", ["channel"])
oldest_due = Gauge(
    "limpede_oldest_due_seconds",
    "For how long the oldest message that is to be sent has been waiting",
    ["channel"],
)
notices = Counter("limpede_notices_total", "Notices by what became of them", ["kind", "outcome"])
callbacks = Counter("limpede_callbacks_total", "Calls back to customers, by result", ["result"])
