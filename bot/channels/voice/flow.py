"""What does a caller hear next?

Every request is answered from what it was answered before, if it was; else the words that are
due are taken, written as TwiML and remembered. Twilio gives up after 15 seconds, so a slow turn
is bridged with a waiting phrase and asked for again.
"""

from dataclasses import dataclass

from bot.channels.message import Channel, Door, Inbound, Kind, Receipt, Spoken
from bot.channels.metrics import RECEIVED
from bot.channels.voice.payloads import CallRequest, begun, hung_up, known, said
from bot.channels.voice.render import NOTHING, Dialling, Speech, Ways
from bot.channels.voice.steps import Memory, Place
from bot.channels.voice.switchboard import Switchboard

PATIENCE = 8.0  # seconds that one request waits for words
MOST_TRIES = 20  # requests for the same words: about three minutes


@dataclass(frozen=True, slots=True)
class Line:
    """The phone line: a door, a way to speak, and the public address of our voice webhooks."""

    door: Door
    switchboard: Switchboard
    speech: Speech
    base: str
    patience: float = PATIENCE

    async def incoming(self, call: CallRequest) -> str:
        """A call begins: its first document."""
        return await self._turn(call, Place(), begun(call, Place().message))

    async def turn(self, call: CallRequest, place: Place) -> str:
        """The caller answered, or it is time to look for words without the caller."""
        return await self._turn(call, place, said(call, place.message))

    async def wait(self, call: CallRequest, place: Place) -> str:
        """A round in the queue, perhaps with a key that was pressed there."""
        step = await self._accept(known(call, place.step))
        memory = Memory.read(step.answer)
        if place.name in memory.answers:
            return memory.answers[place.name]
        heard = said(call, place.message)
        pressed = heard.kind is Kind.KEYS and place.key > 0 and place.part == 0
        if pressed:
            await self._accept(heard)
        else:
            await self.switchboard.news(step.conversation_id)
        spoken = await self._spoken(call, step, place, wait=self.patience if pressed else 0)
        document = self._waiting(spoken, place)
        # A phone can only be dialled once the queue is left.
        connect = spoken.connect or memory.connect
        await self._remember(step, memory.with_answer(place.name, document, connect))
        return document

    async def dialled(self, call: CallRequest, place: Place) -> str:
        """The agent's phone is put down, or nobody took it: the call goes on with us."""
        inbound = said(call, place.message)
        step = await self._accept(inbound)
        if place.name not in Memory.read(step.answer).answers:
            await self.switchboard.put_down(step.conversation_id)
        return await self._turn(call, place, inbound)

    async def over(self, call: CallRequest) -> str:
        """The call has ended, whoever ended it."""
        await self._accept(hung_up(call))
        return NOTHING

    async def _turn(self, call: CallRequest, place: Place, inbound: Inbound) -> str:
        step = await self._accept(inbound)
        memory = Memory.read(step.answer)
        if place.name in memory.answers:
            return memory.answers[place.name]
        spoken = await self._spoken(call, step, place, wait=0 if place.now else self.patience)
        if step.repeated and not place.part and not spoken.messages:
            # The first delivery may have been answered while this one waited, and has the words.
            memory = Memory.read((await self._accept(inbound)).answer)
            if place.name in memory.answers:
                return memory.answers[place.name]
        document = self._document(call, spoken, place, spoken.connect or memory.connect)
        await self._remember(step, memory.with_answer(place.name, document, None))
        return document

    async def _spoken(
        self, call: CallRequest, step: Receipt, place: Place, *, wait: float
    ) -> Spoken:
        # A request that is made again because we died before we answered finds its words again.
        document = f"{call.sid}:{place.step}:{place.name}"
        return await self.door.spoken(step.conversation_id, document=document, wait=wait)

    def _document(
        self, call: CallRequest, spoken: Spoken, place: Place, connect: str | None
    ) -> str:
        ways = self._ways(place)
        if any(message.hang_up for message in spoken.messages):
            return self.speech.farewell(spoken.messages)
        if connect:
            return self.speech.connect(spoken, connect, self._dialling(call, place))
        if spoken.pending:
            if place.tries >= MOST_TRIES:
                return self.speech.trouble(spoken.language)
            return self.speech.say_and_ask_again(spoken, ways, first=place.tries == 0)
        if spoken.owner == "queue":
            if call.found_no_place:
                return self.speech.hold(spoken, answer=ways.answer, again=ways.more)
            return self.speech.enqueue(spoken, ways)
        if spoken.owner == "agent":
            return self.speech.listen_for_agent(spoken, ways)
        return self.speech.listen(spoken, ways)

    def _waiting(self, spoken: Spoken, place: Place) -> str:
        if any(message.hang_up for message in spoken.messages):
            return self.speech.farewell(spoken.messages)
        if spoken.owner != "queue":
            return self.speech.leave_queue(spoken)
        return self.speech.hold(
            spoken,
            answer=self._address("wait", place.next_key()),
            again=self._address("wait", place.next_part()),
        )

    def _ways(self, place: Place) -> Ways:
        return Ways(
            answer=self._address("turn", place.next_step()),
            more=self._address("turn", place.next_part(now=True)),
            retry=self._address("turn", place.next_part(tries=place.tries + 1)),
            wait=self._address("wait", place.into_queue()),
        )

    def _dialling(self, call: CallRequest, place: Place) -> Dialling:
        return Dialling(
            over=self._address("dialled", place.next_part(now=True)),
            whisper=f"{self.base}/whisper?call={call.sid}",
            status=f"{self.base}/dial-status",
        )

    def _address(self, room: str, place: Place) -> str:
        return f"{self.base}/{room}?{place.query()}"

    async def _accept(self, inbound: Inbound) -> Receipt:
        receipt = await self.door.accept(inbound)
        if not receipt.repeated:
            RECEIVED.labels(Channel.VOICE, inbound.kind).inc()
        return receipt

    async def _remember(self, step: Receipt, memory: Memory) -> None:
        await self.door.remember_answer(step.message_id, memory.write())
