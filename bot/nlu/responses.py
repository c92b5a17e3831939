"""In which words does Rasa say a response? The `nlg` of endpoints.yml."""

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlu import choosing
from bot.nlu.language import DEFAULT_LANGUAGE, detect

# Rasa's built-in actions ask for these and stay silent without them.
_OPTIONAL = {"utter_default", "utter_restart", "utter_session_start", "utter_back"}


class ResponseChooser(TemplatedNaturalLanguageGenerator):
    """Chooses by the language and channel of the customer's latest message.

    A subclass of Rasa's templated generator because that is the one whose `responses` Rasa
    fills in when it loads a model.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Words for `utter_action`: {"text", "buttons", "custom"}, as far as it has them.

        Variables come from the caller and then from slots. An action that has just changed the
        language passes `language=` and is obeyed at once. Raises choosing.ResponseGap or
        choosing.MissingVariable: silence or a bare "{amount}" would be worse than a failed turn.
        """
        variations = self.responses.get(utter_action)
        if not variations:
            if utter_action in _OPTIONAL:
                return None
            raise choosing.ResponseGap(f"no response is called {utter_action}")
        language = kwargs.get("language") or language_of(tracker)
        variation = choosing.choose(variations, language, tracker.get_latest_input_channel())
        return choosing.fill(variation, {**tracker.current_slot_values(), **kwargs})


def language_of(tracker: DialogueStateTracker) -> str:
    """The language of the latest message: as the app said, else as it looks, else Romanian."""
    message = tracker.latest_message
    if message is None:
        return DEFAULT_LANGUAGE
    said = (message.metadata or {}).get("language")
    if said in choosing.LANGUAGES:
        return str(said)
    return detect(message.text or "") or DEFAULT_LANGUAGE
