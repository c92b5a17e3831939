"""Bank statements: read, matched to accounts, booked. The room's door."""

from billing_backend.statements.reading import StatementUnreadable, read
from billing_backend.statements.repository import unmatched
from billing_backend.statements.service import Imported, assign, book

__all__ = ["Imported", "StatementUnreadable", "assign", "book", "read", "unmatched"]
