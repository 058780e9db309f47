"""The drop policy of a viewer's outbox, with a clock and deliveries made up here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from conference.errors import Invalid
from conference.sockets import Hear
from rooms.live.backlog import BACKLOG_BYTES, STALE_US
from rooms.live.capacity import STEPS, Step
from rooms.live.delivery import KEYS, Batch, Delivery
from rooms.live.flow import (
    OUTSTANDING_FIRST,
    OUTSTANDING_LEAST,
    OUTSTANDING_MOST,
    UNREPORTED_US,
)
from rooms.live.outbox import FULL_US, Outbox, TooSlow
from rooms.live.selection import WISHES_MOST
from rooms.live.tracks import VideoTrack
from rooms.streams.record import Kind

CAMERA, SOUND, SCREEN = (1, Kind.CAMERA), (1, Kind.MICROPHONE), (2, Kind.SCREEN)
LARGE = BACKLOG_BYTES // 4


class Clock:
    def __init__(self) -> None:
        self.us = 1_000_000_000

    def __call__(self) -> int:
        return self.us


@pytest.fixture
def clock() -> Clock:
    return Clock()


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


@pytest.fixture
async def outbox(clock: Clock) -> Outbox:
    return viewer(9, clock)


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


@pytest.fixture
def source(clock: Clock) -> Source:
    return Source(clock)


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


class TestPastTheWriter:
    async def test_what_may_be_sent_goes_out_at_once_as_a_frame(
        self, clock: Clock, source: Source
    ) -> None:
        wire = Wire()
        outbox = viewer(9, clock, wire)
        async with writing(outbox):
            batch = offer(outbox, source.sound(), source.sound())
            outbox.say({"type": "ready"})
        payload, text = frames(*batch.deliveries), b'{"type": "ready"}'
        assert wire.frames == [
            bytes([0x82, len(payload)]) + payload,
            bytes([0x81, len(text)]) + text,
        ]
        assert (outbox.sent_records, outbox.sent_bytes) == (2, len(payload))

    async def test_viewers_share_a_frame(self, clock: Clock, source: Source) -> None:
        wires = [Wire(), Wire()]
        batch = Batch([source.sound()])
        for wire in wires:
            async with writing(outbox := viewer(9, clock, wire)):
                outbox.offer(batch)
        assert wires[0].frames[0] is wires[1].frames[0]

    async def test_what_the_socket_does_not_take_is_not_overtaken(
        self, clock: Clock, source: Source
    ) -> None:
        wire = Wire()
        wire.is_full = True
        outbox = viewer(9, clock, wire)
        first, second = source.sound(), source.sound()
        async with writing(outbox) as writer:
            offer(outbox, first)
            outbox.say({"type": "ready"})
            wire.is_full = False
            offer(outbox, second)
            assert (await writer)["text"] == '{"type": "ready"}'
        assert outbox.take() == frames(first, second)
        assert not wire.frames

    async def test_it_sends_no_further_ahead_of_reports(
        self, clock: Clock, source: Source
    ) -> None:
        wire = Wire()
        outbox = viewer(9, clock, wire)
        offer(outbox, source.video(key=True))
        assert outbox.take()
        async with writing(outbox):
            offer(outbox, source.video(size=OUTSTANDING_FIRST))
            offer(outbox, source.sound())
        assert len(wire.frames) == 1
        assert not outbox.take()


class TestFast:
    async def test_a_batch_for_an_idle_viewer_is_joined_once(
        self, clock: Clock, source: Source
    ) -> None:
        first, second = viewer(8, clock), viewer(9, clock)
        begins = Batch([source.video(key=True)])
        batch = Batch([source.sound(), source.video(), source.video(track=SCREEN)])
        for one in (first, second):
            one.offer(begins)
            assert one.take()
            one.offer(batch)
        assert (await first.next())["bytes"] is (await second.next())["bytes"]

    async def test_batches_that_wait_are_joined(
        self, outbox: Outbox, source: Source
    ) -> None:
        sent = [source.sound() for _ in range(3)]
        for one in sent:
            offer(outbox, one)
        assert await outbox.next() == {
            "type": "websocket.send",
            "bytes": frames(*sent),
        }

    async def test_nobody_gets_their_own(self, clock: Clock, source: Source) -> None:
        own = viewer(CAMERA[0], clock)
        others = source.video(key=True, track=SCREEN)
        offer(own, source.video(key=True), others)
        assert await drain(own) == others.frame

    async def test_texts_come_first_and_the_newest_of_a_type_counts(
        self, outbox: Outbox, source: Source
    ) -> None:
        offer(outbox, source.sound())
        outbox.say({"type": "ack", "number": 1})
        outbox.say({"type": "keyframe", "kind": "camera"}, about=Kind.CAMERA)
        outbox.say({"type": "keyframe", "kind": "screen"}, about=Kind.SCREEN)
        outbox.say({"type": "ack", "number": 2})
        texts = [(await outbox.next())["text"] for _ in range(3)]
        assert texts[0] == '{"type": "ack", "number": 2}'
        assert "camera" in texts[1]
        assert "screen" in texts[2]
        assert "bytes" in await outbox.next()


class TestFull:
    async def test_video_goes_before_sound(
        self, outbox: Outbox, source: Source
    ) -> None:
        sounds = []
        offer(outbox, source.video(key=True, size=LARGE))
        for _ in range(10):
            sounds.append(source.sound())
            offer(outbox, sounds[-1], source.video(size=LARGE))
        assert await drain(outbox) == frames(*sounds)

    async def test_dropped_video_comes_back_with_its_next_key_frame(
        self, outbox: Outbox, source: Source
    ) -> None:
        offer(outbox, source.video(key=True, size=LARGE))
        for _ in range(5):
            offer(outbox, source.video(size=LARGE))
        assert await drain(outbox) == b""
        offer(outbox, source.video())  # of no use without what was dropped
        again = [source.video(key=True), source.video()]
        offer(outbox, *again)
        assert await drain(outbox) == frames(*again)

    async def test_what_comes_after_a_waiting_key_frame_stays(
        self, outbox: Outbox, source: Source
    ) -> None:
        for _ in range(3):
            offer(outbox, source.video(key=not _, size=LARGE))
        kept = [source.video(key=True, size=LARGE), source.video(size=LARGE)]
        for one in kept:
            offer(outbox, one)
        sent = outbox.take()
        outbox.received(len(sent))
        assert sent + outbox.take() == frames(*kept)

    async def test_the_largest_track_is_dropped_first(
        self, outbox: Outbox, source: Source
    ) -> None:
        small = source.video(key=True, track=SCREEN)
        offer(outbox, small, source.video(key=True, size=LARGE))
        for _ in range(4):
            offer(outbox, source.video(size=LARGE))
        assert await drain(outbox) == small.frame

    async def test_the_backlog_is_bounded(self, outbox: Outbox, source: Source) -> None:
        for index in range(100):
            offer(outbox, source.video(key=index % 7 == 0, size=LARGE))
            offer(outbox, source.sound())
        assert len(await drain(outbox)) <= BACKLOG_BYTES
        assert outbox.dropped > 50

    async def test_a_viewer_that_does_not_read_is_told_so_after_10_s(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.sound())
        for _ in range((STALE_US + FULL_US) // 1_000_000 + 3):
            clock.us += 1_000_000
            offer(outbox, source.sound())
        with pytest.raises(TooSlow):
            await outbox.ended()

    async def test_the_10_s_begin_when_it_is_given_less(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        ended = asyncio.ensure_future(outbox.ended())
        offer(outbox, source.video(key=True))
        lessened_us = 0
        while not ended.done():
            clock.us += 1_000_000
            offer(outbox, source.sound())
            if outbox.look(0):
                lessened_us = clock.us
            await asyncio.sleep(0)
        assert clock.us > lessened_us + FULL_US > FULL_US
        with pytest.raises(TooSlow):
            await ended

    async def test_a_viewer_that_copes_with_sound_is_kept(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        for _ in range(30):
            clock.us += 1_000_000
            for _ in range(5):
                offer(outbox, source.video(size=LARGE, key=True))
            offer(outbox, source.sound())
            await drain(outbox)
        assert outbox.dropped
        outbox.end(Invalid("still there", code="probe"))
        with pytest.raises(Invalid, match="still there"):
            await outbox.ended()


class TestStale:
    async def test_old_records_are_not_sent(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.sound(), source.video(key=True))
        clock.us += STALE_US + 1
        now = source.sound()
        offer(outbox, now)
        assert await drain(outbox) == now.frame

    async def test_the_shared_bytes_are_not_sent_when_they_are_old(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.sound(), source.video(key=True))
        clock.us += STALE_US + 1
        assert await drain(outbox) == b""

    async def test_video_that_was_too_old_waits_for_a_key_frame(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.video(key=True), source.video())
        clock.us += STALE_US + 1
        offer(outbox, source.video())
        key = source.video(key=True)
        offer(outbox, key)
        assert await drain(outbox) == key.frame

    async def test_the_end_of_a_track_is_sent_however_old(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.video(key=True), source.video())
        end = source.end()
        offer(outbox, end)
        clock.us += STALE_US + 1
        assert await drain(outbox) == end.frame


class TestCatchingUp:
    async def test_comes_before_all_else_however_old(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        group = [source.video(key=True), source.video()]
        clock.us += 10 * STALE_US
        assert outbox.catch_up(CAMERA, 0, group)
        live = source.video()
        offer(outbox, live)
        assert await drain(outbox) == frames(*group, live)

    async def test_without_a_group_it_begins_with_the_next_key_frame(
        self, outbox: Outbox, source: Source
    ) -> None:
        assert not outbox.catch_up(CAMERA, 0, [])
        offer(outbox, source.video())
        key = source.video(key=True)
        offer(outbox, key)
        assert await drain(outbox) == key.frame

    async def test_it_is_bounded(self, outbox: Outbox, source: Source) -> None:
        half = [source.video(key=True, size=2 * LARGE + 1)]
        assert outbox.catch_up(CAMERA, 0, half)
        assert not outbox.catch_up(SCREEN, 0, half)
        assert await drain(outbox) == frames(*half)


class TestWishes:
    async def test_sound_that_is_off_is_not_sent(
        self, outbox: Outbox, source: Source
    ) -> None:
        outbox.selection.wish(SOUND, 0)
        key = source.video(key=True)
        offer(outbox, key, source.sound())
        assert await drain(outbox) == key.frame
        outbox.selection.wish(SOUND, 1)
        sound = source.sound()
        offer(outbox, sound)
        assert await drain(outbox) == sound.frame

    async def test_a_client_cannot_fill_the_memory(self, outbox: Outbox) -> None:
        with pytest.raises(Invalid):
            for number in range(WISHES_MOST + 1):
                outbox.selection.wish((number, Kind.CAMERA), 0)


class TestOrder:
    async def test_sound_that_waits_goes_before_video(
        self, outbox: Outbox, source: Source
    ) -> None:
        video = [source.video(key=True), source.video()]
        sound = [source.sound(), source.sound()]
        offer(outbox, video[0], sound[0])
        offer(outbox, video[1], sound[1])
        assert await drain(outbox) == frames(*sound, *video)


def read_fast(outbox: Outbox, source: Source, clock: Clock) -> None:
    """Show that the viewer's network carries very much."""
    for _ in range(10):
        offer(outbox, source.video(key=True, size=LARGE))
        outbox.take()
        clock.us += 100_000
        outbox.received(outbox.sent_bytes)


class TestFlow:
    async def test_unreported_bytes_are_bounded(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        read_fast(outbox, source, clock)
        outbox.received(read := outbox.sent_bytes)
        while True:
            offer(outbox, source.video(key=True, size=LARGE))
            if not outbox.take():
                break
        assert outbox.sent_bytes - read <= OUTSTANDING_MOST + LARGE
        outbox.received(outbox.sent_bytes)
        assert outbox.take()

    async def test_it_begins_with_little(self, outbox: Outbox, source: Source) -> None:
        offer(outbox, *(source.video(key=True, size=10_000) for _ in range(20)))
        while outbox.take():
            pass
        assert outbox.sent_bytes <= OUTSTANDING_FIRST + 10_000

    async def test_a_fast_viewer_soon_gets_all(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, *(source.video(key=True, size=10_000) for _ in range(50)))
        for _ in range(4):
            while outbox.take():
                pass
            clock.us += 250_000
            outbox.received(outbox.sent_bytes)
        assert outbox.sent_records == 50

    async def test_what_comes_in_lumps_is_no_sign_of_a_fast_network(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, *(source.video(key=True, size=10_000) for _ in range(50)))
        received = 0
        for _ in range(12):  # 20 kB at once, every second
            while outbox.take():
                pass
            for tick in range(4):
                clock.us += 250_000
                received += 20_000 * (tick == 3)
                outbox.received(received)
        assert outbox.sent_bytes - received < 60_000

    async def test_a_slow_viewer_gets_a_second_of_what_it_reads(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        read_fast(outbox, source, clock)
        reported = outbox.sent_bytes
        for _ in range(20):
            offer(outbox, source.video(key=True, size=50_000))
            outbox.take()
        for _ in range(8):  # 80 kB/s of it arrive
            clock.us += 250_000
            reported += 20_000
            outbox.received(reported)
        sent = outbox.sent_bytes
        for _ in range(20):
            offer(outbox, source.video(key=True, size=10_000))
            outbox.take()
        assert outbox.sent_bytes == sent  # 840 kB are on their way
        outbox.received(outbox.sent_bytes - OUTSTANDING_LEAST - 10_000)
        assert len(outbox.take()) >= 30_000

    async def test_a_fast_viewer_is_not_held_back_after_a_quiet_time(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        read_fast(outbox, source, clock)
        for _ in range(20):
            offer(outbox, source.sound())
            outbox.take()
            clock.us += 250_000
            outbox.received(outbox.sent_bytes)
        for _ in range(3):
            offer(outbox, source.video(key=True, size=LARGE))
            assert outbox.take()

    async def test_who_never_reports_is_not_held_back_for_long(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        offer(outbox, source.video(key=True, size=LARGE))
        assert outbox.take()
        offer(outbox, source.video(key=True, size=LARGE))
        assert not outbox.take()
        clock.us += UNREPORTED_US
        assert outbox.take()
        for _ in range(20):
            offer(outbox, source.video(key=True, size=LARGE))
            assert outbox.take()


class TestCapacity:
    async def test_who_reads_too_little_gets_less_and_then_all_again(
        self, outbox: Outbox, source: Source, clock: Clock
    ) -> None:
        received = 0
        steps: list[Step] = []

        def run(seconds: int, *, reads: int) -> None:
            """A picture of 40 kB/s, of which so many bytes a second arrive."""
            nonlocal received
            for tick in range(seconds * 10):
                clock.us += 100_000
                key = tick % 20 == 0
                offer(outbox, source.video(key=key, size=4000), source.sound())
                outbox.take()
                received = min(received + reads // 10, outbox.sent_bytes)
                if tick % 2:
                    outbox.received(received)
                if tick % 3 == 0 and outbox.look(sound=100):
                    outbox.selection.aim_all()
                    steps.append(outbox.selection.step)

        run(5, reads=1_000_000)
        assert outbox.selection.step == STEPS[0]
        run(15, reads=10_000)
        assert KEYS in {step.most for step in steps}
        assert outbox.sent_bytes - received < 100_000
        run(60, reads=1_000_000)
        assert outbox.selection.step == STEPS[0]
        sent = outbox.sent_bytes
        run(2, reads=1_000_000)
        assert outbox.sent_bytes - sent >= 75_000
