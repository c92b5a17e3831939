"""Which intents ask for something that billing can answer or do? Pure."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# What keeps a conversation going, brings in a person, or answers a question of the bot.
_SMALL_WORDS = _words(
    """
    affirm ask_capabilities begin bot_challenge change_language choose deny file_complaint
    goodbye greet inform never_mind nlu_fallback out_of_scope provide_code
    provide_customer_number provide_pin repeat request_callback send_code share_contact silence
    talk_to_human thank unclear unsupported
    """
)


def is_request(intent: "str | None") -> bool:
    """Whether it asks for something that can be answered on its own."""
    return intent is not None and intent not in _SMALL_WORDS
