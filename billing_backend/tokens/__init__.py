"""Tokens of programs that use the billing API, and what each may do. The room's door."""

from billing_backend.tokens.models import ApiToken
from billing_backend.tokens.service import (
    Caller,
    Scope,
    WrongToken,
    authenticate,
    issue,
    listed,
    revoke,
)

__all__ = [
    "ApiToken",
    "Caller",
    "Scope",
    "WrongToken",
    "authenticate",
    "issue",
    "listed",
    "revoke",
]
