"""The streams of a session, followed from the log's tail into decoders.

One event loop in a thread of its own follows them all; what has come is taken by the
thread that paints, in between its pictures.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from recordings.segment_index import Record, parse
from rooms.clock import now_us
from rooms.streams.contract import Stored, StreamLog
from rooms.streams.polling import POLL_SECONDS
from rooms.streams.record import RecordError

logger = logging.getLogger(__name__)

# How far before now a stream is begun with: a key frame comes every 2 s.
BACK_US = 3_000_000
# What waits for a painter that stands still; beyond it the oldest go.
WAITING_RECORDS = 4_000
RETRY_SECONDS = 0.5  # after the log has failed


class Follower:
    """``with Follower(log) as follower``: follows the streams it is told to."""

    def __init__(self, log: StreamLog) -> None:
        self._log = log
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="follower", daemon=True
        )
        self._following: dict[str, asyncio.Task[None]] = {}
        self._come: dict[str, deque[Stored]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def follow(self, streams: Iterable[str]) -> None:
        """These and no others from now on; what is new begins a little before now."""
        wanted = set(streams)
        for stream in self._come.keys() - wanted:
            del self._come[stream]
            self._loop.call_soon_threadsafe(self._stop, stream)
        for stream in wanted - self._come.keys():
            come = self._come[stream] = deque(maxlen=WAITING_RECORDS)
            self._loop.call_soon_threadsafe(self._start, stream, come)

    def take(self, stream: str) -> Iterable[Record]:
        """What has come since, in order."""
        come = self._come.get(stream)
        while come:
            stored = come.popleft()
            with suppress(RecordError):
                yield parse(stored)

    # Of the loop's thread.

    def _start(self, stream: str, come: deque[Stored]) -> None:
        self._following[stream] = self._loop.create_task(self._run(stream, come))

    def _stop(self, stream: str) -> None:
        self._following.pop(stream).cancel()

    async def _end(self) -> None:
        tasks = [*self._following.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, stream: str, come: deque[Stored]) -> None:
        position = 0
        while True:
            try:
                position = position or await self._begin(stream)
                async for batch in self._log.follow(stream, position=position):
                    come.extend(batch)
                    position = batch[-1].position + 1
            except Exception:
                logger.exception("Stream %s is not read for now.", stream)
                await asyncio.sleep(RETRY_SECONDS)

    async def _begin(self, stream: str) -> int:
        """Waits for the first record that is wanted."""
        since_us = now_us() - BACK_US
        while True:
            found = await self._log.read(stream, since_us=since_us, limit=1)
            if found:
                return found[0].position
            await asyncio.sleep(POLL_SECONDS)
