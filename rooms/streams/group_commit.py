"""Group commit: one thread that writes what many callers give, together.

What arrives within a window is written at once and answered at once. An idle log
writes immediately: the window is the least time between the beginnings of two
commits, not a delay before each.
"""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Generic, Protocol, TypeVar

from rooms.streams.contract import LogFull, LogUnavailable, StreamError

logger = logging.getLogger(__name__)

# A commit takes what is waiting up to these, so that none takes long.
COMMIT_BYTES = 8 << 20


class Unfinished:
    """The answer of a request that wants to go on in the next commit."""


class Sized(Protocol):
    @property
    def size(self) -> int:
        """Bytes of payload."""


Request = TypeVar("Request", bound=Sized)


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Request]):
    request: Request
    size: int
    answer: "asyncio.Future[Any]"


class GroupCommit(Generic[Request]):
    def __init__(
        self,
        commit: Callable[[list[Request]], list[object]],
        *,
        max_queued_bytes: int,
        window_seconds: float,
    ) -> None:
        """``commit`` is called in the thread and gives an answer for each request: a
        result, a StreamError or Unfinished. It raises where all have failed."""
        self._commit = commit
        self._max_queued_bytes = max_queued_bytes
        self._window_seconds = window_seconds
        self._queue: deque[_Waiting[Request]] = deque()
        self._queued_bytes = 0
        self._closing = False
        self._changed = Condition()  # guards the three above
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
        """Finish what is queued. Blocks; no commit is under way afterwards."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        begun = 0.0
        while group := self._next_group(begun + self._window_seconds):
            begun = time.monotonic()
            self._finish(group, self._answers(group))

    def _next_group(self, not_before: float) -> list[_Waiting[Request]]:
        """What waits, once something does and the window is over; [] at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
        time.sleep(max(0.0, not_before - time.monotonic()))
        group: list[_Waiting[Request]] = []
        size = 0
        with self._changed:
            while self._queue and size < COMMIT_BYTES:
                group.append(self._queue.popleft())
                size += group[-1].size
        return group

    def _answers(self, group: list[_Waiting[Request]]) -> list[object]:
        try:
            return self._commit([waiting.request for waiting in group])
        except StreamError as error:
            return [type(error)(str(error)) for _ in group]
        except Exception as error:  # the edge of this thread: nobody may wait for ever
            logger.exception("The stream log could not be written")
            return [LogUnavailable(str(error)) for _ in group]

    def _finish(self, group: list[_Waiting[Request]], answers: list[object]) -> None:
        """Queue again what is unfinished, and wake each event loop once."""
        done: dict[
            asyncio.AbstractEventLoop, list[tuple[_Waiting[Request], object]]
        ] = defaultdict(list)
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


def _answer(pairs: list[tuple[_Waiting[Request], object]]) -> None:
    for waiting, answer in pairs:
        if waiting.answer.done():  # its caller was cancelled
            continue
        if isinstance(answer, StreamError):
            waiting.answer.set_exception(answer)
        else:
            waiting.answer.set_result(answer)
