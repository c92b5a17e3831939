"""What did the app say about a message? Read where Rasa hands messages to our components."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rasa.shared.nlu.training_data.message import Message


def expects_of(message: Message) -> str | None:
    """The word for what the bot has just asked, or None."""
    expects = _metadata(message).get("expects")
    return expects if isinstance(expects, str) else None


def language_of(message: Message) -> str | None:
    """The customer's language as the app knows it, or None."""
    language = _metadata(message).get("language")
    return language if isinstance(language, str) else None


def today_of(message: Message) -> date:
    """The business's today; the machine's own in `rasa shell` and model/parse, which send none."""
    today = _metadata(message).get("today")
    if isinstance(today, str):
        try:
            return date.fromisoformat(today)
        except ValueError:
            pass
    return datetime.now().astimezone().date()


def _metadata(message: Message) -> Mapping[str, Any]:
    metadata = message.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}
