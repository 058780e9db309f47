"""A log in the memory of one process, for tests and for trying out.

Durable here means: kept until the process ends. Bounded by ``max_bytes`` of payload.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from threading import Lock

from rooms.streams.batches import fresh, within
from rooms.streams.contract import Entry, Fenced, LogFull, Stored, Tail
from rooms.streams.options import whole_numbers
from rooms.streams.polling import follow

DEFAULTS = {"max_bytes": 256 << 20}


def open_log(url: str) -> "MemoryLog":
    return MemoryLog(**whole_numbers(url, DEFAULTS))


@dataclass(slots=True)
class _Stream:
    fence: int = 0
    epoch: int = 0
    number: int = 0
    next_position: int = 1
    records: list[Stored] = field(default_factory=list)

    @property
    def first_position(self) -> int:
        return self.next_position - len(self.records)

    def tail(self) -> Tail:
        return Tail(self.first_position, self.next_position, self.epoch, self.number)

    def from_position(self, position: int) -> list[Stored]:
        return self.records[max(0, position - self.first_position) :]


class MemoryLog:
    """All methods may be called from any thread and event loop."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._stored_bytes = 0
        self._streams: dict[str, _Stream] = {}
        self._lock = Lock()

    async def append(
        self, stream: str, entries: Sequence[Entry], *, fence: int
    ) -> Tail:
        with self._lock:
            target = self._streams.setdefault(stream, _Stream())
            if fence < target.fence:
                raise Fenced(stream)
            rising = fresh(entries, epoch=target.epoch, number=target.number)
            size = sum(len(entry.payload) for entry in rising)
            if size and self._stored_bytes + size > self._max_bytes:
                raise LogFull(stream)
            target.fence = fence
            self._stored_bytes += size
            for entry in rising:
                self._add(target, entry)
            return target.tail()

    def _add(self, target: _Stream, entry: Entry) -> None:
        target.records.append(
            Stored(target.next_position, entry.appended_us, bytes(entry.payload))
        )
        target.next_position += 1
        target.epoch, target.number = entry.epoch, entry.number

    async def read(
        self,
        stream: str,
        *,
        position: int = 1,
        since_us: int | None = None,
        limit: int = 512,
        limit_bytes: int = 4 << 20,
    ) -> list[Stored]:
        with self._lock:
            source = self._streams.get(stream, _Stream())
            records = source.from_position(position)
        if since_us is not None:
            older = takewhile(lambda record: record.appended_us < since_us, records)
            records = records[sum(1 for _ in older) :]
        return list(within(records[:limit], limit_bytes))

    def follow(self, stream: str, *, position: int = 1) -> AsyncIterator[list[Stored]]:
        return follow(self, stream, position=position)

    async def tail(self, stream: str) -> Tail:
        with self._lock:
            return self._streams.get(stream, _Stream()).tail()

    async def trim(self, stream: str, *, before: int) -> None:
        with self._lock:
            target = self._streams.get(stream)
            if target is None:
                return
            kept = target.from_position(before)
            gone = target.records[: len(target.records) - len(kept)]
            self._stored_bytes -= sum(len(record.payload) for record in gone)
            target.records = kept

    async def streams(self) -> list[str]:
        with self._lock:
            return [name for name, stream in self._streams.items() if stream.records]

    async def close(self) -> None:
        """Nothing to let go of."""
