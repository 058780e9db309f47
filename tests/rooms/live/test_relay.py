"""The relay: pictures for late viewers, key frame requests, departures."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from conference.errors import Conflict, Gone
from rooms.live.delivery import Delivery
from rooms.live.outbox import Outbox
from rooms.live.publication import Publication
from rooms.live.relay import Connection, Seat
from rooms.live.tracks import GROUP_BYTES, Layer
from rooms.streams.record import Kind
from tests.rooms.live.media_client import message, record, video
from tests.rooms.live.meeting import Meeting, Person


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    meeting = Meeting()
    yield meeting
    await meeting.close()


async def positions(viewer: Person, count: int) -> list[int]:
    return [one.position for one in await viewer.socket.deliveries(count)]


class TestLateViewers:
    async def test_the_picture_stays_for_them_when_its_publisher_drops(
        self, meeting: Meeting
    ) -> None:
        source, witness = await meeting.enter(), await meeting.enter()
        source.socket.publish(message(video(1, key=True), video(2)))
        await witness.socket.deliveries(2)
        source.socket.disconnect()
        await source.serving
        meeting.relay.leave(source.connection)
        assert await positions(await meeting.enter(), 2) == [1, 2]

    async def test_a_track_that_has_ended_shows_nothing(self, meeting: Meeting) -> None:
        source, witness = await meeting.enter(), await meeting.enter()
        end = record(2, Kind.CAMERA, end=True, payload=b"")
        source.socket.publish(message(video(1, key=True), end))
        assert await positions(witness, 2) == [1, 2]
        late = await meeting.enter()
        source.socket.publish(message(record(3)))
        assert await positions(late, 1) == [3]

    async def test_an_old_record_breaks_a_track_until_its_key_frame(
        self, meeting: Meeting
    ) -> None:
        source, viewer = await meeting.enter(), await meeting.enter()
        source.socket.publish(
            message(video(1, key=True), video(2, ago_us=4_000_000), video(3))
        )
        await source.socket.text("keyframe", kind="camera")
        source.socket.publish(message(video(4, key=True)))
        assert await positions(viewer, 2) == [1, 4]


class TestDepartures:
    async def test_who_is_not_present_is_ended_and_forgotten(
        self, meeting: Meeting
    ) -> None:
        source, stays = await meeting.enter(), await meeting.enter()
        source.socket.publish(message(video(1, key=True)))
        await stays.socket.deliveries(1)
        meeting.relay.keep_only({UUID(int=stays.number): Seat(stays.number, fence=1)})
        with pytest.raises(Gone):
            await source.connection.outbox.ended()
        late = await meeting.enter()
        stays.socket.publish(message(record(1)))
        [first] = await late.socket.deliveries(1)
        assert first.participant == stays.number

    async def test_who_has_a_newer_socket_elsewhere_is_ended(
        self, meeting: Meeting
    ) -> None:
        person = await meeting.enter()
        meeting.relay.keep_only({UUID(int=person.number): Seat(person.number, fence=2)})
        with pytest.raises(Conflict):
            await person.connection.outbox.ended()

    async def test_a_socket_that_was_overtaken_changes_nothing(
        self, meeting: Meeting
    ) -> None:
        newer, source = await meeting.enter(fence=2), await meeting.enter()
        publisher = replace(newer.connection.publisher, fence=1)
        outbox = Outbox(newer.number)
        publication = Publication(meeting.log, publisher, outbox.say)
        meeting.relay.enter(Connection(publication, outbox))
        with pytest.raises(Conflict):
            await outbox.ended()
        source.socket.publish(message(record(1)))
        assert await positions(newer, 1) == [1]


class TestKeyframeRequests:
    async def test_a_recording_asks_every_publisher(self, meeting: Meeting) -> None:
        one, two = await meeting.enter(), await meeting.enter()
        one.socket.publish(message(video(1, key=True)))
        two.socket.publish(message(video(1, key=True)))
        await one.socket.deliveries(1)
        await two.socket.deliveries(1)
        meeting.relay.request_keyframes()
        await one.socket.text("keyframe", kind="camera")
        await two.socket.text("keyframe", kind="camera")

    async def test_a_wish_for_what_is_not_there_is_nothing(
        self, meeting: Meeting
    ) -> None:
        await meeting.enter()
        meeting.relay.request_keyframe((7, Kind.SCREEN))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def delivery(*, key: bool = False, size: int = 10) -> Delivery:
    return Delivery((1, Kind.CAMERA), bytes(size), 1, 0, key, is_end=False)


class TestLayer:
    def test_wishes_are_merged_to_one_a_second(self) -> None:
        clock = Clock()
        track = Layer(clock)
        assert not track.take_request()
        track.want_keyframe()
        assert track.take_request()
        track.want_keyframe()
        assert not track.take_request()
        clock.now += 1
        assert track.take_request()

    def test_a_key_frame_fulfils_all_wishes(self) -> None:
        clock = Clock()
        track = Layer(clock)
        track.want_keyframe()
        track.add(delivery(key=True))
        assert not track.take_request()

    def test_the_group_is_bounded_and_the_viewers_here_go_on(self) -> None:
        track = Layer(Clock())
        size = GROUP_BYTES // 4
        assert track.add(delivery(key=True, size=size))
        for _ in range(3):
            assert track.add(delivery(size=size))
        assert len(track.group) == 4
        assert track.add(delivery(size=size))
        assert track.group == []
        assert track.take_request()
        assert track.add(delivery(size=size))
        assert track.group == []
        assert track.add(delivery(key=True))
        assert len(track.group) == 1

    def test_nothing_is_offered_before_the_first_key_frame(self) -> None:
        track = Layer(Clock())
        assert not track.add(delivery())
        assert track.take_request()
        assert track.add(delivery(key=True))
        assert track.add(delivery())
