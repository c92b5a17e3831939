"""What does somebody who waits for a person say about the waiting? Pure.

Deliberately literal, and the whole message: all else is for the person who comes, who reads it.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold
from handoff.queue.menu import CALLBACK, CANCEL, WAIT

_LEAD = (
    r"(?:(?:lasa(?:ti)?|nu|ok|okay|bine|gata|pai|alo|si|dar|ba nu|stai|no|well|and|so|sorry)"
    r"[\s,.]+)*"
)
_END = (
    r"(?:[\s,.]+(?:multumesc(?: mult| frumos)?|mersi|ms|merci|va rog|te rog|acum|mai bine|totusi|"
    r"pana la urma|thanks|thank you|please|now|then|after all))*"
)
_SOMEBODY = r"(?:un om|un coleg|un operator|operator\w*|pe nimeni|sa astept|sa vorbesc)"
_WISHES = {
    CANCEL: (
        r"nu(?: mai)? (?:e|este) (?:nevoie|cazul)",
        r"renunt(?: la (?:asteptare|coada|rand))?",
        r"lasa(?:ti)?(?:[ -]?o)?(?: (?:asa|balta))?|las-o(?: (?:asa|balta))?",
        rf"nu mai (?:astept|vreau|doresc|trebuie|stau)(?: {_SOMEBODY})?",
        r"anul(?:eaza|ati|ez)",
        r"m-?\s?am razgandit",
        r"(?:s-?\s?a|am) rezolvat(?: (?:singur\w?|intre timp))?",
        r"cancel(?: (?:it|that|the wait))?|never ?mind|forget (?:it|about it)",
        r"(?:it'?s |that'?s )?(?:not needed|no longer needed|not necessary)(?: any ?more)?",
        r"i(?: have|'ve)? changed my mind|i(?: have|'ve)? solved it|it'?s (?:solved|sorted)",
        r"i (?:don'?t|do not|no longer) (?:need|want) (?:it|to wait|a person|anyone|anybody)"
        r"(?: any ?more)?",
    ),
    WAIT: (
        r"(?:cam )?cat(?: timp)? (?:mai )?(?:dureaza|am de asteptat|astept|stau|trebuie sa astept)"
        r"(?: (?:pana (?:raspunde|raspundeti|vine) ?\w*|oare))?",
        r"mai (?:dureaza|am de asteptat|astept|stau)(?: mult)?",
        r"(?:pe )?(?:ce|al catelea) loc (?:sunt|am|mai am)|al catelea sunt(?: la (?:rand|coada))?",
        r"cand (?:imi |mi )?(?:raspunde|raspundeti|vine|vorbesc)(?: (?:si mie|cineva|colegul|cu "
        r"cineva|un coleg|cu un coleg))?",
        r"(?:mai )?(?:e|este) cineva(?: (?:acolo|pe acolo))?|(?:mai )?sunteti acolo|alo",
        r"(?:astept|mai astept|raman)",
        r"how (?:long|much longer)(?: (?:will it|does it|do i (?:have to|need to)|should i|is the)"
        r" ?(?:take|wait|be)?)?",
        r"where am i in (?:the )?(?:line|queue)|what(?:'s| is) my place(?: in (?:line|the queue))?",
        r"is (?:anyone|anybody|someone|somebody) there|(?:are )?you there|when (?:will|does) "
        r"(?:someone|somebody|anyone) (?:answer|come)|i'?ll wait",
    ),
    CALLBACK: (
        r"(?:as vrea sa |vreau sa |puteti sa )?(?:ma suna(?:ti)?|suna(?:ti)?[- ]?ma)"
        r"(?: (?:voi|dumneavoastra|inapoi|mai tarziu|cand se poate|cand ajung la rand))*",
        r"(?:vreau|as vrea) sa fiu sunat[a]?(?: (?:inapoi|mai tarziu))?",
        r"(?:ma anuntati|anuntati[- ]?ma)(?: (?:voi|aici|cand (?:e|vine|ajung)(?: \w+){0,3}))*",
        r"(?:can you |could you )?(?:call|ring|message|text) me(?: (?:back|later|here|instead))*",
    ),
}
_PATTERNS = {
    payload: re.compile(f"{_LEAD}(?:{'|'.join(forms)}){_END}") for payload, forms in _WISHES.items()
}


def wish(words: str) -> str | None:
    """The payload of the waiting menu that these words stand for; None for anything else."""
    said = fold(words).replace("’", "'").strip(" .,!?")
    return next((payload for payload, form in _PATTERNS.items() if form.fullmatch(said)), None)
