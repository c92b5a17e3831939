"""How does a script, or the page, use a person's SMS phone?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.simulator.problem import ProblemRoute
from bot.channels.simulator.sms_phone import SmsPhones
from bot.channels.simulator.telegram_routes import E164, After, Wait

Phone = Annotated[str, Path(pattern=E164, description="the number, like +40712345678")]
PICTURE = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0"


class SmsDeed(BaseModel):
    """`media`: true for one picture, or the addresses of several."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(None, max_length=20_000)
    media: bool | Annotated[list[str], Field(max_length=10)] | None = None
    repeat_last: Literal[True] | None = None

    @model_validator(mode="after")
    def something(self) -> Self:
        if (self.repeat_last is not None) == (self.text is not None or bool(self.media)):
            raise ValueError("give text, media or both, or repeat_last alone")
        return self


def make_sms_routes(phones: SmsPhones) -> APIRouter:
    router = APIRouter(prefix="/simulator/sms", tags=["simulator"], route_class=ProblemRoute)

    @router.post("/{phone}/send")
    async def send(phone: Phone, deed: SmsDeed) -> dict[str, Any]:
        """Write to the business; answers after the app's webhook, with its status."""
        if deed.repeat_last:
            return asdict(await phones.repeat(phone))
        media = [PICTURE] if deed.media is True else deed.media or []
        return asdict(await phones.send(phone, deed.text or "", tuple(media)))

    @router.get("/{phone}/messages")
    async def messages(phone: Phone, after: After = 0, wait: Wait = 0) -> dict[str, Any]:
        """Everything shown on the phone after entry number `after`; codes arrive here too."""
        await phones.screen(phone).wait(after, wait)
        screen = phones.screen(phone)
        return {
            "messages": screen.after(after),
            "last": screen.last,
            "life": phones.life,
            "opted_out": phones.opted_out(phone),
            "number": phones.line.number,
        }

    return router
