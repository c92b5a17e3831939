"""What does the bot count?"""

from prometheus_client import Counter, Histogram

turns = Counter("limpede_turns_total", "Customer messages handled", ["channel", "outcome"])
turn_seconds = Histogram(
    "limpede_turn_seconds",
    "From the claim of a message to its replies in the outbox",
    ["channel"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
deliveries = Counter(
    "limpede_deliveries_total", "Outgoing messages by what became of them", ["channel", "result"]
)
notices = Counter("limpede_notices_total", "Notices by what became of them", ["kind", "outcome"])
callbacks = Counter("limpede_callbacks_total", "Calls back to customers, by result", ["result"])
