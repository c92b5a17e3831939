"""Does a message say which notices are wanted, or where? Pure.

Deliberately literal: it must name notices. What it misses is still understood as a question.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

_NOTICES = (
    r"(?:notificar\w*|instiintar\w*|reminder\w*|mesaje(?:le)? automate"
    r"|notifications?|notices?|automatic messages)"
)
_CHANNEL = re.compile(
    rf"\b{_NOTICES}\b.{{0,30}}\b(?:pe|prin|by|on|via|through|to|la) (?P<channel>sms|telegram)\b"
)
_OFF = re.compile(
    r"\b(?:nu (?:mai )?(?:vreau|doresc|trimite\w*|primesc)|fara|opri\w*|opreste\w*|dezactiv\w*"
    r"|dezabon\w*|nu-?mi mai trimite\w*|nu imi mai trimite\w*|renunt la"
    r"|no more|stop|don'?t (?:want|send)|do not (?:want|send)|turn off|unsubscribe|switch off)\b"
    rf".{{0,30}}\b{_NOTICES}\b"
)
_ON = re.compile(
    r"\b(?:vreau|doresc|activ\w*|porn\w*|trimite\w*"
    r"|turn on|resume|start|i want|send me|switch on)\b"
    rf".{{0,30}}\b{_NOTICES}\b"
)
_SHOW = re.compile(
    rf"(?:ce|care|which|what|my|schimb\w*|change)\b.{{0,30}}\b{_NOTICES}\b.{{0,30}}|{_NOTICES}"
)


def wish(words: str) -> str | None:
    """off, on, channel:sms, channel:telegram or show; None when it is about something else."""
    said = fold(words).replace("’", "'").strip(" .!?")
    if named := _CHANNEL.search(said):
        return None if _OFF.search(said) else f"channel:{named['channel']}"
    if _OFF.search(said):
        return "off"
    if _ON.search(said):
        return "on"
    return "show" if _SHOW.fullmatch(said) else None
