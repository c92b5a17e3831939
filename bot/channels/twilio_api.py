"""How do we reach Twilio's REST API, and what does a failure there mean?"""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

import requests
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.channels.message import DeliveryFailed

TWILIO = "https://api.twilio.com"
TIMEOUT = 10.0  # seconds

# Twilio's error codes: https://www.twilio.com/docs/api/errors
_INVALID_NUMBER = frozenset({21211, 21214, 21217, 21401, 21408, 21421, 21612, 21614})
_OPTED_OUT = 21610
_TOO_MANY = frozenset({14107, 20429, 21611, 30022})
_WRONG_ACCOUNT = frozenset({401, 403})  # right again once the setting is
_TOO_MANY_REQUESTS, _SERVER_ERROR, _GATEWAY_GAVE_UP = 429, 500, 504

Result = TypeVar("Result")


def make_client(
    account_sid: str, auth_token: str, base_url: str = TWILIO, timeout: float = TIMEOUT
) -> Client:
    """Twilio's client; `timeout` in seconds for connecting and for each read.

    The synchronous one: the library's asynchronous client warns of its own HTTP library.
    """
    # It logs addresses at INFO, and those of calls hold their ids.
    logging.getLogger("twilio").setLevel(logging.WARNING)
    client = Client(account_sid, auth_token, http_client=TwilioHttpClient(timeout=timeout))
    client.api.base_url = base_url
    return client


async def ask(question: Callable[[], Result]) -> Result:
    """Run one call of the client in a thread. Raises DeliveryFailed."""
    try:
        return await asyncio.to_thread(question)
    except (TwilioRestException, TwilioServiceException) as error:
        raise _meaning(error.status, error.code or 0) from error
    except requests.RequestException as error:
        if _not_sent(error):
            raise DeliveryFailed("unreachable") from error
        raise DeliveryFailed("timeout", uncertain=True) from error
    except ValueError as error:  # an answer that is no JSON: it may have been taken
        raise DeliveryFailed("timeout", uncertain=True) from error


def _meaning(status: int, code: int) -> DeliveryFailed:
    """Twilio's errors in our words; an answered 5xx says that nothing was taken."""
    if code == _OPTED_OUT:
        return DeliveryFailed("blocked", permanent=True)
    if code in _INVALID_NUMBER:
        return DeliveryFailed("invalid_address", permanent=True)
    if status == _TOO_MANY_REQUESTS or code in _TOO_MANY:
        return DeliveryFailed("rate_limited")
    if status == _GATEWAY_GAVE_UP:
        return DeliveryFailed("timeout", uncertain=True)
    if status >= _SERVER_ERROR:
        return DeliveryFailed("unreachable")
    return DeliveryFailed("rejected", permanent=status not in _WRONG_ACCOUNT)


def _not_sent(error: requests.RequestException) -> bool:
    """No connection came about, so Twilio knows nothing of it."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
