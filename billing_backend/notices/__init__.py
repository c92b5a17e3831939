"""What are customers to be told, without having asked? Outsiders call these functions."""

from billing_backend.notices.service import NewNotice, due, settle, write, write_many
from billing_backend.notices.values import day, money

__all__ = ["NewNotice", "day", "due", "money", "settle", "write", "write_many"]
