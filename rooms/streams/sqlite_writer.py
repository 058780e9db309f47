"""The one writing thread of a log's SQLite file: group commit.

Appends of all streams that arrive within a window share one transaction and one
sync of the disk. An idle log commits at once: the window is the least time between
the beginnings of two commits, not a delay before each.
"""

import asyncio
import logging
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread
from typing import Any, Protocol

from rooms.streams.batches import fresh
from rooms.streams.contract import (
    Entry,
    Fenced,
    LogFull,
    LogUnavailable,
    StreamError,
    Tail,
)

logger = logging.getLogger(__name__)

# A transaction takes what is waiting up to these, so that none takes long.
COMMIT_BYTES = 8 << 20
TRIM_RECORDS = 128  # deleted in one transaction; a longer trim goes on in the next

_DELETE = """
    DELETE FROM records WHERE rowid IN (
        SELECT rowid FROM records WHERE stream = ? AND position < ?
        ORDER BY position LIMIT ?
    )
"""


class Unfinished:
    """The answer of a request that wants to go on in the next transaction."""


class Request(Protocol):
    @property
    def size(self) -> int: ...

    def apply(self, transaction: "Transaction") -> object:
        """Do it, and return its result. Raises StreamError if nothing was done."""
        ...


class Stream:
    """A row of ``streams`` during one transaction."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        db.execute("INSERT OR IGNORE INTO streams (name) VALUES (?)", (name,))
        row = db.execute(
            "SELECT id, next_position, epoch, number, fence FROM streams"
            " WHERE name = ?",
            (name,),
        ).fetchone()
        self.id, self.next_position, self.epoch, self.number, self.fence = row

    def add(self, entries: list[Entry]) -> None:
        self._db.executemany(
            "INSERT INTO records VALUES (?, ?, ?, ?)",
            [
                (self.id, position, entry.appended_us, entry.payload)
                for position, entry in zip(count(self.next_position), entries)
            ],
        )
        self.next_position += len(entries)
        self.epoch, self.number = entries[-1].epoch, entries[-1].number

    def tail(self) -> Tail:
        (first,) = self._db.execute(
            "SELECT min(position) FROM records WHERE stream = ?", (self.id,)
        ).fetchone()
        return Tail(
            first or self.next_position, self.next_position, self.epoch, self.number
        )

    def save(self) -> None:
        self._db.execute(
            "UPDATE streams SET next_position = ?, epoch = ?, number = ?, fence = ?"
            " WHERE id = ?",
            (self.next_position, self.epoch, self.number, self.fence, self.id),
        )


class Transaction:
    """One group of requests. Other processes write too: nothing is remembered."""

    def __init__(self, db: sqlite3.Connection, max_bytes: int) -> None:
        self.db = db
        self.room_bytes = max_bytes - stored_bytes(db)
        self.trim_records = TRIM_RECORDS
        self._streams: dict[str, Stream] = {}

    def stream(self, name: str) -> Stream:
        if name not in self._streams:
            self._streams[name] = Stream(self.db, name)
        return self._streams[name]

    def save(self) -> None:
        for stream in self._streams.values():
            stream.save()


def stored_bytes(db: sqlite3.Connection) -> int:
    """Bytes of the file that are in use; pages freed by trims are not."""
    (page_size,), (pages,), (free,) = (
        db.execute(f"PRAGMA {name}").fetchone()
        for name in ("page_size", "page_count", "freelist_count")
    )
    return int(page_size * (pages - free))


@dataclass(frozen=True, slots=True)
class Append:
    name: str
    entries: Sequence[Entry]
    fence: int

    @property
    def size(self) -> int:
        return sum(len(entry.payload) for entry in self.entries)

    def apply(self, transaction: Transaction) -> Tail:
        stream = transaction.stream(self.name)
        if self.fence < stream.fence:
            raise Fenced(self.name)
        rising = fresh(self.entries, epoch=stream.epoch, number=stream.number)
        size = sum(len(entry.payload) for entry in rising)
        if size > transaction.room_bytes and rising:
            raise LogFull(self.name)
        transaction.room_bytes -= size
        stream.fence = self.fence
        if rising:
            stream.add(rising)
        return stream.tail()


@dataclass(frozen=True, slots=True)
class Trim:
    name: str
    before: int
    size: int = field(default=0, init=False)

    def apply(self, transaction: Transaction) -> type[Unfinished] | None:
        stream = transaction.stream(self.name)
        deleted = transaction.db.execute(
            _DELETE, (stream.id, self.before, transaction.trim_records)
        ).rowcount
        transaction.trim_records -= deleted
        return None if transaction.trim_records else Unfinished


@dataclass(frozen=True, slots=True)
class _Waiting:
    request: Request
    size: int
    answer: "asyncio.Future[Any]"


class Writer:
    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        max_bytes: int,
        max_queued_bytes: int,
        window_seconds: float,
    ) -> None:
        self._db = db
        self._max_bytes = max_bytes
        self._max_queued_bytes = max_queued_bytes
        self._window_seconds = window_seconds
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._closing = False
        self._changed = Condition()  # guards the four above
        self._thread = Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> "asyncio.Future[Any]":
        """Queue a request, in the order of calls; its answer comes after the commit.

        Raises LogFull when too much is waiting already, LogUnavailable after close.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(request, request.size, loop.create_future())
        with self._changed:
            if self._closing:
                raise LogUnavailable("The log is closed.")
            if self._queued_bytes and (
                self._queued_bytes + waiting.size > self._max_queued_bytes
            ):
                raise LogFull("Too much is waiting for the disk.")
            self._queue.append(waiting)
            self._queued_bytes += waiting.size
            self._changed.notify()
        return waiting.answer

    def close(self) -> None:
        """Finish what is queued, then let go of the file. Blocks."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        begun = 0.0
        while group := self._next_group(begun + self._window_seconds):
            begun = time.monotonic()
            self._finish(group, self._commit(group))

    def _next_group(self, not_before: float) -> list[_Waiting]:
        """What waits, once something does and the window is over; [] at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
        time.sleep(max(0.0, not_before - time.monotonic()))
        group: list[_Waiting] = []
        size = 0
        with self._changed:
            while self._queue and size < COMMIT_BYTES:
                group.append(self._queue.popleft())
                size += group[-1].size
        return group

    def _commit(self, group: list[_Waiting]) -> list[object]:
        """Carry out a group; an answer for each, errors among them."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self._db, self._max_bytes)
            answers = [_attempt(waiting.request, transaction) for waiting in group]
            transaction.save()
            self._db.execute("COMMIT")
        except Exception as error:  # the edge of this thread: nobody may wait for ever
            logger.exception("The stream log could not be written")
            with suppress(sqlite3.Error):  # it may have been rolled back already
                self._db.execute("ROLLBACK")
            return [LogUnavailable(str(error)) for _ in group]
        return answers

    def _finish(self, group: list[_Waiting], answers: list[object]) -> None:
        """Queue again what is unfinished, and wake each event loop once."""
        done: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, object]]]
        done = defaultdict(list)
        with self._changed:
            for waiting, answer in zip(group, answers, strict=True):
                if answer is Unfinished:
                    self._queue.append(waiting)
                    continue
                self._queued_bytes -= waiting.size
                done[waiting.answer.get_loop()].append((waiting, answer))
        for loop, pairs in done.items():
            with suppress(RuntimeError):  # a loop that has closed: nobody waits there
                loop.call_soon_threadsafe(_answer, pairs)


def _attempt(request: Request, transaction: Transaction) -> object:
    try:
        return request.apply(transaction)
    except StreamError as error:
        return error


def _answer(pairs: list[tuple[_Waiting, object]]) -> None:
    for waiting, answer in pairs:
        if waiting.answer.done():  # its caller was cancelled
            continue
        if isinstance(answer, StreamError):
            waiting.answer.set_exception(answer)
        else:
            waiting.answer.set_result(answer)
