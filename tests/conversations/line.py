"""How does a customer act on a channel and hear all that is answered, until it is quiet?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Protocol

from tests.conversations.inside import Inside, State
from tests.journeys.people import PATIENCE, Device, Devices, Phone, Sms, Telegram, heard

_CODE = re.compile(r"(?:Codul dumneavoastră este|Your code is) (\d{6})")
# A look at a screen is kept for so long when nothing new is on it.
_LOOK_SECONDS = 0.05
_LANGUAGE_KEYS = {"ro": "1", "en": "2"}


class Line(Protocol):
    """A customer's way to us. Each act answers what was said to it; buttons and keys are where
    the channel has them (format.py sees to that)."""

    channel: str

    def state(self) -> State | None: ...

    def opens(self, language: str) -> str: ...

    def says(self, words: str) -> str: ...

    def presses(self, title: str) -> str: ...

    def keys(self, keys: str) -> str: ...

    def does(self, deed: str) -> str: ...

    def identifies(self) -> str: ...

    def proves(self) -> str: ...

    def listens(self) -> str: ...

    def ends(self) -> None: ...


class _Line:
    """Neither buttons nor keys, and nothing to do at the end."""

    def ends(self) -> None:
        pass

    def presses(self, title: str) -> str:
        raise NotImplementedError(title)

    def keys(self, keys: str) -> str:
        raise NotImplementedError(keys)


class _Written(_Line):
    """What Telegram and SMS have in common: a screen that is read until all is answered."""

    channel: str

    def __init__(self, device: Device, address: str, inside: Inside) -> None:
        self._device = device
        self._address = address
        self._inside = inside
        device.new()  # what was there before is none of this conversation's

    def state(self) -> State | None:
        return self._inside.state(self.channel, self._address)

    def listens(self) -> str:
        """All that was said since last time, once the product has nothing more to do."""
        deadline = time.monotonic() + PATIENCE
        said: list[str] = []
        while True:
            state = self.state()
            said += [one["text"] for one in self._device.new(wait=_LOOK_SECONDS) if heard(one)]
            if state is not None and state.settled:
                return "\n".join(said)
            assert time.monotonic() < deadline, f"no end of the turn: {state}"


class SmsLine(_Written):
    channel = "sms"

    def __init__(self, who: str, devices: Devices, inside: Inside) -> None:
        self._sms: Sms = devices.sms(who)
        super().__init__(self._sms, self._sms.phone, inside)
        self._code = ""

    def listens(self) -> str:
        said = super().listens()
        if found := _CODE.findall(said):
            self._code = found[-1]
        return said

    def opens(self, language: str) -> str:
        return ""  # nothing precedes the first SMS

    def says(self, words: str) -> str:
        self._sms.writes(words)
        return self.listens()

    def does(self, deed: str) -> str:
        if deed == "sends photo":
            self._sms.does(media=True)
        else:
            self._sms.repeats()
        return self.listens()

    def identifies(self) -> str:
        return ""  # the number does

    def proves(self) -> str:
        return self.says(self.newest_code())

    def newest_code(self) -> str:
        """The last one that came, for whatever channel."""
        self.listens()
        assert self._code, "no code came"
        return self._code


class TelegramLine(_Written):
    channel = "telegram"

    def __init__(self, who: str, devices: Devices, inside: Inside, stranger: str) -> None:
        self._telegram: Telegram = devices.telegram(who)
        super().__init__(self._telegram, str(self._telegram.user_id), inside)
        self._sms = SmsLine(who, devices, inside)
        self._stranger = stranger

    def opens(self, language: str) -> str:
        self._telegram.does(text="/start", language=language)
        return self.listens()

    def says(self, words: str) -> str:
        self._telegram.writes(words)
        return self.listens()

    def presses(self, title: str) -> str:
        self._telegram.presses(title)
        return self.listens()

    def does(self, deed: str) -> str:
        acts: dict[str, Callable[[], object]] = {
            "starts": lambda: self._telegram.writes("/start"),
            "shares own contact": lambda: self._telegram.does(contact="own"),
            "shares strange contact": lambda: self._telegram.does(contact=self._stranger),
            "sends photo": lambda: self._telegram.does(photo=True),
            "sends voice note": lambda: self._telegram.does(voice_note=True),
            "sends sticker": lambda: self._telegram.does(sticker=True),
            "sends again": lambda: self._telegram.does(repeat_last=True),
        }
        acts[deed]()
        return self.listens()

    def identifies(self) -> str:
        """One's own contact, unless a code is on its way already."""
        state = self.state()
        awaited = state is not None and state.expects == "code"
        return "" if awaited else self.does("shares own contact")

    def proves(self) -> str:
        return self.says(self._sms.newest_code())


class PhoneLine(_Line):
    channel = "voice"

    def __init__(self, who: str, devices: Devices, inside: Inside, number: str, pin: str) -> None:
        self._phone: Phone = devices.phone(who)
        self._phone.new()
        self._inside = inside
        self._number, self._pin = number, pin

    def state(self) -> State | None:
        return self._inside.state(self.channel, self._phone.phone)

    def opens(self, language: str) -> str:
        return f"{self._phone.calls()}\n{self.keys(_LANGUAGE_KEYS[language])}"

    def says(self, words: str) -> str:
        return self._phone.says(words)

    def keys(self, keys: str) -> str:
        return self._phone.keys(keys)

    def does(self, deed: str) -> str:
        if deed == "hangs up":
            self._phone.hangs_up()
            return ""
        return self._phone.calls() if deed == "calls" else self._phone.keeps_silent()

    def identifies(self) -> str:
        """The customer number, unless it was keyed already."""
        state = self.state()
        named = state is not None and state.expects == "pin"
        return "" if named else self.keys(self._number)

    def proves(self) -> str:
        return self.keys(self._pin)

    def listens(self) -> str:
        return "\n".join(one["text"] for one in self._phone.new() if heard(one))

    def ends(self) -> None:
        if self._phone.state() != "ended":
            self._phone.hangs_up()
