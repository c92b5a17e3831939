"""How do we reach Twilio's REST API, and what does a failure there mean?"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import requests
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.channels.message import DeliveryFailed

TWILIO = "https://api.twilio.com"
MESSAGING = "https://messaging.twilio.com"  # where messaging services are described
TIMEOUT = 10.0  # seconds

# Twilio's error codes: https://www.twilio.com/docs/api/errors. These are errors of the request;
# those of a message that was taken and did not arrive are in sms/payloads.py.
_REASONS = {
    21610: "opted_out",
    21211: "invalid_address",
    21214: "invalid_address",
    21217: "invalid_address",
    21401: "invalid_address",
    21421: "invalid_address",
    21614: "landline",
}
_TOO_MANY = frozenset({14107, 20429, 21611, 30022})
_WRONG_ACCOUNT = frozenset({401, 403})  # right again once the setting is
_TOO_MANY_REQUESTS, _SERVER_ERROR, _GATEWAY_GAVE_UP = 429, 500, 504

# Threads of their own: calls that hang keep nobody waiting but each other.
_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="twilio")

Result = TypeVar("Result")


def make_client(
    account_sid: str, auth_token: str, base_url: str = TWILIO, timeout: float = TIMEOUT
) -> Client:
    """Twilio's client; `timeout` in seconds for connecting and for each read.

    The synchronous one: the library's asynchronous client warns of its own HTTP library.
    """
    # It logs addresses at INFO, and those of calls hold their ids.
    logging.getLogger("twilio").setLevel(logging.WARNING)
    client = Client(account_sid, auth_token, http_client=_Http(timeout=timeout))
    client.api.base_url = base_url
    if base_url != TWILIO:
        client.messaging.base_url = base_url
    return client


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """The library's, which drops the one header that tells how long to wait."""

    def request(self, *args: Any, **options: Any) -> Response:
        response = super().request(*args, **options)
        after = (response.headers or {}).get("Retry-After", "")
        if response.status_code == _TOO_MANY_REQUESTS and after.isascii() and after.isdigit():
            raise DeliveryFailed("rate_limited", everywhere=True, retry_after=float(after))
        return response


async def ask(question: Callable[[], Result]) -> Result:
    """Run one call of the client in a thread. Raises DeliveryFailed."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, question)
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
    if code in _REASONS:
        return DeliveryFailed(_REASONS[code], permanent=True)
    if status == _TOO_MANY_REQUESTS or code in _TOO_MANY:
        return DeliveryFailed("rate_limited", everywhere=True)
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
