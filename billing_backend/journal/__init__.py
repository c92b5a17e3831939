"""Which account of the books did an amount leave, and which did it reach?

Outsiders call `post` (or `post_many`) with `Transfer`s between `Ledger` accounts.
"""

from billing_backend.journal.rules import Ledger, Transfer
from billing_backend.journal.service import NewEntry, post, post_many

__all__ = ["Ledger", "NewEntry", "Transfer", "post", "post_many"]
