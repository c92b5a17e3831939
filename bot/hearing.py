"""How sure must speech recognition be of a caller's words before they are acted upon? Pure.

Twilio tells its confidence from 0 to 1; some of its models tell none, and then words are taken
as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.message import Kind
from handoff.conversations import InboundMessage


@dataclass(frozen=True, slots=True)
class Hearing:
    """Below `confirm_below` a request is read back first; below `noise_below` nothing was said."""

    confirm_below: float = 0.5
    noise_below: float = 0.2

    def is_noise(self, message: InboundMessage) -> bool:
        return self._under(message, self.noise_below)

    def is_doubtful(self, message: InboundMessage) -> bool:
        return self._under(message, self.confirm_below)

    def _under(self, message: InboundMessage, threshold: float) -> bool:
        confidence = message.data.get("confidence")
        return message.kind == Kind.SPEECH and confidence is not None and confidence < threshold
