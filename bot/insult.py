"""Is this message an insult and nothing else? Pure.

Deliberately short and literal; "thieves" and the like are complaints, which a person hears. A
message that also asks for something is none: what is asked for is answered. Words stand without
diacritics, as `fold` leaves them.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

_INSULT = re.compile(
    r"\b(?:"
    r"prost(?:ule|i|ilor|ii|anac\w*|ovan\w*)?|proasta|idiot(?:ul\w*|i|ilor|a)?|"
    r"imbecil(?:ul\w*|i|ilor|a)?|"
    r"tampit(?:ul\w*|i|ilor|a)?|cretin(?:ul\w*|i|ilor|a)?|bou(?:le|lor)?|boilor|dobitoc\w*|"
    r"handicapat\w*|retardat\w*|nesimtit\w*|jigodi\w*|javr\w*|nenorocit\w*|jegos\w*|mars|"
    r"du-?te (?:dracu\w*|naibii)|(?:du-?te|duceti-?va) (?:in|la) \w+|la dracu|dracu\w*|"
    r"mue|muie|(?:in )?pula\w*|pizda\w*|cacat\w*|fut\w*|sugi|"
    r"stupid|idiots?|moron(?:s|ic)?|dumb(?:ass)?|imbeciles?|retard(?:ed)?|bastards?|"
    r"ass(?:hole|holes)?|bitch|crap|shit(?:ty)?|fuck\w*|wtf|piss off|screw you|go to hell|"
    r"loser"
    r")\b"
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words that turn nothing into a request.
_AROUND = _words(
    """
    a ai al ala asta ati bai ba boii bot botule ce cei chiar cu de din doamne e esti fi foarte
    frate ha haha hahaha lol ma mai mare mda mei mereu mi mult niste nu o oameni pai pe robot
    robotule sa si sunteti te toti tu uf uff un va vai voastra voi vostri vrei a all an and are
    as bot bunch damn fool freaking hell is just of off on piece really so such the this to total
    totally u ur very what you youre your yourself
    """
)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 12


def is_insult(text: str) -> bool:
    """Whether it insults and asks for nothing."""
    folded = fold(text).replace("’", "'")
    if not _INSULT.search(folded) or len(folded.split()) > _MOST_WORDS:
        return False
    left = _WORD.findall(_INSULT.sub(" ", folded).replace("'", ""))
    return all(word in _AROUND for word in left)
