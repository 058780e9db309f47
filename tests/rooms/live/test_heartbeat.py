"""The heartbeat of a server process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as in_thread
from django.db import transaction
from django.utils import timezone

from rooms.live.feed import EventFeed
from rooms.live.presence import connected, watch
from rooms.models import Participant, Room
from rooms.rules.events import emit, room_group
from tests.rooms.people import seat

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def heartbeat() -> AsyncIterator[None]:
    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_events_that_the_channel_layer_lost_are_shown(room: Room) -> None:
    def emit_to_nobody() -> Participant:
        participant = seat(room)
        with transaction.atomic():
            emit(room.pk, "room.updated", {"room": {}})
        return participant

    participant = await in_thread(emit_to_nobody)()
    async with EventFeed(room.pk, room_group(room.pk)) as feed:
        with connected(participant.pk, feed, end=print):
            async with heartbeat():
                messages = feed.read()
                types = [(await anext(messages))["event"] for _ in range(3)]
    assert types == ["session.started", "participant.joined", "room.updated"]


async def test_a_start_gives_the_grace_anew(room: Room) -> None:
    def go_away() -> Participant:
        participant = seat(room)
        Participant.objects.update(seen_at=timezone.now() - timedelta(hours=1))
        return participant

    participant = await in_thread(go_away)()
    async with heartbeat():
        while participant.seen_at < timezone.now() - timedelta(minutes=1):
            await asyncio.sleep(0.01)
            await in_thread(participant.refresh_from_db)()
    assert participant.left_at is None
