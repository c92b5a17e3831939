"""Who is talking, proved how and how lately? Outsiders call these functions."""

from billing_backend.identity.secrets import hash_pin
from billing_backend.identity.service import (
    check_code,
    check_pin,
    drop_history,
    forget_identification,
    identification,
    issue_code,
    lockout,
    name_customer,
    proved_in,
    recognise,
    set_pin,
)

__all__ = [
    "check_code",
    "check_pin",
    "drop_history",
    "forget_identification",
    "hash_pin",
    "identification",
    "issue_code",
    "lockout",
    "name_customer",
    "proved_in",
    "recognise",
    "set_pin",
]
