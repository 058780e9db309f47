"""Layers for viewers: by wish, by capacity, and never what does not decode."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rooms.live.capacity import NO_VIDEO, STEPS, Step
from rooms.live.delivery import KEYS, Track
from rooms.live.relay import LOOK_SECONDS
from rooms.live.wanted import LINGER_US, Wanted
from rooms.streams.record import HEADER, Flag, Kind, parse_header
from tests.rooms.live.media_client import Arrived, message, record, video
from tests.rooms.live.meeting import Meeting, Person


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    meeting = Meeting()
    yield meeting
    await meeting.close()


class Camera:
    """Publishes three layers of two temporal ones, frame by frame."""

    def __init__(self, person: Person, layers: tuple[int, ...] = (0, 1, 2)) -> None:
        self.person = person
        self.layers = layers
        self.track: Track = (person.number, Kind.CAMERA)
        self.number = 0
        self.frames = 0

    def send(self, *, key: tuple[int, ...] = (), ago_us: int = 0) -> None:
        """One frame of every layer; of these, as a key frame."""
        temporal = 0 if key else self.frames % 2
        self.frames += 1
        records = []
        for spatial in self.layers:
            self.number += 1
            records.append(
                video(
                    self.number,
                    key=spatial in key,
                    layer=spatial | (0 if spatial in key else temporal) << 4,
                    ago_us=ago_us,
                )
            )
        self.person.socket.publish(message(*records))

    def end(self) -> None:
        self.number += 1
        end = record(self.number, Kind.CAMERA, end=True, payload=b"")
        self.person.socket.publish(message(end))


class Decoder:
    """Takes what arrives, and fails where a real one would."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.taken: list[tuple[int, int, bool]] = []  # spatial, temporal, key
        self._layer: int | None = None

    async def settle(self, camera: Camera) -> list[tuple[int, int, bool]]:
        """All that was sent so far; what of it is new."""
        before = len(self.taken)
        camera.number += 1
        mark = record(camera.number, Kind.SCREEN, end=True, payload=b"")
        camera.person.socket.publish(message(mark))
        while True:
            [arrived] = await self.person.socket.deliveries(1)
            if arrived.record == mark:
                return self.taken[before:]
            self._decode(arrived)

    def _decode(self, arrived: Arrived) -> None:
        header = parse_header(arrived.record)
        if header.flags & Flag.END:
            self._layer = None
            return
        if header.is_key:
            self._layer = header.spatial
        else:
            assert header.spatial == self._layer, "a delta of another layer"
        self.taken.append((header.spatial, header.temporal, header.is_key))
        assert len(arrived.record) > HEADER.size


def aim(meeting: Meeting, viewer: Person, step: Step) -> None:
    """As when the viewer's network has been found to carry this."""
    viewer.connection.outbox.selection.step = step
    for track, spatial in viewer.connection.outbox.selection.aim_all():
        meeting.relay.request_keyframe(track, spatial)


def see(meeting: Meeting, viewer: Person, camera: Camera, height: int) -> None:
    meeting.relay.view(viewer.connection, camera.track, height=height)


class TestWishes:
    async def test_a_viewer_gets_one_layer_of_a_track(self, meeting: Meeting) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        camera.send(key=(0, 1, 2))
        camera.send()
        camera.send()
        taken = await eye.settle(camera)
        assert taken[-1][0] == 2
        assert len([one for one in taken if one[0] == 2]) == 3

    async def test_a_small_tile_gets_the_small_layer(self, meeting: Meeting) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 160)
        camera.send(key=(0, 1, 2))
        camera.send()
        assert await eye.settle(camera) == [(0, 0, True), (0, 1, False)]

    async def test_it_changes_at_the_key_frame_of_the_new_layer(
        self, meeting: Meeting
    ) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 160)
        camera.send(key=(0, 1, 2))
        await eye.settle(camera)
        see(meeting, eye.person, camera, 720)
        await camera.person.socket.text("keyframe", kind="camera", spatial=2)
        camera.send()
        camera.send(key=(1,))
        camera.send(key=(2,))
        camera.send()
        assert [one[0] for one in await eye.settle(camera)] == [0, 0, 0, 2, 2]
        see(meeting, eye.person, camera, 160)
        camera.send()
        camera.send(key=(0,))
        camera.send()
        assert [one[0] for one in await eye.settle(camera)] == [2, 0, 0]

    async def test_who_comes_late_begins_small_and_at_once(
        self, meeting: Meeting
    ) -> None:
        camera, witness = Camera(await meeting.enter()), await meeting.enter()
        camera.send(key=(0, 1, 2))
        camera.send()
        await Decoder(witness).settle(camera)
        late = Decoder(await meeting.enter())
        await camera.person.socket.text("keyframe", kind="camera", spatial=2)
        assert await late.settle(camera) == [(0, 0, True), (0, 1, False)]
        camera.send()
        camera.send(key=(2,))
        assert [one[0] for one in await late.settle(camera)] == [0, 0, 2]

    async def test_a_tile_that_comes_into_sight_has_a_picture_at_once(
        self, meeting: Meeting
    ) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 0)
        camera.send(key=(0, 1, 2))
        camera.send()
        assert await eye.settle(camera) == []
        see(meeting, eye.person, camera, 360)
        camera.send()
        taken = await eye.settle(camera)
        assert taken == [(1, 0, True), (1, 1, False), (1, 0, False)]
        see(meeting, eye.person, camera, 0)
        camera.send()
        assert await eye.settle(camera) == []

    async def test_a_layer_that_is_not_there_is_stood_for(
        self, meeting: Meeting
    ) -> None:
        camera = Camera(await meeting.enter(), layers=(0,))
        eye = Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 1080)
        camera.send(key=(0,))
        assert await eye.settle(camera) == [(0, 0, True)]
        camera.layers = (0, 1)  # the publisher's machine can do more now
        camera.send(key=(1,))
        camera.send()
        assert [one[0] for one in await eye.settle(camera)] == [0, 1, 1]

    async def test_numbers_that_mean_nothing_are_layers_too(
        self, meeting: Meeting
    ) -> None:
        camera = Camera(await meeting.enter(), layers=(9, 15))
        eye = Decoder(await meeting.enter())
        camera.send(key=(9, 15))
        camera.send()
        camera.end()
        assert [one[0] for one in await eye.settle(camera)] == [9, 9]
        see(meeting, eye.person, camera, 0)
        camera.send(key=(9, 15))
        camera.send()
        assert await eye.settle(camera) == []

    async def test_a_track_that_begins_anew(self, meeting: Meeting) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 360)
        camera.send(key=(0, 1, 2))
        camera.end()
        camera.send()
        camera.send(key=(0, 1, 2))
        assert [one[0] for one in await eye.settle(camera)] == [0, 1, 0, 1]

    async def test_a_layer_that_is_sent_no_more_is_changed_for_another(
        self, meeting: Meeting
    ) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        camera.send(key=(0, 1, 2), ago_us=2_000_000)
        await eye.settle(camera)
        camera.layers = (0, 1)
        camera.send()
        # The relay looks a few times a second.
        await camera.person.socket.text("keyframe", kind="camera", spatial=1)
        camera.send(key=(1,))
        camera.send()
        assert [one[0] for one in await eye.settle(camera)] == [1, 1]


class TestCapacity:
    async def test_temporal_layers_go_at_once_and_come_back_with_a_key_frame(
        self, meeting: Meeting
    ) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        see(meeting, eye.person, camera, 160)
        camera.send(key=(0, 1, 2))
        await eye.settle(camera)
        aim(meeting, eye.person, Step(0, 0))
        for _ in range(4):
            camera.send()
        assert [one[1] for one in await eye.settle(camera)] == [0, 0]
        aim(meeting, eye.person, STEPS[0])
        camera.send()
        camera.send()
        assert [one[1] for one in await eye.settle(camera)] == [0]
        camera.send(key=(0,))
        camera.send()
        camera.send()
        assert [one[1] for one in await eye.settle(camera)] == [0, 0, 1]

    async def test_key_frames_only(self, meeting: Meeting) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        camera.send(key=(0, 1, 2))
        await eye.settle(camera)
        aim(meeting, eye.person, Step(0, KEYS))
        camera.send(key=(0,))
        camera.send()
        camera.send(key=(0,))
        taken = await eye.settle(camera)
        assert taken == [(0, 0, True), (0, 0, True)]

    async def test_no_video_leaves_sound(self, meeting: Meeting) -> None:
        camera, eye = Camera(await meeting.enter()), Decoder(await meeting.enter())
        camera.send(key=(0, 1, 2))
        await eye.settle(camera)
        aim(meeting, eye.person, NO_VIDEO)
        camera.send(key=(0, 1, 2))
        assert await eye.settle(camera) == []
        aim(meeting, eye.person, STEPS[0])
        camera.send()
        camera.send(key=(0,))
        camera.send()
        assert [one[0] for one in await eye.settle(camera)] == [0, 0]


class TestWanted:
    async def test_the_publisher_is_told_what_anybody_wants(
        self, meeting: Meeting
    ) -> None:
        camera = Camera(await meeting.enter())
        small, large = await meeting.enter(), await meeting.enter()
        see(meeting, small, camera, 160)
        see(meeting, large, camera, 720)
        camera.send(key=(0, 1, 2))
        told = await camera.person.socket.text("layers", kind="camera")
        assert told["spatial"] == [0, 2]

    async def test_viewers_elsewhere_count(self, meeting: Meeting) -> None:
        camera = Camera(await meeting.enter())
        viewer = await meeting.enter()
        see(meeting, viewer, camera, 160)
        camera.send(key=(0, 1, 2))
        await camera.person.socket.text("layers", spatial=[0])
        meeting.relay.demand.hear("other", {camera.track: {1}})
        await camera.person.socket.text("layers", spatial=[0, 1])

    async def test_a_recording_wants_the_best_and_the_small_one(
        self, meeting: Meeting
    ) -> None:
        camera = Camera(await meeting.enter())
        meeting.relay.demand.wanted.is_kept = True
        camera.send(key=(0, 1, 2))
        told = await camera.person.socket.text("layers", kind="camera")
        assert told["spatial"] == [0, 2]

    async def test_where_nobody_is_nothing_is_wanted(self, meeting: Meeting) -> None:
        camera = Camera(await meeting.enter())
        camera.send(key=(0, 1, 2))
        await camera.person.socket.text("layers", kind="camera", spatial=[])
        # What there is gets old meanwhile; the next viewer makes it begin again.
        eye = Decoder(await meeting.enter())
        assert await eye.settle(camera) == []
        await camera.person.socket.text("layers", kind="camera", spatial=[2])
        camera.send(key=(2,))
        assert [one[0] for one in await eye.settle(camera)] == [2]

    async def test_it_is_not_told_to_stop_before_its_first_key_frame(
        self, meeting: Meeting
    ) -> None:
        camera, _viewer = Camera(await meeting.enter()), await meeting.enter()
        camera.send()
        await camera.person.socket.text("keyframe")
        await asyncio.sleep(2 * LOOK_SECONDS)
        camera.send(key=(0, 1, 2))
        told = await camera.person.socket.text("layers")
        assert told["spatial"] == [2]

    async def test_a_new_connection_is_told_again(self, meeting: Meeting) -> None:
        camera, _viewer = Camera(await meeting.enter()), await meeting.enter()
        camera.send(key=(0, 1, 2))
        await camera.person.socket.text("layers", kind="camera")
        again = await meeting.enter(like=camera.person, fence=2)
        await again.socket.text("layers", kind="camera")

    def test_what_nobody_wants_any_more_lingers(self) -> None:
        wanted, track = Wanted(camera=2), (1, Kind.CAMERA)
        wanted.hear("", {track: {0, 2}})
        assert wanted.news([track], 10**9) == {track: [0, 2]}
        wanted.hear("", {track: {0}})
        assert wanted.news([track], 10**9 + LINGER_US - 1) == {}
        assert wanted.news([track], 10**9 + LINGER_US) == {track: [0]}


class TestSound:
    async def test_the_loudest_few_are_forwarded(self, meeting: Meeting) -> None:
        people = [await meeting.enter() for _ in range(7)]
        viewer = people[0]
        for round_ in range(1, 50):
            for person in people[1:]:
                loudness = 30 if person.number in (3, 4, 6, 7) else 80
                person.socket.publish(message(record(round_, loudness=loudness)))
            for person in people[1:]:
                await person.socket.text("ack", number=round_)
        speaking = {3, 4, 6, 7}
        people[1].socket.publish(message(record(50, Kind.SCREEN_AUDIO)))
        heard = []
        while True:
            [arrived] = await viewer.socket.deliveries(1)
            if parse_header(arrived.record).kind is Kind.SCREEN_AUDIO:
                break  # no voice: it is never left out
            heard.append((parse_header(arrived.record).number, arrived.participant))
        last = [who for number, who in heard if number == 49]
        assert set(last) == speaking
        assert sum(who == 3 for _, who in heard) >= 48

    async def test_everybody_is_told_who_speaks(self, meeting: Meeting) -> None:
        speaks, listens = await meeting.enter(), await meeting.enter()
        for number in range(1, 60):
            speaks.socket.publish(message(record(number, loudness=20)))
        await listens.socket.text("speaker", number=speaks.number)
        late = await meeting.enter()
        await late.socket.text("speaker", number=speaks.number)
        end = record(60, end=True, payload=b"")
        speaks.socket.publish(message(end))
        await listens.socket.text("speaker", number=None)
