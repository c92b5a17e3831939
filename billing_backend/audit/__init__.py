"""Who did what to whom and when? Rows are only added: by `record` or `record_many`."""

from billing_backend.audit.service import record, record_many

__all__ = ["record", "record_many"]
