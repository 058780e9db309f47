"""One room in two processes: two relays, with a channel layer that may lose things."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from rooms.live.exchange import Exchange
from rooms.live.relay import Relay
from rooms.live.remote import GAP_RECORDS
from rooms.streams.record import Kind
from tests.rooms.live.media_client import message, record, video
from tests.rooms.live.meeting import Meeting, Person, until

GROUP = "media.test"
CAMERA = (1, Kind.CAMERA)
Texts = dict[str, Any]


class Layer(InMemoryChannelLayer):
    """Counts the messages with records, and loses as many as it is told to."""

    def __init__(self) -> None:
        super().__init__(capacity=10_000)
        self.lose = 0
        self.lost = 0
        self.sent = 0

    async def send(self, channel: str, message: Texts) -> None:
        if message["type"] == "media.records":
            self.sent += 1
            if self.lose:
                self.lose -= 1
                self.lost += 1
                return
        await super().send(channel, message)


@pytest.fixture
def layer() -> Iterator[Layer]:
    layer = Layer()
    before = channel_layers.set("default", layer)
    yield layer
    channel_layers.set("default", before)


@asynccontextmanager
async def process(layer: Layer, meeting: Meeting) -> AsyncIterator[Meeting]:
    """A process in which the meeting's relay hears the others."""
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    exchange = Exchange(meeting.relay, meeting.log, group=GROUP, channel=channel)

    async def hear() -> None:
        while True:
            await exchange.take(await layer.receive(channel))

    tasks = [asyncio.create_task(exchange.run()), asyncio.create_task(hear())]
    try:
        yield meeting
    finally:
        await layer.group_discard(GROUP, channel)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def here() -> AsyncIterator[Meeting]:
    meeting = Meeting()
    yield meeting
    await meeting.close()


@pytest.fixture
async def there(here: Meeting) -> AsyncIterator[Meeting]:
    """The same room, in another process."""
    meeting = Meeting(log=here.log, relay=Relay(here.relay.room_id))
    yield meeting
    await meeting.close()


@pytest.fixture
async def source(layer: Layer, here: Meeting) -> AsyncIterator[Person]:
    """Somebody who publishes; the exchange here runs."""
    async with process(layer, here):
        yield await here.enter(number=1)


async def positions(viewer: Person, count: int) -> list[int]:
    return [one.position for one in await viewer.socket.deliveries(count)]


async def met(here: Meeting, there: Meeting) -> None:
    """Until each knows of the other."""
    await until(
        lambda: all(
            isinstance(one.relay.others, Exchange) and one.relay.others.heard_at
            for one in (here, there)
        )
    )


async def test_viewers_elsewhere_get_all_of_it_once_and_in_order(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await there.enter(number=2)
    async with process(layer, there):
        await met(here, there)
        for number in range(1, 41):
            source.socket.publish(message(record(number)))
        assert await positions(viewer, 40) == list(range(1, 41))


async def test_nothing_is_sent_where_nobody_is(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await here.enter(number=3)
    source.socket.publish(message(record(1)))
    assert await positions(viewer, 1) == [1]
    async with process(layer, there):
        await met(here, there)
    await until(lambda: not here.relay.others.heard_at)  # type: ignore[union-attr]
    sent = layer.sent
    source.socket.publish(message(record(2), record(3)))
    assert await positions(viewer, 2) == [2, 3]
    assert layer.sent == sent


async def test_who_arrives_late_elsewhere_has_a_picture_at_once(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    witness = await here.enter(number=3)
    source.socket.publish(message(record(1), video(2, key=True), record(3), video(4)))
    assert sorted(await positions(witness, 4)) == [1, 2, 3, 4]
    async with process(layer, there):
        await met(here, there)
        viewer = await there.enter(number=2)
        assert await positions(viewer, 2) == [2, 4]
        source.socket.publish(message(video(5)))
        assert await positions(viewer, 1) == [5]


async def test_a_track_that_rested_begins_for_viewers_elsewhere(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    """Nobody here looks, so the publisher has stopped: it must hear of who does."""
    source.socket.publish(message(video(1, key=True)))
    await source.socket.text("layers", kind="camera", spatial=[])
    async with process(layer, there):
        await met(here, there)
        viewer = await there.enter(number=2)
        asked = await source.socket.text("layers", kind="camera")
        assert asked["spatial"]
        await source.socket.text("keyframe", kind="camera")
        source.socket.publish(message(video(2, key=True)))
        assert await positions(viewer, 1) == [2]


async def test_what_is_lost_on_the_way_is_read_from_the_log(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await there.enter(number=2)
    async with process(layer, there):
        await met(here, there)
        source.socket.publish(message(video(1, key=True)))
        assert await positions(viewer, 1) == [1]
        layer.lose = 2
        for number in (2, 3):
            source.socket.publish(message(video(number)))
            await until(lambda expected=number - 1: layer.lost == expected)  # type: ignore[misc]
        source.socket.publish(message(video(4)))
        assert await positions(viewer, 3) == [2, 3, 4]


async def test_what_the_log_has_no_more_is_gone_until_the_next_key_frame(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await there.enter(number=2)
    async with process(layer, there):
        await met(here, there)
        source.socket.publish(message(video(1, key=True)))
        assert await positions(viewer, 1) == [1]
        layer.lose = 1
        source.socket.publish(message(video(2)))
        await until(lambda: layer.lost == 1)
        await source.socket.text("ack", number=2)
        await here.log.trim("stream/1", before=3)
        source.socket.publish(message(video(3)))
        await source.socket.text("keyframe", kind="camera")
        source.socket.publish(message(video(4), video(5, key=True)))
        assert await positions(viewer, 1) == [5]


async def test_a_long_gap_is_not_read(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await there.enter(number=2)
    async with process(layer, there):
        await met(here, there)
        source.socket.publish(message(record(1)))
        assert await positions(viewer, 1) == [1]
        layer.lose = 1
        lost = [record(number) for number in range(2, GAP_RECORDS + 4)]
        source.socket.publish(message(*lost))
        await until(lambda: layer.lost == 1)
        source.socket.publish(message(record(GAP_RECORDS + 4)))
        assert await positions(viewer, 1) == [GAP_RECORDS + 4]


async def test_wishes_reach_the_publisher(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    viewer = await there.enter(number=2)
    async with process(layer, there):
        await met(here, there)
        source.socket.publish(message(video(1, key=True), video(2, key=True, layer=2)))
        await source.socket.text("layers", kind="camera", spatial=[2])
        there.relay.view(viewer.connection, CAMERA, height=90)
        await source.socket.text("layers", kind="camera", spatial=[0, 2])
        there.relay.request_keyframe(CAMERA)
        await source.socket.text("keyframe", kind="camera")
    await source.socket.text("layers", kind="camera", spatial=[])


async def test_a_publisher_who_comes_back_elsewhere_is_heard_from_there(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    witness = await here.enter(number=3)
    async with process(layer, there):
        await met(here, there)
        source.socket.publish(message(record(1), record(2)))
        assert await positions(witness, 2) == [1, 2]
        await source.socket.text("ack", number=2)
        again = await there.enter(like=source, fence=2)
        here.relay.fence_off(source.connection.publisher.participant_id, 2)
        here.relay.leave(source.connection)
        again.socket.publish(message(record(3)))
        assert await positions(witness, 1) == [3]


async def test_memory_is_bounded_while_nothing_goes_through(
    layer: Layer, here: Meeting, there: Meeting, source: Person
) -> None:
    """A layer that hangs holds up nobody here, and its backlog has a bound."""
    witness = await here.enter(number=3)
    async with process(layer, there):
        await met(here, there)
        hanging = asyncio.Event()

        async def hang(channel: str, message: Texts) -> None:
            await hanging.wait()

        layer.send = hang  # type: ignore[method-assign]
        for number in range(1, 41):
            source.socket.publish(message(record(number, payload=bytes(500_000))))
            assert await positions(witness, 1) == [number]
        assert isinstance(here.relay.others, Exchange)
        assert here.relay.others.waiting_bytes <= 8 << 20
        hanging.set()
