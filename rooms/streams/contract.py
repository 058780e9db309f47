"""The stream log's contract: five verbs that every backend implements alike.

A stream is an ordered, durable sequence of records. A position is a whole number
given by the log, from 1 and without gaps; time is metadata. Backends hold no policy
and know no rooms; ``tests/contracts/`` holds all of them to this page.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class StreamError(Exception):
    """The log could not do what was asked."""

    permanent = False


class Fenced(StreamError):
    """A newer writer has the stream; this one must stop."""

    permanent = True


class LogFull(StreamError):
    """The log's bound is reached; nothing was appended. Try again later."""


class LogUnavailable(StreamError):
    """The storage under the log does not answer. What was not acknowledged may or
    may not have been appended; appending the same entries again is safe."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its way in. ``(epoch, number)`` grows along a stream."""

    epoch: int
    number: int
    appended_us: int
    payload: bytes | memoryview


class Stored(NamedTuple):  # a third of the time that a frozen dataclass takes to make
    """A record as read. ``appended_us``: microseconds since the Unix epoch."""

    position: int
    appended_us: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a stream ends.

    ``next_position`` is what the next record gets (1 in an empty stream), and
    ``(epoch, number)`` the last record's (0, 0 in an empty one): both outlive trims.
    ``first_position`` is the oldest record still there, ``next_position`` if none is.
    """

    first_position: int
    next_position: int
    epoch: int
    number: int


class StreamLog(Protocol):
    async def append(
        self, stream: str, entries: Sequence[Entry], *, fence: int
    ) -> Tail:
        """Append entries in order, and return the tail after the last of them.

        Returns after the append is durable, as the backend's docstring defines it.
        Entries at or below the tail's ``(epoch, number)`` are there already and are
        skipped, so a resend is stored once. All entries of a call become visible
        together; concurrent calls on one stream are applied in the order of the
        calls. The first append with a higher ``fence`` takes the stream: with no
        entries it does just that. Raises Fenced when a higher fence has been seen,
        LogFull, LogUnavailable; then nothing of the call may be taken as stored.
        """
        ...

    async def read(
        self,
        stream: str,
        *,
        position: int = 1,
        since_us: int | None = None,
        limit: int = 512,
        limit_bytes: int = 4 << 20,
    ) -> list[Stored]:
        """Records from ``position`` on, or from the first appended at or after
        ``since_us``, in order.

        At most ``limit`` records and, after the first, ``limit_bytes`` of payload.
        Starts at the oldest record where ``position`` has been trimmed. Empty where
        there is nothing, also for a stream that never was.
        """
        ...

    def follow(self, stream: str, *, position: int = 1) -> AsyncIterator[list[Stored]]:
        """Read to the tail, then yield what is appended as it comes; never ends.

        Yields durable records only, without gaps (but over trimmed ones), in
        batches bounded like ``read``. Sees appends of other processes within 100 ms.
        """
        ...

    async def tail(self, stream: str) -> Tail:
        """The tail; ``Tail(1, 1, 0, 0)`` for a stream that never was."""
        ...

    async def trim(self, stream: str, *, before: int) -> None:
        """Delete the records with a position below ``before``. The tail stays."""
        ...

    async def streams(self) -> list[str]:
        """Names of the streams that hold records, in no order."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then let go of files and connections."""
        ...
