"""Which failures does Rasa swallow that we must hear? Imported by the channel for its effect.

Rasa 3.6.21 answers 200 and goes on when the tracker store or an action fails. For a billing
assistant that means forgetting who is being spoken to, or believing that an action was done.
Every failure below therefore ends the turn, before its tracker is saved.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import rasa.core.tracker_store as stores
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor


class TurnFailed(BaseException):
    """The turn could not be finished; nothing of it was saved.

    Not an Exception, because the code it has to get through says `except Exception` and goes on
    (MessageProcessor._run_action). The channel catches it at the top of the turn, in the task
    that it started itself, so it reaches no event loop.
    """


def apply() -> None:
    """Make Rasa's silent failures loud. Called once, before Rasa loads its agent."""
    Agent._create_tracker_store = staticmethod(_store_without_fallback)
    stores.create_engine_kwargs = _engine_settings(stores.create_engine_kwargs)
    stores.SQLTrackerStore.session_scope = contextlib.contextmanager(_session_scope)
    MessageProcessor._run_action = _loud_actions(MessageProcessor._run_action)
    MessageProcessor.is_action_limit_reached = _loud_limit(MessageProcessor.is_action_limit_reached)
    RemoteAction.run = _loud(RemoteAction.run)


def _store_without_fallback(store: Any, domain: Any) -> Any:
    """Stock Rasa wraps the store so that an error falls back to a blank memory, unsaid; and one
    whose database is away at the start never gets its tables. That one stops Rasa here, and
    whoever supervises it starts it again."""
    store = store or stores.InMemoryTrackerStore(domain)
    store.domain = domain
    if isinstance(store, stores.SQLTrackerStore):
        store.Base.metadata.create_all(store.engine)
    return store


def _engine_settings(stock: Callable[[Any], dict]) -> Callable[[Any], dict]:
    """A connection dropped while idle is replaced unnoticed; errors never quote the data."""

    def settings(url: Any) -> dict:
        return {**stock(url), "pool_pre_ping": True, "hide_parameters": True}

    return settings


def _session_scope(store: stores.SQLTrackerStore) -> Iterator[Any]:
    """Stock Rasa exits the whole process on any ValueError in here, such as one bad row."""
    session = store.sessionmaker()
    try:
        yield session
    finally:
        session.close()


def _loud_actions(stock: Callable[..., Awaitable[bool]]) -> Callable[..., Awaitable[bool]]:
    """Stock Rasa logs what an action (or the words of a response) raised and calls it executed."""

    async def run_action(self: MessageProcessor, action: Any, *args: Any, **kwargs: Any) -> bool:
        # Rasa makes a new action object for every prediction, so this one is ours to change.
        action.run = _loud(action.run)
        return await stock(self, action, *args, **kwargs)

    return run_action


def _loud_limit(stock: Callable[..., bool]) -> Callable[..., bool]:
    """Stock Rasa stops after ten actions without a listen and saves the torn turn."""

    def is_action_limit_reached(self: MessageProcessor, *args: Any, **kwargs: Any) -> bool:
        if stock(self, *args, **kwargs):
            raise TurnFailed("too many actions in one turn")
        return False

    return is_action_limit_reached


def _loud(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def loud_run(*args: Any, **kwargs: Any) -> Any:
        try:
            return await run(*args, **kwargs)
        except ActionExecutionRejection:  # part of Rasa's protocol, not a failure
            raise
        except Exception as error:
            raise TurnFailed("an action failed") from error

    return loud_run
