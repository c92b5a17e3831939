"""Is SMS connected as it must be?"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.channels import sms
from bot.channels.message import DeliveryFailed
from bot.channels.twilio_api import make_client
from limpede import keys, twilio_account
from limpede.findings import Found
from limpede.settings import Settings

_UNKNOWN_HERE = (401, 403, 404)


def findings(chosen: Settings) -> Iterator[Found]:
    """What Twilio knows of us."""
    client = make_client(
        twilio_account.account(chosen),
        keys.load(chosen).twilio_auth_token,
        twilio_account.api_url(chosen),
    )
    return look(chosen, client)


def look(chosen: Settings, client: Client) -> Iterator[Found]:
    """What is right and wrong, in the order in which it is put right; ends where Twilio cannot be
    asked any further."""
    yield _public_address(chosen)
    account = _account(client, twilio_account.account(chosen))
    yield account
    if not account.right:
        return
    origin = twilio_account.origin(chosen)
    for number in chosen.sms_numbers or (() if origin.service else origin.numbers):
        yield from _number(client, number, webhook=_webhook(chosen), alone=origin.service is None)
    if origin.service is not None:
        yield from _service(client, origin.service, chosen)


def _public_address(chosen: Settings) -> Found:
    """Twilio calls the webhook, and the status callback that goes along with every message."""
    callback = chosen.base_url + sms.STATUS_PATH
    if chosen.simulator:
        return Found(True, f"receipts come to {callback}; the simulator needs no public address")
    parts = urlsplit(chosen.base_url)
    if parts.scheme != "https" or not _is_public(parts.hostname or ""):
        return Found(
            False,
            f"receipts cannot come to {callback}: set LIMPEDE_PUBLIC_URL to the https address at"
            " which the internet reaches the app",
        )
    return Found(True, f"receipts come to {callback}, which goes along with every message")


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))


def _account(client: Client, sid: str) -> Found:
    try:
        account = client.api.v2010.accounts(sid).fetch()
    except TwilioRestException as error:
        if error.status in _UNKNOWN_HERE:
            return Found(False, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN do not fit together")
        return Found(False, f"Twilio answers {error.status} (error {error.code}): try again later")
    except (TwilioException, requests.RequestException, DeliveryFailed):
        return Found(False, "Twilio does not answer: is this machine allowed to reach it?")
    if account.status != "active":
        return Found(False, f"the account {sid} is {account.status}: see Twilio's console")
    return Found(True, f"the account {sid} is active and the credentials open it")


def _number(client: Client, number: str, *, webhook: str, alone: bool) -> Iterator[Found]:
    """`alone`: no messaging service takes what comes in for it."""
    found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not found:
        yield Found(False, f"{number} is no number of this account: TWILIO_NUMBER")
        return
    if not (found[0].capabilities or {}).get("sms"):
        yield Found(False, f"{number} cannot send SMS: choose one that can")
        return
    yield Found(True, f"{number} is the account's and can send SMS")
    if alone:
        yield _leads_here(f"what comes in at {number}", found[0], webhook)


def _leads_here(what: str, number: Any, webhook: str) -> Found:
    told, method = number.sms_url, (number.sms_method or "POST").upper()
    if told == webhook and method == "POST":
        return Found(True, f"{what} goes to {webhook}")
    now = f"{method} {told}" if told else "nowhere"
    return Found(False, f'{what} goes to {now}: set "A message comes in" to POST {webhook}')


def _service(client: Client, sid: str, chosen: Settings) -> Iterator[Found]:
    webhook = _webhook(chosen)
    try:
        service = client.messaging.v1.services(sid).fetch()
        numbers = [each.phone_number for each in service.phone_numbers.list()]
    except TwilioRestException:
        yield Found(False, f"{sid} is no messaging service of this account")
        return
    if not numbers:
        yield Found(False, f"the messaging service {sid} has no number: add one to its sender pool")
        return
    yield Found(True, f"the messaging service {sid} has {len(numbers)} in its sender pool")
    for number in chosen.sms_numbers:
        if number not in numbers:
            yield Found(False, f"{number} is not in the sender pool of {sid}: add it there")
    if service.use_inbound_webhook_on_number:
        for number in numbers:
            yield from _number(client, number, webhook=webhook, alone=True)
    elif service.inbound_request_url == webhook:
        yield Found(True, f"what comes in at {sid} goes to {webhook}")
    else:
        now = service.inbound_request_url or "nowhere"
        yield Found(
            False, f"what comes in at {sid} goes to {now}: set its request URL to POST {webhook}"
        )


def _webhook(chosen: Settings) -> str:
    return chosen.base_url + sms.PATH
