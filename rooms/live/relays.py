"""How long the relays of this process live, and what their rooms tell them.

A relay lives as long as a media socket of its room is open here. It listens to the
room's events, to media sockets that open in other processes, and to the relays there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async as in_thread
from channels.layers import get_channel_layer

from rooms.live.exchange import Exchange
from rooms.live.feed import EventFeed
from rooms.live.publication import Publisher
from rooms.live.relay import Relay, Seat
from rooms.log import stream_log
from rooms.models import Participant, Room, Session
from rooms.rules.events import room_group
from rooms.rules.snapshot import living_outputs, running_recording

logger = logging.getLogger(__name__)

SUBSCRIBE_SECONDS = 10.0
RETRY_SECONDS = 1.0  # after the channel layer or the database has failed
CHECK_SECONDS = 15.0

# After these, who is present and whether it is kept or goes out is looked up.
_CHANGES = {
    "participant.left",
    "session.ended",
    "recording.started",
    "recording.stopped",
    "output.started",
    "output.ended",
}


@dataclass(slots=True)
class _Hosted:
    relay: Relay
    users: int = 0
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    listening: asyncio.Task[None] | None = None


_hosted: dict[UUID, _Hosted] = {}


def open_relays() -> list[Relay]:
    """Those of this process."""
    return [hosted.relay for hosted in _hosted.values()]


def local_publications() -> list[Publisher]:
    """Whose streams this process writes now; empty ones are left out."""
    return [
        connection.publisher
        for relay in open_relays()
        for connection in relay.connections.values()
        if not connection.publication.is_empty
    ]


@asynccontextmanager
async def use_relay(room_id: UUID) -> AsyncIterator[Relay]:
    """The room's relay, which hears what happens in the room from here on."""
    hosted = _hosted.get(room_id)
    if hosted is None:
        hosted = _hosted[room_id] = _Hosted(Relay(room_id))
    hosted.users += 1
    try:
        if hosted.listening is None:
            hosted.listening = asyncio.create_task(_listen(hosted))
        async with asyncio.timeout(SUBSCRIBE_SECONDS):
            await hosted.subscribed.wait()
        yield hosted.relay
    finally:
        hosted.users -= 1
        if not hosted.users:
            del _hosted[room_id]
            if hosted.listening:
                hosted.listening.cancel()


async def announce(publisher: Publisher) -> None:
    """Tell the relays of all processes that a newer media socket is open."""
    await get_channel_layer().group_send(
        _media_group(publisher.room_id),
        {
            "type": "media.opened",
            "participant": str(publisher.participant_id),
            "fence": publisher.fence,
        },
    )


def _media_group(room_id: UUID) -> str:
    return f"media.{room_id.hex}"


async def _listen(hosted: _Hosted) -> None:
    while True:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_follow(hosted))
                group.create_task(_check_often(hosted.relay))
        except Exception:  # the edge of a task
            logger.exception("Room %s is not heard for now", hosted.relay.room_id)
            await asyncio.sleep(RETRY_SECONDS)


async def _follow(hosted: _Hosted) -> None:
    """Hear the room until the channel layer or the database fails."""
    relay = hosted.relay
    group = _media_group(relay.room_id)
    async with EventFeed(relay.room_id, room_group(relay.room_id), group) as feed:
        feed.position = await in_thread(_position)(relay.room_id)
        await _check_presence(relay)  # what has happened while nobody listened
        exchange = Exchange(relay, stream_log(), group=group, channel=feed.channel)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(exchange.run())
            hosted.subscribed.set()
            async for message in feed.read():
                await _hear(relay, exchange, message)


async def _hear(relay: Relay, exchange: Exchange, message: dict[str, Any]) -> None:
    if message["type"] == "media.opened":
        relay.fence_off(UUID(message["participant"]), message["fence"])
    elif message["type"] != "event":
        await exchange.take(message)
    elif message["event"] in _CHANGES:
        await _check_presence(relay)


async def _check_often(relay: Relay) -> None:
    """The layer may lose an event, and no later event may show the gap."""
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        await _check_presence(relay)


async def _check_presence(relay: Relay) -> None:
    present, is_kept = await in_thread(_look_up)(relay.room_id)
    relay.keep_only(present)
    relay.demand.wanted.is_kept = is_kept


def _position(room_id: UUID) -> int:
    """The number of the room's last event; 0 where the room has been deleted."""
    room = Room.objects.filter(pk=room_id)
    return room.values_list("position", flat=True).first() or 0


def _look_up(room_id: UUID) -> tuple[dict[UUID, Seat], bool]:
    """The participants of the room's open session, and whether their best pictures are
    wanted whoever looks: where it is recorded, or goes out live."""
    session = Session.objects.filter(room=room_id, ended_at=None).first()
    is_kept = session is not None and (
        running_recording(session) is not None or bool(living_outputs(session))
    )
    return _present(room_id), is_kept


def _present(room_id: UUID) -> dict[UUID, Seat]:
    rows = Participant.objects.filter(
        session__room=room_id, session__ended_at=None, left_at=None
    ).values_list("pk", "number", "fence")
    return {pk: Seat(number, fence) for pk, number, fence in rows}
