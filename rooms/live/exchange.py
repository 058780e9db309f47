"""The same room's relays in other processes: what they are sent, and what they send.

A relay is known by the channel that it listens on, one for each process and room. It
says that it is there, and what its viewers want, as it opens, when that changes and
every few seconds; while others do so it sends them what its publishers send. A relay
that is new to it gets the groups of pictures first. All of it may be lost.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from channels.layers import get_channel_layer

from rooms.live.delivery import Delivery, Track
from rooms.live.publication import Publisher
from rooms.live.relay import Relay
from rooms.live.remote import RemoteStreams, Source, join_frames, split_frames
from rooms.live.wanted import Wants
from rooms.streams.contract import StreamLog
from rooms.streams.record import Kind

logger = logging.getLogger(__name__)

JOIN_SECONDS = 0.02  # at least between two sendings: they cost by the message
QUEUE_BYTES = 8 << 20  # that wait to be sent; beyond it others read them from the log
SIGN_SECONDS = 5.0
GONE_SECONDS = 16.0  # without a sign
RETRY_SECONDS = 1.0

Message = dict[str, Any]


class Exchange:
    """The relay's ``Others``."""

    def __init__(
        self, relay: Relay, log: StreamLog, *, group: str, channel: str
    ) -> None:
        """``group``: of all relays of the room; ``channel``: of this one."""
        self._relay = relay
        self._group = group
        self._channel = channel
        self._layer = get_channel_layer()
        self._remote = RemoteStreams(relay, log)
        self.heard_at: dict[str, float] = {}  # by the channel of another relay
        self._homes: dict[int, str] = {}  # participant number -> that publisher's relay
        self._publishers: dict[int, Publisher] = {}  # here, by number
        self._deliveries: list[Delivery] = []
        self.waiting_bytes = 0
        self._texts: list[tuple[str, Message]] = []  # and to whom
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Speak with the others until cancelled."""
        self._relay.others = self
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send_often())
                tasks.create_task(self._sign_often())
        finally:
            self._relay.others = None
            for other in list(self.heard_at):
                self._forget(other)
            await self._say_goodbye()

    # What the relay says.

    def forward(self, deliveries: list[Delivery]) -> None:
        if not self.heard_at or not deliveries:
            return
        number = deliveries[0].track[0]
        self._publishers[number] = self._find_publisher(number)
        size = sum(len(delivery.frame) for delivery in deliveries)
        if self.waiting_bytes + size <= QUEUE_BYTES:
            self._deliveries += deliveries
            self.waiting_bytes += size
            self._changed.set()

    def request_keyframe(self, track: Track, spatial: int) -> None:
        if home := self._homes.get(track[0]):
            wish = {"number": track[0], "kind": int(track[1]), "spatial": spatial}
            self._tell(home, self._message("media.keyframe", **wish))

    def tell_wants(self, wants: Wants) -> None:
        for other in self.heard_at:
            self._tell(other, self._sign(wants))

    # What the others say.

    async def take(self, message: Message) -> None:
        if message["process"] != self._channel:
            await self._handlers[message["type"]](self, message)

    async def _take_sign(self, message: Message) -> None:
        other = message["process"]
        is_new = other not in self.heard_at
        self.heard_at[other] = time.monotonic()
        wants = {
            (number, Kind(kind)): layers for number, kind, layers in message["wants"]
        }
        self._relay.demand.hear(other, wants)
        if is_new:
            self._tell(other, self._sign(self._relay.demand.here()))
            self._tell(other, self._start())

    async def _take_goodbye(self, message: Message) -> None:
        self._forget(message["process"])

    async def _take_records(self, message: Message) -> None:
        here = {one.publisher.number for one in self._relay.connections.values()}
        by_number: dict[int, list[Delivery]] = {}
        for delivery in split_frames(message["frames"]):
            by_number.setdefault(delivery.track[0], []).append(delivery)
        for number, fence, stream, position in message["streams"]:
            if number not in here:
                self._homes[number] = message["process"]
                source = Source(number, fence, stream, position)
                await self._remote.take(source, by_number.get(number, []))
        for number, kind, layers in message["tracks"]:
            if number not in here:
                self._relay.expect((number, Kind(kind)), layers)

    async def _take_keyframe_wish(self, message: Message) -> None:
        track = (message["number"], Kind(message["kind"]))
        self._relay.request_keyframe(track, message["spatial"])

    _handlers: ClassVar[dict[str, Callable[["Exchange", Message], Awaitable[None]]]] = {
        "media.here": _take_sign,
        "media.gone": _take_goodbye,
        "media.records": _take_records,
        "media.keyframe": _take_keyframe_wish,
    }

    def _forget(self, other: str) -> None:
        if self.heard_at.pop(other, None) is not None:
            self._relay.demand.hear(other, None)

    # Messages.

    def _message(self, type_: str, **fields: Any) -> Message:
        return {"type": type_, "process": self._channel, **fields}

    def _sign(self, wants: Wants) -> Message:
        listed = [
            [number, int(kind), list(layers)]
            for (number, kind), layers in wants.items()
        ]
        return self._message("media.here", wants=listed)

    def _start(self) -> Message:
        """Where each stream is, and what leads to a picture of it."""
        streams, tracks, groups = [], [], []
        for connection in self._relay.connections.values():
            one, position = connection.publisher, connection.publication.next_position
            streams.append([one.number, one.fence, one.stream, position])
            groups += self._relay.groups(one.number)
            tracks += [
                [one.number, int(kind), layers]
                for (_, kind), layers in self._relay.layers(one.number).items()
            ]
        return self._message(
            "media.records", streams=streams, tracks=tracks, frames=join_frames(groups)
        )

    def _records(self, deliveries: list[Delivery]) -> Message:
        numbers = {delivery.track[0] for delivery in deliveries}
        publishers = [self._publishers[number] for number in numbers]
        return self._message(
            "media.records",
            streams=[[one.number, one.fence, one.stream, 0] for one in publishers],
            tracks=[],
            frames=join_frames(deliveries),
        )

    def _find_publisher(self, number: int) -> Publisher:
        """Whose deliveries these are; it is known mostly."""
        if known := self._publishers.get(number):
            connection = self._relay.connections.get(known.participant_id)
            if connection and connection.publisher is known:
                return known
        return next(
            one.publisher
            for one in self._relay.connections.values()
            if one.publisher.number == number
        )

    # Tasks.

    def _tell(self, other: str, message: Message) -> None:
        self._texts.append((other, message))
        self._changed.set()

    async def _say_goodbye(self) -> None:
        """So that nothing more is sent here; who does not hear it finds out."""
        try:
            async with asyncio.timeout(RETRY_SECONDS):
                await self._layer.group_send(self._group, self._message("media.gone"))
        except Exception as error:  # noqa: BLE001 - as the layer's storage likes
            logger.info("%s: left without a word: %r", self._group, error)

    async def _send_often(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            texts, self._texts = self._texts, []
            deliveries, self._deliveries = self._deliveries, []
            self.waiting_bytes = 0
            if deliveries:
                records = self._records(deliveries)
                texts += [(other, records) for other in self.heard_at]
            try:
                for other, message in texts:
                    await self._layer.send(other, message)
            except Exception as error:  # noqa: BLE001 - the same
                logger.warning("%s: not sent: %r", self._group, error)
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(JOIN_SECONDS)

    async def _sign_often(self) -> None:
        while True:
            try:
                sign = self._sign(self._relay.demand.here())
                await self._layer.group_send(self._group, sign)
            except Exception as error:  # noqa: BLE001 - the same
                logger.warning("%s: no sign given: %r", self._group, error)
            await asyncio.sleep(SIGN_SECONDS)
            latest = time.monotonic() - GONE_SECONDS
            for other in [one for one, at in self.heard_at.items() if at < latest]:
                self._forget(other)
