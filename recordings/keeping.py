"""What is kept: seals the streams that this process writes, and trims the hot log.

One task per server process. Streams that no living process writes are kept by
``recordings.tasks.seal_orphans`` with the same function.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from conference.draining import seconds_left
from recordings.archive import Source
from recordings.cutting import KeptRange
from recordings.rules.recording import (
    STARTED_GROUP,
    start_unrecorded,
    stop_with_sessions,
)
from recordings.sealing import (
    Kept,
    keep_stream,
    settle_recordings,
    unsealed_ranges,
)
from rooms.clock import now_us
from rooms.live.relays import local_publications, open_relays

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 2
AT_ONCE = 4  # streams sealed side by side: a storage may be far away


async def keep() -> None:
    """Runs for as long as the server process does, and at its end seals what is left
    of its streams, as far as there is time: the rest is for whoever goes on with them.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_repeat(keeper.keep_once))
            tasks.create_task(_repeat(ask_for_key_frames))
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds_left()):
                await keeper.seal_rest()


async def _repeat(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            logger.exception("Keeping failed; trying again.")
        await asyncio.sleep(PERIOD_SECONDS)


async def ask_for_key_frames() -> None:
    """When a recording starts, here or in another process, so that its pictures
    begin at once. Runs until the channel layer fails."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(STARTED_GROUP, channel)
    while True:
        message = await layer.receive(channel)
        room_id = UUID(message["room"])
        for relay in open_relays():
            if relay.room_id == room_id:
                relay.request_keyframes()


@dataclass(frozen=True, slots=True)
class Pause:
    """While these recordings run on, a stream need not be looked at before a time: to
    read again and again what does not fill a segment yet costs more than to seal it."""

    ranges: list[KeptRange]
    until_us: int


class Keeper:
    """Remembers this process's streams until nothing of them is left in the log, and
    whether the archive took what it was given."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._pauses: dict[str, Pause] = {}  # by stream
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._failing: set[str] = set()  # streams

    def note_streams(self) -> dict[str, Source]:
        """Those that this process writes now, by name. From now on they are kept."""
        written = {
            one.stream: Source(
                one.stream, one.participant_id, one.session_id, one.room_id
            )
            for one in local_publications()
        }
        self._sources |= written
        return written

    async def keep_once(self) -> None:
        await database_sync_to_async(stop_with_sessions)()
        await database_sync_to_async(start_unrecorded)()
        written = self.note_streams()
        # Read before the streams are: see UNDECIDED_US.
        at_us = now_us()
        drained = await self._keep_all(at_us)
        for stream in drained.difference(written):
            del self._sources[stream]
            self._pauses.pop(stream, None)
        await database_sync_to_async(settle_recordings)(now_us=at_us)

    async def seal_rest(self) -> None:
        """Seal also what does not fill a segment yet. Everybody has been sent away."""
        self._pauses.clear()
        await self._keep_all(now_us(), is_last=True)

    async def _keep_all(self, at_us: int, *, is_last: bool = False) -> set[str]:
        """The streams of which nothing is left in the log."""
        sources = list(self._sources.values())
        sessions = {source.session_id for source in sources}
        ranges = await database_sync_to_async(unsealed_ranges)(sessions)

        async def keep(source: Source) -> bool:
            kept = ranges.get(source.session_id, [])
            return await self._keep(source, kept, now_us=at_us, is_last=is_last)

        drained = await asyncio.gather(*map(keep, sources))
        return {
            source.stream
            for source, is_drained in zip(sources, drained, strict=True)
            if is_drained
        }

    async def _keep(
        self, source: Source, ranges: list[KeptRange], *, now_us: int, is_last: bool
    ) -> bool:
        pause = self._pauses.get(source.stream)
        if pause and pause.ranges == ranges and now_us < pause.until_us:
            return False
        keep_in_thread = database_sync_to_async(keep_stream, thread_sensitive=False)
        async with self._slots:
            try:
                kept: Kept = await keep_in_thread(
                    source, ranges, now_us=now_us, is_last=is_last
                )
            except Exception:  # noqa: BLE001 - a storage fails as it likes; the log holds all
                self._note_failure(source)
                return False
        self._pauses[source.stream] = Pause(ranges, kept.due_us)
        if source.stream in self._failing:
            self._failing.discard(source.stream)
            logger.info("Stream %s is being kept again.", source.stream)
        return kept.is_drained

    def _note_failure(self, source: Source) -> None:
        """Once per outage: every pass tries again."""
        if source.stream not in self._failing:
            self._failing.add(source.stream)
            logger.exception(
                "Stream %s cannot be kept; its records stay in the hot log.",
                source.stream,
            )


keeper = Keeper()  # of this process
