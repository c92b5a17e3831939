"""What does the question that the bot has just asked say about the answer? Pure, stdlib only.

An answer is read in the light of the question: after "shall I book it?" a short message with
"da" in it is most likely a yes. Only a message that shows a sign of answering is weighted, so that
nonsense after a question about money stays nonsense.
"""

import re

from bot.nlu.normaliser import normalise

# In log-odds: e^2.5 makes an intent twelve times likelier than its words alone. Enough to settle
# a short answer, too little to turn a sentence that plainly asks for something else.
_WEIGHT = 2.5
# An answer of more words has a will of its own.
_SHORT = 8

_YES = re.compile(
    r"\b(?:da|dap|mhm|aha|desigur|sigur|bineinteles|normal|corect|exact|asa e|de acord|accept|"
    r"confirm|ok|okay|okey|bine|perfect|hai|facem|merge|signyes|yes|yep|yeah|yup|ya|sure|right|"
    r"correct|agreed?|fine|deal|alright|absolutely|of course|go ahead|do it|please do|"
    r"sounds good)\b"
)
_NO = re.compile(
    r"\b(?:nu|nup|nope|no|nah|not|dont|deloc|nicidecum|nici|refuz|lasa|lasati|las|renunt|anuleaza|"
    r"gresit|signno|never|wrong|incorrect|refuse|decline|cancel)\b"
)


def log_odds(text: str, expects: str | None, entities: frozenset[str]) -> dict[str, float]:
    """What to add to the log-probabilities of intents, by intent; empty when nothing is known.

    `expects` is the word for what was asked (None: nothing), `entities` the names of the
    entities found in the message. A message that says both yes and no is left to the model.
    """
    words = normalise(text)
    if len(words.split()) > _SHORT:
        return {}
    if expects == "confirm":
        yes, no = bool(_YES.search(words)), bool(_NO.search(words))
        return {} if yes == no else {"affirm" if yes else "deny": _WEIGHT}
    if expects == "extension_date" and entities & {"date", "month"}:
        return {"inform": _WEIGHT}
    if expects == "language" and "language_name" in entities:
        return {"change_language": _WEIGHT}
    return {}
