"""What is written into a log's SQLite file: requests, a transaction for each group."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from rooms.streams.batches import fresh
from rooms.streams.contract import Entry, Fenced, LogFull, StreamError, Tail
from rooms.streams.group_commit import Unfinished

TRIM_RECORDS = 128  # deleted in one transaction; a longer trim goes on in the next

_DELETE = """
    DELETE FROM records WHERE rowid IN (
        SELECT rowid FROM records WHERE stream = ? AND position < ?
        ORDER BY position LIMIT ?
    )
"""


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


class Writer:
    """Writes what the log's requests want, one transaction for each group of them."""

    def __init__(self, db: sqlite3.Connection, *, max_bytes: int) -> None:
        self._db = db
        self._max_bytes = max_bytes

    def commit(self, group: list[Request]) -> list[object]:
        """Carry out a group; an answer for each, errors among them."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self._db, self._max_bytes)
            answers = [_attempt(request, transaction) for request in group]
            transaction.save()
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # it may have been rolled back already
                self._db.execute("ROLLBACK")
            raise
        return answers

    def close(self) -> None:
        self._db.close()


def _attempt(request: Request, transaction: Transaction) -> object:
    try:
        return request.apply(transaction)
    except StreamError as error:
        return error
