"""Streams whose publishers are in other processes: in order, once, gaps filled.

What comes through the channel layer may be lost. Positions tell, and the log has what
is missing, if only after its append. A gap that cannot be filled soon breaks the
pictures of that participant off until their next key frames.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rooms.live.delivery import Delivery, deliver
from rooms.live.relay import Relay
from rooms.streams.contract import StreamError, StreamLog
from rooms.streams.record import DELIVERY, LENGTH, parse_header

logger = logging.getLogger(__name__)

# Viewers are not sent what is more than three seconds old; a publisher with three
# layers sends about 150 records a second.
GAP_RECORDS = 512
FILL_SECONDS = 0.5  # an append is durable within it, where the storage is well
RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's stream, as its process tells of it."""

    number: int
    fence: int
    stream: str
    next_position: int  # after all that was sent before; 0: not told


@dataclass(slots=True)
class _Known:
    fence: int
    next_position: int


class RemoteStreams:
    """Those of one room. Nothing in here is called twice at a time."""

    def __init__(self, relay: Relay, log: StreamLog) -> None:
        self._relay = relay
        self._log = log
        self._known: dict[int, _Known] = {}  # by participant number

    async def take(self, source: Source, deliveries: list[Delivery]) -> None:
        """Give the relay what is new. ``deliveries`` go on where the last ones ended;
        where the source tells its next position, they are what leads to a picture."""
        known = self._known.get(source.number)
        if known and source.fence < known.fence:
            return  # of a connection that has been replaced
        is_start = source.next_position > 0
        if known is None or source.fence > known.fence:
            first = deliveries[0].position if deliveries else source.next_position
            known = self._known[source.number] = _Known(source.fence, first)
        for delivery in deliveries:
            if delivery.position > known.next_position and not is_start:
                await self._fill(source, known.next_position, delivery.position)
            if delivery.position >= known.next_position:
                known.next_position = delivery.position + 1
                self._relay.accept([delivery])
        known.next_position = max(known.next_position, source.next_position)

    async def _fill(self, source: Source, position: int, end: int) -> None:
        """Give the relay the records from a position to before another."""
        if end - position <= GAP_RECORDS:
            try:
                async with asyncio.timeout(FILL_SECONDS):
                    missed = await self._read(source, position, end)
            except (TimeoutError, StreamError) as error:
                logger.info("%s: a gap stays: %r", source.stream, error)
            else:
                self._relay.accept(missed)
                if missed:
                    return
        self._relay.lose(source.number)

    async def _read(self, source: Source, position: int, end: int) -> list[Delivery]:
        """All of them, once all are durable; none where some have been trimmed."""
        found: list[Delivery] = []
        while True:
            stored = await self._log.read(
                source.stream, position=position, limit=end - position
            )
            for one in stored:
                if one.position != position:
                    return []
                header = parse_header(one.payload)
                found.append(
                    deliver(
                        header,
                        one.payload,
                        number=source.number,
                        position=position,
                        appended_us=one.appended_us,
                    )
                )
                position += 1
            if position == end:
                return found
            if not stored:
                await asyncio.sleep(RETRY_SECONDS)


def join_frames(deliveries: Iterable[Delivery]) -> bytes:
    return b"".join([delivery.frame for delivery in deliveries])


def split_frames(data: bytes) -> Iterator[Delivery]:
    view = memoryview(data)
    offset = 0
    while offset < len(view):
        (length,) = LENGTH.unpack_from(view, offset)
        offset += LENGTH.size
        number, position, appended_us = DELIVERY.unpack_from(view, offset)
        record = view[offset + DELIVERY.size : offset + length]
        offset += length
        yield deliver(
            parse_header(record),
            record,
            number=number,
            position=position,
            appended_us=appended_us,
        )
