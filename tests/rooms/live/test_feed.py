"""The feed: whatever the channel layer loses, repeats or reorders, a socket sees each
event once and in order."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from channels.layers import get_channel_layer
from django.db import transaction

from rooms.live.feed import EventFeed
from rooms.models import Room
from rooms.rules.events import emit, read_events, room_group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def feed(room: Room) -> AsyncIterator[EventFeed]:
    """Of a room with five events, none of which the layer has delivered."""

    def emit_five() -> None:
        with transaction.atomic():
            for _ in range(5):
                emit(room.pk, "room.updated", {"room": {}})

    await in_thread(emit_five)()
    async with EventFeed(room.pk, room_group(room.pk)) as feed:
        yield feed


async def deliver(feed: EventFeed, *positions: int) -> None:
    events, _more = await in_thread(read_events)(feed.room_id, after=0)
    for position in positions:
        message = {"type": "room.event", "event": events[position - 1]}
        await get_channel_layer().group_send(room_group(feed.room_id), message)


async def take(feed: EventFeed, count: int) -> list[dict[str, Any]]:
    messages = feed.read()
    return [await anext(messages) for _ in range(count)]


@pytest.mark.parametrize(
    "delivered",
    [(1, 2, 3, 4, 5), (5,), (2, 1, 3, 5, 4), (1, 1, 2, 2, 5), (3, 5)],
)
async def test_events_come_once_and_in_order(
    feed: EventFeed, delivered: tuple[int, ...]
) -> None:
    await deliver(feed, *delivered)
    assert [event["position"] for event in await take(feed, 5)] == [1, 2, 3, 4, 5]


async def test_events_before_the_snapshot_are_left_out(feed: EventFeed) -> None:
    feed.position = 3
    await deliver(feed, 2, 3, 4, 5)
    assert [event["position"] for event in await take(feed, 2)] == [4, 5]


async def test_a_wake_shows_what_the_layer_lost_at_the_end(feed: EventFeed) -> None:
    feed.position = 3
    await feed.wake()
    assert [event["position"] for event in await take(feed, 2)] == [4, 5]


async def test_other_messages_to_the_groups_pass_through(feed: EventFeed) -> None:
    message = {"type": "participant.connected", "connection": 2}
    await get_channel_layer().group_send(room_group(feed.room_id), message)
    assert await take(feed, 1) == [message]


async def test_a_closed_feed_is_in_no_group(room: Room) -> None:
    def is_in_group() -> bool:  # each layer puts something of its own before the name
        names = get_channel_layer().groups
        return any(name.endswith(room_group(room.pk)) for name in names)

    async with EventFeed(room.pk, room_group(room.pk)):
        assert is_in_group()
    assert not is_in_group()
