"""A log in one SQLite file, which several processes may have open at once.

Durable means: committed with ``synchronous=FULL`` to a write-ahead log, so that an
acknowledged record outlives ``kill -9`` of any process and the loss of power, as far
as the disk keeps what it says it has synced. Appends of all streams are committed in
groups, by one thread; reads have a thread and a connection of their own and never wait
for it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

from rooms.streams.batches import within
from rooms.streams.contract import Entry, LogUnavailable, Stored, Tail
from rooms.streams.group_commit import GroupCommit
from rooms.streams.options import whole_numbers
from rooms.streams.polling import follow
from rooms.streams.sqlite_file import connect, prepare
from rooms.streams.sqlite_writer import Append, Request, Trim, Writer

DEFAULTS = {
    "max_bytes": 8 << 30,  # in the file; beyond it appends raise LogFull
    "max_queued_bytes": 64 << 20,  # waiting for the disk; the same
    "window_ms": 5,  # at least between two commits; an idle log commits at once
}

_READ = """
    SELECT position, appended_us, payload FROM records
    WHERE stream = (SELECT id FROM streams WHERE name = ?) AND position >= ?
    ORDER BY position LIMIT ?
"""
# Clocks may step back: the first in order, which need not be the earliest.
_FIRST_SINCE = """
    SELECT min(position) FROM records
    WHERE stream = (SELECT id FROM streams WHERE name = ?)
    AND appended_us >= ? AND position >= ?
"""
_TAIL = """
    SELECT coalesce(
        (SELECT min(position) FROM records WHERE stream = streams.id), next_position
    ), next_position, epoch, number
    FROM streams WHERE name = ?
"""
# From one stream with records to the next one: streams without any cost nothing.
_STREAMS = """
    WITH RECURSIVE living(id) AS (
        SELECT min(stream) FROM records
        UNION ALL
        SELECT (SELECT min(stream) FROM records WHERE stream > living.id)
        FROM living WHERE living.id IS NOT NULL
    )
    SELECT name FROM living JOIN streams USING (id)
"""
Result = TypeVar("Result")


def open_log(url: str) -> "SqliteLog":
    _, host, path, *_ = urlsplit(url)
    if host or not path.startswith("/") or path.endswith("/"):
        raise ValueError(f"{url!r} must be sqlite:///absolute/path/of/a/file.")
    return SqliteLog(path, **whole_numbers(url, DEFAULTS))


class SqliteLog:
    """All methods may be called from any thread and event loop."""

    def __init__(
        self, path: str, *, max_bytes: int, max_queued_bytes: int, window_ms: int
    ) -> None:
        try:
            prepare(path)
            self._writer = Writer(connect(path), max_bytes=max_bytes)
            self._db: sqlite3.Connection | None = connect(path)
        except sqlite3.Error as error:
            raise LogUnavailable(f"{path}: {error}") from error
        self._commits: GroupCommit[Request] = GroupCommit(
            self._writer.commit,
            max_queued_bytes=max_queued_bytes,
            window_seconds=window_ms / 1000,
        )
        self._path = path
        # SQLite lets go of the interpreter at each row; several threads that want it
        # back cost more than twice what one does (docs/benchmarks.md).
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="log-reader")

    async def append(
        self, stream: str, entries: Sequence[Entry], *, fence: int
    ) -> Tail:
        answer = self._commits.submit(Append(stream, entries, fence))
        tail: Tail = await answer
        return tail

    async def read(
        self,
        stream: str,
        *,
        position: int = 1,
        since_us: int | None = None,
        limit: int = 512,
        limit_bytes: int = 4 << 20,
    ) -> list[Stored]:
        def read(db: sqlite3.Connection) -> list[Stored]:
            first: int | None = position
            if since_us is not None:
                row = db.execute(_FIRST_SINCE, (stream, since_us, position)).fetchone()
                first = row[0]
            if first is None:
                return []
            rows = db.execute(_READ, (stream, first, limit))
            return list(within(map(Stored._make, rows), limit_bytes))

        return await self._reading(read)

    def follow(self, stream: str, *, position: int = 1) -> AsyncIterator[list[Stored]]:
        return follow(self, stream, position=position)

    async def tail(self, stream: str) -> Tail:
        row = await self._reading(lambda db: db.execute(_TAIL, (stream,)).fetchone())
        return Tail(*row) if row else Tail(1, 1, 0, 0)

    async def trim(self, stream: str, *, before: int) -> None:
        await self._commits.submit(Trim(stream, before))

    async def streams(self) -> list[str]:
        rows = await self._reading(lambda db: db.execute(_STREAMS).fetchall())
        return [name for (name,) in rows]

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._commits.close()
        self._writer.close()
        self._reader.shutdown()
        self._let_go()

    async def _reading(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do work with a connection, in the reader's thread; raises LogUnavailable."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, self._with_connection, work)

    def _with_connection(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            self._db = self._db or connect(self._path)
            return work(self._db)
        except sqlite3.Error as error:
            self._let_go()  # this one may go on failing when the file is well again
            raise LogUnavailable(str(error)) from error

    def _let_go(self) -> None:
        if self._db:
            self._db.close()
            self._db = None
