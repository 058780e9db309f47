"""A log in Redis 7 or newer, for servers on several machines.

Durable means: in the append-only file of the Redis server, as its ``appendfsync``
says. With ``always`` an acknowledged record outlives ``kill -9`` of Redis and the loss
of power. From Redis 7.2 on the same holds with ``everysec``: acknowledgements wait for
the sync (``WAITAOF``), up to a second. Redis 7.0 with ``everysec`` may lose the last
two seconds. A server without append-only file is refused. Replicas are not waited for.

Appends of all streams of a process travel together, in one script: one step, one sync.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from rooms.streams.contract import (
    Entry,
    Fenced,
    LogFull,
    LogUnavailable,
    Stored,
    StreamError,
    Tail,
)
from rooms.streams.group_commit import GroupCommit
from rooms.streams.options import whole_numbers
from rooms.streams.polling import follow
from rooms.streams.redis_scripts import APPEND, SPAN, TRIM

READERS = 4  # threads, each with a connection
SOCKET_SECONDS = 5.0  # without an answer; what is under way is then LogUnavailable
SYNC_SECONDS = 4.0  # for WAITAOF, within the above
RECORD_BYTES = 100  # about what Redis needs for a record beside its payload
# That a stream without records is remembered: fence, positions, last number.
IDLE_SECONDS = 30 * 24 * 3600
DEFAULTS = {
    "max_bytes": 1 << 30,  # in the memory of Redis; beyond it appends raise LogFull
    "max_queued_bytes": 64 << 20,  # waiting for Redis; the same
    "window_ms": 5,  # at least between two commits; an idle log commits at once
}

_ENTRY = struct.Struct("!IQQ")  # epoch, number, append time
_HEAD_BYTES = 16  # of a record's value: append time, bytes before it in the stream
_TAIL = ("first", "next", "epoch", "number")
_WITHOUT_AOF = (
    "Redis keeps no append-only file, which the stream log needs: appendonly yes"
)
Result = TypeVar("Result")


def open_log(url: str) -> "RedisLog":
    """``redis://user:password@host:port/database``, or ``rediss://`` for TLS."""
    options = whole_numbers(url, DEFAULTS)
    if not urlsplit(url).hostname:
        raise ValueError("The stream log's address must be redis://host:port/database.")
    return RedisLog(url.partition("?")[0], **options)


@dataclass(frozen=True, slots=True)
class Append:
    name: str
    entries: Sequence[Entry]
    fence: int

    @property
    def size(self) -> int:
        return sum(len(entry.payload) + RECORD_BYTES for entry in self.entries)

    def arguments(self) -> Iterator[Any]:
        yield from (self.name, self.fence, len(self.entries))
        for entry in self.entries:
            yield _ENTRY.pack(entry.epoch, entry.number, entry.appended_us)
            yield entry.payload

    def answer(self, given: Any) -> "Tail | StreamError":
        if given == b"fenced":
            return Fenced(self.name)
        if given == b"full":
            return LogFull(self.name)
        return Tail(*given)


@dataclass(frozen=True, slots=True)
class Trim:
    name: str
    before: int
    size: int = 0


class RedisLog:
    """All methods may be called from any thread and event loop.

    Redis may be away, also when the log is opened: then what is asked for raises
    LogUnavailable, and goes through again once it is back.
    """

    def __init__(
        self, url: str, *, max_bytes: int, max_queued_bytes: int, window_ms: int
    ) -> None:
        self._max_bytes = max_bytes
        self._waits_for_sync = False
        # Its annotations say what its asynchronous client gives as well.
        self._redis: Any = redis.Redis.from_url(
            url,
            protocol=2,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            # Once, for connections that a restarted server has forgotten.
            retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            redis_connect_func=self._prepare,
        )
        # As it comes: the client's own way makes dictionaries of the fields.
        self._redis.set_response_callback("XRANGE", lambda entries, **_: entries)
        self._commits: GroupCommit[Append | Trim] = GroupCommit(
            self._commit,
            max_queued_bytes=max_queued_bytes,
            window_seconds=window_ms / 1000,
        )
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="log-reader")

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
        since = "" if since_us is None else since_us
        span = (stream, position, since, limit, limit_bytes, RECORD_BYTES)

        def read() -> list[Stored]:
            while bounds := self._run_script(SPAN, *span):
                entries = self._redis.xrange(f"streams:records:{stream}", *bounds)
                if entries:  # not trimmed in the meantime
                    return [_stored(*entry) for entry in entries]
            return []

        return await self._reading(read)

    def follow(self, stream: str, *, position: int = 1) -> AsyncIterator[list[Stored]]:
        return follow(self, stream, position=position)

    async def tail(self, stream: str) -> Tail:
        state = await self._reading(
            lambda: self._redis.hmget(f"streams:state:{stream}", _TAIL)
        )
        if None in state:
            return Tail(1, 1, 0, 0)
        return Tail(*map(int, state))

    async def trim(self, stream: str, *, before: int) -> None:
        await self._commits.submit(Trim(stream, before))

    async def streams(self) -> list[str]:
        names = await self._reading(lambda: self._redis.smembers("streams:names"))
        return [name.decode() for name in names]

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._commits.close()
        self._threads.shutdown()
        self._redis.close()

    async def _reading(self, work: Callable[[], Result]) -> Result:
        """Do work in a thread; raises LogUnavailable."""

        def do() -> Result:
            with self._as_unavailable():
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._threads, do)

    def _commit(self, group: list[Append | Trim]) -> list[object]:
        """Carry out a group; an answer for each. Raises LogUnavailable."""
        appends = [one for one in group if isinstance(one, Append)]
        trims = [one for one in group if isinstance(one, Trim)]
        with self._as_unavailable():
            if trims:
                self._trim(trims)
            tails = iter(self._append(appends) if appends else ())
        return [next(tails) if isinstance(one, Append) else None for one in group]

    def _trim(self, trims: list[Trim]) -> None:
        arguments = [part for one in trims for part in (one.name, one.before)]
        self._run_script(TRIM, IDLE_SECONDS, *arguments)

    def _append(self, appends: list[Append]) -> list[Tail | StreamError]:
        arguments = [part for one in appends for part in one.arguments()]
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.evalsha(
                _digest(APPEND), 0, self._max_bytes, RECORD_BYTES, *arguments
            )
            if self._waits_for_sync:
                pipeline.execute_command("WAITAOF", 1, 0, int(SYNC_SECONDS * 1000))
            try:
                given, *synced = pipeline.execute()
            except redis.OutOfMemoryError:
                return [LogFull("Redis is full: maxmemory.") for _ in appends]
        if synced and not synced[0][0]:
            raise LogUnavailable("Redis has not synced its append-only file in time.")
        return [one.answer(part) for one, part in zip(appends, given, strict=True)]

    def _run_script(self, script: str, *arguments: Any) -> Any:
        return self._redis.evalsha(_digest(script), 0, *arguments)

    def _prepare(self, connection: Any) -> None:
        """Of each new connection: is the server durable, and does it know us?"""
        connection.on_connect()
        info = self._ask(connection, "INFO")
        if b"aof_enabled:1" not in info:
            raise redis.ConnectionError(_WITHOUT_AOF)
        version = info.partition(b"redis_version:")[2].split()[0].split(b".")
        self._waits_for_sync = [int(part) for part in version] >= [7, 2]
        for script in (APPEND, SPAN, TRIM):
            self._ask(connection, "SCRIPT", "LOAD", script)

    @staticmethod
    def _ask(connection: Any, *command: str) -> bytes:
        connection.send_command(*command)
        answer: bytes = connection.read_response()
        return answer

    @contextmanager
    def _as_unavailable(self) -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            if isinstance(error, redis.exceptions.NoScriptError):
                self._redis.connection_pool.disconnect()  # loads them again
            raise LogUnavailable(str(error)) from error


def _digest(script: str) -> str:
    """The name by which Redis knows a script."""
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


def _stored(entry_id: bytes, fields: list[bytes]) -> Stored:
    value = fields[1]
    position = int(entry_id[: entry_id.index(b"-")])
    return Stored(position, int.from_bytes(value[:8]), value[_HEAD_BYTES:])
