"""Did a caller say anything, or only make a sound? Pure.

What the telephone company takes for words: "ăăă", "hmm", a hiss, a point. "Mhm", "aha" and "uh-huh"
are a yes and no noise. In writing people mean what they send, so only speech is looked at.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

_SOUND = re.compile(r"([aeio])\1*h*|h+[aeu]?h*|h*m+|u+[hm]+|e+r+m*|([aei])\2+m+|s+h*|t+s+|pf+|u+f+")
_YES = re.compile(r"\b(?:uh.?huh|mm.?h+m+)\b")
_WORD = re.compile(r"\w+")


def is_noise(heard: str) -> bool:
    """Whether there is no word in it."""
    folded = fold(heard)
    words = _WORD.findall(folded)
    return not _YES.search(folded) and all(_SOUND.fullmatch(word) for word in words)
