"""How does a script start the demo afresh, move its time, learn who is in it, and break things?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from bot.channels.simulator.faults import Fault, FaultKind, Faults
from bot.channels.simulator.people import Cast
from bot.channels.simulator.problem import ProblemRoute, Refused

_STRIPES_FAULTS = (FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.TIMEOUT)


class MovableClock(Protocol):
    """The one clock of the product, which the simulator may move."""

    def now(self) -> datetime: ...

    def move_to(self, moment: datetime) -> None: ...


class ResetWish(BaseModel):
    """`at`: the moment at which the fresh demo begins; the real present when left out."""

    model_config = ConfigDict(extra="forbid")
    at: AwareDatetime | None = None


class ClockMove(BaseModel):
    model_config = ConfigDict(extra="forbid")
    advance: timedelta | None = None
    to: AwareDatetime | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.advance is None) == (self.to is None):
            raise ValueError('give either "advance" (PT16M) or "to" (a moment with its zone)')
        return self


class FaultWish(BaseModel):
    model_config = ConfigDict(extra="forbid")
    channel: Literal["telegram", "sms", "stripe"]
    kind: FaultKind
    address: str | None = None
    times: int = Field(1, ge=1, le=1_000)
    retry_after: int = Field(3, ge=0, le=3_600)
    taken: bool = True
    seconds: float = Field(60, ge=0, le=120)
    error_code: int = Field(30003, ge=10_000, le=99_999)

    @model_validator(mode="after")
    def known_there(self) -> Self:
        if self.channel == "telegram" and self.kind is FaultKind.UNDELIVERED:
            raise ValueError("Telegram has no receipts: undelivered is for sms")
        if self.channel == "stripe" and self.kind not in _STRIPES_FAULTS:
            raise ValueError("Stripe's faults are rate_limited, server_error and timeout")
        return self


class World:
    """What of the whole demo can be read and changed from outside."""

    def __init__(
        self,
        clock: MovableClock,
        cast: Cast,
        faults: Faults,
        *,
        reset: Callable[[], Awaitable[None]],
        clear: Callable[[], None],
        clock_moved: Callable[[], Awaitable[None]] | None,
        real_now: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self.cast = cast
        self.faults = faults
        self._reset = reset
        self._clear = clear
        self._clock_moved = clock_moved
        self._real_now = real_now

    async def reset(self, at: datetime | None) -> datetime:
        """Devices first, so that nothing old reaches the fresh company; then time, then data."""
        self._clear()
        self._clock.move_to((at or self._real_now()).astimezone(UTC))
        await self._reset()
        self._clear()
        return self._clock.now()

    async def move(self, wish: ClockMove) -> datetime:
        now = self._clock.now()
        if wish.to is not None:
            moment = wish.to.astimezone(UTC)
        else:
            try:
                moment = now + (wish.advance or timedelta())
            except OverflowError:
                raise Refused("The clock cannot go that far.", 422) from None
        if moment < now:
            raise Refused("The clock only goes forward; a reset brings it back.")
        self._clock.move_to(moment)
        if self._clock_moved is not None:
            await self._clock_moved()
        return self._clock.now()

    def now(self) -> datetime:
        return self._clock.now()


def make_world_routes(world: World) -> APIRouter:
    router = APIRouter(prefix="/simulator", tags=["simulator"], route_class=ProblemRoute)

    @router.post("/reset")
    async def reset(wish: ResetWish | None = None) -> dict[str, str]:
        """A fresh demo company, empty devices, no faults; answers when it is ready."""
        return {"now": (await world.reset(wish.at if wish else None)).isoformat()}

    @router.get("/cast")
    async def cast() -> dict[str, Any]:
        """Names, numbers, Telegram ids, customer numbers and PINs of the people to play."""
        return dict(world.cast())

    @router.get("/clock")
    async def read_clock() -> dict[str, str]:
        return {"now": world.now().isoformat()}

    @router.post("/clock")
    async def move_clock(wish: ClockMove) -> dict[str, str]:
        """Let time pass for every rule, expiry and job."""
        return {"now": (await world.move(wish)).isoformat()}

    @router.post("/faults", status_code=201)
    async def add_fault(wish: FaultWish) -> dict[str, int]:
        """The provider's next answers go wrong like this."""
        world.faults.add(Fault(**wish.model_dump()))
        return {"waiting": len(world.faults.waiting())}

    @router.get("/faults")
    async def read_faults() -> dict[str, Any]:
        """The faults that nobody has met yet."""
        return {"faults": list(world.faults.waiting())}

    @router.delete("/faults")
    async def clear_faults() -> dict[str, int]:
        """No more faults; requests that are kept waiting are let go."""
        world.faults.clear()
        return {"waiting": 0}

    return router
