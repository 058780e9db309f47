"""How far an outbox sends ahead of its viewer's reports, and how much it gives."""

from rooms.live.capacity import STEPS, Step
from rooms.live.delivery import KEYS
from rooms.live.flow import (
    OUTSTANDING_FIRST,
    OUTSTANDING_LEAST,
    OUTSTANDING_MOST,
    UNREPORTED_US,
)
from rooms.live.outbox import Outbox
from tests.rooms.live.outboxes import (
    LARGE,
    Clock,
    Source,
    offer,
)


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
