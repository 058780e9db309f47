"""Who is connected to this server process, and the process's heartbeat for them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async as in_thread
from django.utils import timezone

from conference.errors import Refused
from rooms.live.feed import EventFeed
from rooms.live.meters import take_readings
from rooms.models import Room
from rooms.rules.attendees import tell_counts
from rooms.rules.presence import (
    depart_absent,
    eject_expired,
    mark_seen,
    renew_grace,
)

TICK_SECONDS = 5
TICKS_PER_SIGN = 2  # a sign of life every 10 s

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Connected:
    participant_id: UUID
    feed: EventFeed
    end: Callable[[Refused], None]


_connected: set[Connected] = set()


@contextmanager
def connected(
    participant_id: UUID, feed: EventFeed, end: Callable[[Refused], None]
) -> Iterator[None]:
    """While this lasts the participant is seen by the heartbeat. ``end`` closes the
    connection for a reason."""
    here = Connected(participant_id, feed, end)
    _connected.add(here)
    try:
        yield
    finally:
        _connected.discard(here)


def end_all(reason: Refused) -> None:
    """Close all connections of this process."""
    for one in list(_connected):
        one.end(reason)


def is_anybody_connected() -> bool:
    return bool(_connected)


async def watch() -> None:
    """The heartbeat; runs for as long as the server process does."""
    is_renewed = False
    tick = 0
    while True:
        try:
            if not is_renewed:
                await in_thread(renew_grace)()
                is_renewed = True
            await _beat(sign=tick % TICKS_PER_SIGN == 0)
        except Exception:
            logger.exception("presence: a heartbeat failed; the next one follows")
            is_renewed = False  # nobody could give a sign of life either
        take_readings(control_sockets=len(_connected))
        tick += 1
        await asyncio.sleep(TICK_SECONDS)


async def _beat(*, sign: bool) -> None:
    if sign:
        await in_thread(mark_seen)([one.participant_id for one in _connected])
        await _wake_feeds_behind()
    now = timezone.now()
    await in_thread(depart_absent)(now)
    await in_thread(eject_expired)(now)
    await in_thread(tell_counts)(now)


async def _wake_feeds_behind() -> None:
    """The channel layer may lose a room's latest event, and no number tells."""
    rooms = {one.feed.room_id for one in _connected}
    positions = await in_thread(_positions)(rooms)
    for one in list(_connected):
        if positions.get(one.feed.room_id, 0) > one.feed.position:
            await one.feed.wake()


def _positions(room_ids: set[UUID]) -> dict[UUID, int]:
    rooms = Room.objects.filter(pk__in=room_ids)
    return dict(rooms.values_list("pk", "position"))
