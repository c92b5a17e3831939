"""What does the question that the bot has just asked say about the answer? Pure, stdlib only.

An answer is read in the light of the question: after "shall I book it?" a short message with
"da" in it is most likely a yes. Only a message that shows a sign of answering is weighted, so that
nonsense after a question about money stays nonsense.
"""

import re

from bot.nlu.calendar_words import MONTHS, alternatives
from bot.nlu.normaliser import normalise

# In log-odds: e^2.5 makes an intent twelve times likelier than its words alone. Enough to settle
# a short answer, too little to turn a sentence that plainly asks for something else.
_WEIGHT = 2.5
# Where not a word is left that could mean anything else, the words decide nothing.
_PLAIN = 6.0
# An answer of more words has a will of its own.
_SHORT = 8
# Who no longer wants what they call by its name in the catalogue means that part of the service.
_NAMES_A_PRODUCT = {"change_plan": 1.0}

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


# A no about the words of the question, not about what it asks.
_NOT_UNDERSTOOD = re.compile(
    r"\b(?:nu (?:inteleg|pricep|am inteles|am priceput|am auzit|aud|se aude|e clar|mi e clar)|"
    r"(?:dont|do not|didnt|did not|not|cant) (?:understand|understanding|follow|hear|get it))\b"
)
# What names a bill, and a beginning that puts something right.
_BILLS = frozenset({"month", "invoice_number", "invoice_which"})
_NO_FIRST = re.compile(r"(?:a |ba |sorry |scuze )?(?:nu|no)\b(?! (?:am|mi|ati|vad|stiu))")
# "And October's?", "dar cea dinainte?": a bill's name after a word that goes on from the last one,
# and nothing else that could ask for something.
_GOES_ON = re.compile(
    r"(?:(?:ok|okay|bine|aha|hmm|mhm) )?"
    r"(?:and|but|then|what about|how about|and what about|and how about|si|dar|iar|atunci|"
    r"(?:si |dar )?(?:ce zici de|ce ziceti de|cum e cu|cum ramane cu))\b"
)
_OF_A_NAME = re.compile(
    rf"\b(?:(?:{alternatives(MONTHS)})s?|the|that|for|of|in|from|s|one|ones|bill|invoice|month|last|"
    r"previous|before|it|this|latest|current|xnumber|xcode|xdate|number|pe|pentru|pt|din|de|a|la|"
    r"cu|cea|cel|pe|aia|aceea|factura|facturii|luna|lunii|trecuta|dinainte|anterioara|precedenta|"
    r"penultima|ultima|anul|trecut|year|nr|numarul)\b"
)
# Questions that may be answered in any words, among them those of a request.
_ANSWERED_IN_WORDS = frozenset(
    {
        "choice",
        "confirm",
        "dispute_line",
        "dispute_reason",
        "extension_date",
        "instalments",
        "leaving_reason",
    }
)


def answered_in_words(expects: str | None) -> bool:
    """Whether a message may answer the open question, whatever it seems to ask for."""
    return expects in _ANSWERED_IN_WORDS


def may_be_asked_back(expects: str | None) -> bool:
    """Whether a question of ours may take the place of what is waited for: of nothing, or of the
    number that the welcome invites and that is asked for again when it is needed."""
    return expects in (None, "customer_number")


def log_odds(text: str, expects: str | None, entities: frozenset[str]) -> dict[str, float]:
    """What to add to the log-probabilities of intents, by intent; empty when nothing is known.

    `expects` is the word for what was asked (None: nothing), `entities` the names of the
    entities found in the message. A message that says both yes and no is left to the model.
    """
    words = normalise(text)
    if len(words.split()) > _SHORT:
        return {}
    if expects == "confirm" and _NOT_UNDERSTOOD.search(words):
        return {"repeat": _WEIGHT}
    if expects == "confirm":
        yes, no = bool(_YES.search(words)), bool(_NO.search(words))
        return {} if yes == no else {"affirm" if yes else "deny": _WEIGHT}
    if expects == "extension_date" and entities & {"date", "month"}:
        return {"inform": _WEIGHT}
    if expects is None and entities & _BILLS and _NO_FIRST.match(words):
        # "Nu, cea din septembrie": no answer to a question, but another bill than the one told of.
        return {"inform": _WEIGHT}
    if expects is None and entities & _BILLS and _goes_on_to_a_bill(words):
        return {"inform": _PLAIN}
    if expects == "language" and "language_name" in entities:
        return {"change_language": _WEIGHT}
    if expects is None and "plan" in entities:
        return _NAMES_A_PRODUCT
    return {}


def _goes_on_to_a_bill(words: str) -> bool:
    """Whether nothing is said but "and" and what names a bill."""
    begun = _GOES_ON.match(words)
    return begun is not None and not re.search(r"[^\W_]", _OF_A_NAME.sub("", words[begun.end() :]))
