"""How many messages came through the webhooks, and how many calls were refused there?"""

from prometheus_client import Counter

RECEIVED = Counter(
    "limpede_messages_received_total",
    "Messages accepted from a provider, by what the customer did",
    ["channel", "kind"],
)
# reason: bad_secret, bad_signature, too_large, unparseable, unhandled (a shape we don't use)
REFUSED = Counter(
    "limpede_webhook_refused_total",
    "Webhook calls that stored nothing, by reason",
    ["channel", "reason"],
)
DIALS = Counter(
    "limpede_agent_dials_total", "News of agents' phones that were called, by stage", ["status"]
)
