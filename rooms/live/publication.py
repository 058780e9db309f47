"""The stream of one publisher in this process: in order, once, acknowledged."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid
from rooms.live.delivery import Delivery, deliver
from rooms.live.meters import APPEND_SECONDS
from rooms.streams.contract import Entry, LogFull, LogUnavailable, StreamLog
from rooms.streams.record import Header

logger = logging.getLogger(__name__)

IN_FLIGHT_BYTES = 8 << 20  # received and not durable; beyond it the socket is not read
# Between two appends, from beginning to beginning: each costs a turn of the log's
# thread, a commit where there is no other, and an acknowledgement.
APPEND_SECONDS_LEAST = 0.025
RETRY_SECONDS = (0.1, 0.5, 2.0)  # between attempts while the storage does not take it


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose stream it is, and which run and socket of theirs writes it."""

    room_id: UUID
    session_id: UUID
    participant_id: UUID
    number: int
    epoch: int
    fence: int
    stream: str

    def __str__(self) -> str:
        return f"{self.stream} epoch {self.epoch} fence {self.fence}"


class Publication:
    """Positions are given here, in the order of arrival, before the append is durable:
    the one writer of a stream knows what the log will say."""

    def __init__(
        self,
        log: StreamLog,
        publisher: Publisher,
        say: Callable[[dict[str, Any]], None],
    ) -> None:
        self.publisher = publisher
        self._log = log
        self._say = say
        self._next_position = 1
        self._known = 0  # the last number of this epoch that is given to the log
        self._durable = 0  # the last number of this epoch that the log has
        self._last_seen = 0  # the last number that came through this socket
        self._pending: list[Entry] = []
        self._in_flight_bytes = 0
        self._changed = asyncio.Event()
        self._shrunk = asyncio.Event()

    async def open(self) -> int:
        """Take the stream, and return the last durable number of this epoch.

        Raises StreamError.
        """
        publisher = self.publisher
        tail = await self._log.append(publisher.stream, [], fence=publisher.fence)
        self._next_position = tail.next_position
        if tail.epoch == publisher.epoch:
            self._known = self._durable = tail.number
        return self._durable

    @property
    def next_position(self) -> int:
        """What the next record gets."""
        return self._next_position

    @property
    def is_empty(self) -> bool:
        """Whether the stream has never held a record."""
        return self._next_position == 1

    @property
    def is_full(self) -> bool:
        """Whether ``shrink`` would wait."""
        return self._in_flight_bytes >= IN_FLIGHT_BYTES

    def check(self, headers: list[Header]) -> None:
        """Raises Denied or Invalid where a message does not go on with this stream."""
        last = self._last_seen
        for header in headers:
            if header.epoch != self.publisher.epoch:
                raise Denied(_("The record is of another epoch."), code="wrong_epoch")
            if header.number <= last:
                raise Invalid(_("Record numbers must rise."), code="wrong_number")
            last = header.number

    def add(
        self, header: Header, record: memoryview, *, appended_us: int
    ) -> Delivery | None:
        """Give a checked record to the log; None for a resend that is known already."""
        self._last_seen = header.number
        if header.number <= self._known:
            return None
        self._known = header.number
        delivery = deliver(
            header,
            record,
            number=self.publisher.number,
            position=self._next_position,
            appended_us=appended_us,
        )
        self._next_position += 1
        self._in_flight_bytes += len(record)
        # The delivery's copy: a view into the message would keep all of it in memory.
        self._pending.append(
            Entry(header.epoch, header.number, appended_us, delivery.record)
        )
        self._changed.set()
        return delivery

    async def run(self) -> None:
        """Append what is added, for as long as the connection lives. Raises Fenced."""
        loop, not_before = asyncio.get_running_loop(), 0.0
        while True:
            await self._changed.wait()
            await asyncio.sleep(not_before - loop.time())
            not_before = loop.time() + APPEND_SECONDS_LEAST
            self._changed.clear()
            entries, self._pending = self._pending, []
            await self._append(entries)
            self._durable = entries[-1].number
            self._in_flight_bytes -= sum(len(entry.payload) for entry in entries)
            self._shrunk.set()
            self.acknowledge()

    async def shrink(self, below_bytes: int = IN_FLIGHT_BYTES) -> None:
        """Wait until less than this is in flight. ``run`` must be running."""
        while self._in_flight_bytes >= below_bytes:
            self._shrunk.clear()
            await self._shrunk.wait()

    def acknowledge(self) -> None:
        """Say what is durable."""
        self._say(
            {"type": "ack", "epoch": self.publisher.epoch, "number": self._durable}
        )

    async def _append(self, entries: list[Entry]) -> None:
        """Append, again and again while the storage does not take it."""
        attempt = 0
        while True:
            try:
                with APPEND_SECONDS.time():
                    await self._log.append(
                        self.publisher.stream, entries, fence=self.publisher.fence
                    )
            except (LogFull, LogUnavailable) as error:
                if not attempt:
                    logger.warning("%s waits: %s", self.publisher.stream, error)
                    self._say({"type": "storage", "state": "waiting"})
                await asyncio.sleep(RETRY_SECONDS[min(attempt, 2)])
                attempt += 1
                continue
            if attempt:
                self._say({"type": "storage", "state": "ok"})
            return
