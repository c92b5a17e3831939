"""Who did what to whom and when? Outsiders call `record`; nothing is ever changed or removed."""

from billing_backend.audit.service import record

__all__ = ["record"]
