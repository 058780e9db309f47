"""Outboxes of viewers, with a clock, sockets and deliveries made up here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from conference.sockets import Hear
from rooms.live.backlog import BACKLOG_BYTES
from rooms.live.delivery import Batch, Delivery
from rooms.live.outbox import Outbox
from rooms.live.tracks import VideoTrack
from rooms.streams.record import Kind

CAMERA, SOUND, SCREEN = (1, Kind.CAMERA), (1, Kind.MICROPHONE), (2, Kind.SCREEN)
LARGE = BACKLOG_BYTES // 4


class Clock:
    def __init__(self) -> None:
        self.us = 1_000_000_000

    def __call__(self) -> int:
        return self.us


class Wire:
    """A socket that keeps what it takes, and takes nothing while it is full."""

    hear: Hear | None = None

    def __init__(self) -> None:
        self.is_full = False
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> bool:
        if not self.is_full:
            self.frames.append(frame)
        return not self.is_full


def viewer(number: int, clock: Clock, wire: Wire | None = None) -> Outbox:
    """Somebody's outbox, when the tracks of these tests have begun."""
    outbox = Outbox(number, clock=clock, wire=wire)
    for track in (CAMERA, SCREEN):
        video = VideoTrack(track)
        video.take(Delivery(track, b"", 0, 0, is_key=True, is_end=False))
        outbox.selection.aim(video)
    return outbox


class Source:
    """Makes deliveries that are told apart by their frames."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0

    def sound(self) -> Delivery:
        return self._make(SOUND, 10, is_key=True)

    def video(
        self, *, key: bool = False, size: int = 100, track: tuple[int, Kind] = CAMERA
    ) -> Delivery:
        return self._make(track, size, is_key=key)

    def end(self) -> Delivery:
        return self._make(CAMERA, 10, is_key=True, is_end=True)

    def _make(
        self, track: tuple[int, Kind], size: int, *, is_key: bool, is_end: bool = False
    ) -> Delivery:
        self._count += 1
        frame = self._count.to_bytes(4).ljust(size, b".")
        return Delivery(track, frame, self._count, self._clock.us, is_key, is_end)


def offer(outbox: Outbox, *deliveries: Delivery) -> Batch:
    batch = Batch(list(deliveries))
    outbox.offer(batch)
    return batch


async def drain(outbox: Outbox) -> bytes:
    """All that waits and may be sent now."""
    sent = b""
    while taken := outbox.take():
        sent += taken
    return sent


def frames(*deliveries: Delivery) -> bytes:
    return b"".join(delivery.frame for delivery in deliveries)


@asynccontextmanager
async def writing(outbox: Outbox) -> AsyncIterator[asyncio.Task[dict[str, Any]]]:
    """The writer waits for its next message."""
    writer = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)  # its first turn
    try:
        yield writer
    finally:
        writer.cancel()
