"""Does this message need a person at once, whatever else it asks? Pure.

Words that speak of ending one's life, and threats of legal action or of a complaint to an
authority (business rules, section 7). Deliberately short and literal: a missed one still gets
ordinary help, a wrong one only brings a person too early.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

_DISTRESS = (
    r"(?:ma|sa ma|imi vine sa ma) (?:sinucid|omor)\b",
    r"sinucide",
    r"suicid",
    r"vreau sa mor\b",
    r"nu mai vreau sa traiesc",
    r"nu mai pot trai",
    r"(?:imi|mi-as|imi voi) (?:iau|lua|pun|pune) (?:viata|capat)",
    r"kill(?:ing)? myself",
    r"end my life",
    r"want to die\b",
    r"don'?t want to live",
    r"no reason to live",
)
_LEGAL = (
    r"(?:in|la) judecata\b",
    r"(?:la|prin|in) (?:tribunal|instanta|judecatorie)",
    r"avocat(?:ul|ii|a)?\b",
    r"\banpc\b",
    r"\bancom\b",
    r"protectia consumator",
    r"\b(?:lawyer|attorney|solicitor)s?\b",
    r"\b(?:sue|suing) (?:you|your)",
    r"take (?:you|this|your company) to court",
    r"legal action",
    r"small claims",
    r"consumer protection",
    r"\bombudsman\b",
)
_DISTRESS_RULE = re.compile("|".join(_DISTRESS))
_LEGAL_RULE = re.compile("|".join(_LEGAL))


def sign_of(text: str) -> str | None:
    """ "distress", "legal_threat" or None; the words are also reasons for handing over."""
    folded = fold(text)
    if _DISTRESS_RULE.search(folded):
        return "distress"
    if _LEGAL_RULE.search(folded):
        return "legal_threat"
    return None
