"""Who asks for a change, and how much may they give?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from billing_backend.money import Money


class Tier(StrEnum):
    ASSISTANT = "assistant"  # tier 1
    AGENT = "agent"  # tier 2
    SUPERVISOR = "supervisor"  # tier 3


@dataclass(frozen=True, slots=True)
class Authority:
    """Who proposes or grants: `name` goes to the audit log."""

    tier: Tier
    name: str


class Signed(TypedDict):
    """What a change asks beside what is to change: on whose authority, once under which key,
    when."""

    authority: Authority
    key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class AboveLimit:
    """More than the caller may give: it needs `needs` ("agent" or "supervisor")."""

    amount: Money
    limit: Money
    needs: str
