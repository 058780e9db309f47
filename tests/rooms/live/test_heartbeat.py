"""The heartbeat of a server process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as in_thread
from django.db import connection, transaction
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


async def is_renewed(participant: Participant) -> None:
    """Wait until the grace of somebody who was not seen for an hour begins anew."""
    await in_thread(participant.refresh_from_db)()
    while participant.seen_at < timezone.now() - timedelta(minutes=1):
        assert participant.left_at is None
        await asyncio.sleep(0.01)
        await in_thread(participant.refresh_from_db)()


def long_ago() -> None:
    Participant.objects.update(seen_at=timezone.now() - timedelta(hours=1))


async def test_a_start_gives_the_grace_anew(room: Room) -> None:
    participant = await in_thread(seat)(room)
    await in_thread(long_ago)()
    async with heartbeat():
        await is_renewed(participant)


async def test_a_database_that_was_away_gives_the_grace_anew(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def be_away() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE rooms_participant RENAME TO away")

    def come_back() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO rooms_participant")
            long_ago()

    monkeypatch.setattr("rooms.live.presence.TICK_SECONDS", 0.05)
    participant = await in_thread(seat)(room)
    await in_thread(long_ago)()
    async with heartbeat():
        await is_renewed(participant)
        await in_thread(be_away)()
        while "a heartbeat failed" not in caplog.text:  # noqa: ASYNC110 - a log
            await asyncio.sleep(0.01)
        await in_thread(come_back)()
        await is_renewed(participant)
