"""The drop policy of a viewer's outbox."""

import asyncio

import pytest

from conference.errors import Invalid
from rooms.live.backlog import BACKLOG_BYTES, STALE_US
from rooms.live.delivery import Batch
from rooms.live.flow import (
    OUTSTANDING_FIRST,
)
from rooms.live.outbox import FULL_US, Outbox, TooSlow
from rooms.live.selection import WISHES_MOST
from rooms.streams.record import Kind
from tests.rooms.live.outboxes import (
    CAMERA,
    LARGE,
    SCREEN,
    SOUND,
    Clock,
    Source,
    Wire,
    drain,
    frames,
    offer,
    viewer,
    writing,
)


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
