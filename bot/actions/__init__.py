"""What Rasa may ask us to do: one guarded job per request of a customer. The room's door."""

from __future__ import annotations

from fastapi import APIRouter

from bot.actions.endpoint import make_router
from bot.actions.job import JobFunction, Services
from bot.actions.registry import ACTIONS

__all__ = ["ACTIONS", "JobFunction", "Services", "make_actions_api"]


def make_actions_api(services: Services, key: str) -> APIRouter:
    """POST /actions for our own Rasa, which presents `key`."""
    return make_router(services, key, ACTIONS)
