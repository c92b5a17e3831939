"""What are customers to be told, without having asked? Outsiders call these functions."""

from billing_backend.notices.choosing import choices, choose, choose_channel
from billing_backend.notices.service import (
    NewNotice,
    due,
    missed,
    settle,
    write,
    write_many,
    write_selected,
)
from billing_backend.notices.values import day, money

__all__ = [
    "NewNotice",
    "choices",
    "choose",
    "choose_channel",
    "day",
    "due",
    "missed",
    "money",
    "settle",
    "write",
    "write_many",
    "write_selected",
]
