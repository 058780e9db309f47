"""A media session with connections, logs and clocks of a given behaviour."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from conference.errors import Refused
from rooms.clock import now_us
from rooms.live.backlog import STALE_US
from rooms.live.media_session import BYTES_PER_SECOND, RATE_SECONDS
from rooms.live.outbox import FULL_US
from rooms.live.publication import IN_FLIGHT_BYTES
from rooms.streams import open_log
from rooms.streams.contract import Entry, Fenced, LogFull, StreamLog, Tail
from tests.rooms.live.media_client import message, record, video
from tests.rooms.live.meeting import Clock, Meeting, Person, until


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    meeting = Meeting()
    yield meeting
    await meeting.close()


async def reason(person: Person) -> BaseException:
    """What ended a connection."""
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(10):
            await person.serving
    error: BaseException = caught.value
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class Log:
    """A memory log whose appends wait for the disk until ``release``."""

    def __init__(self) -> None:
        self._inner = open_log("memory://")
        self._disk = asyncio.Event()
        self._disk.set()
        self.refusals = 0

    def hold(self) -> None:
        self._disk.clear()

    def release(self) -> None:
        self._disk.set()

    async def append(
        self, stream: str, entries: Sequence[Entry], *, fence: int
    ) -> Tail:
        await self._disk.wait()
        if entries and self.refusals:
            self.refusals -= 1
            raise LogFull(stream)
        return await self._inner.append(stream, entries, fence=fence)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


@pytest.fixture
async def log(meeting: Meeting) -> Log:
    log = Log()
    meeting.log = log  # type: ignore[assignment]
    return log


async def stored(log: StreamLog | Log, person: Person) -> list[bytes]:
    records = await log.read(f"stream/{person.number}")  # type: ignore[operator]
    return [one.payload for one in records]


class TestSlowViewer:
    async def test_it_is_closed_and_hurts_nobody(self, meeting: Meeting) -> None:
        clock = Clock(now_us())
        source, fast = await meeting.enter(), await meeting.enter()
        slow = await meeting.enter(clock=clock)
        slow.socket.stall()
        seconds = (STALE_US + FULL_US) // 1_000_000 + 3
        for number in range(1, seconds + 1):
            clock.us += 1_000_000
            sent = record(number)
            source.socket.publish(message(sent))
            [arrived] = await fast.socket.deliveries(1)
            assert arrived.record == sent
        error = await reason(slow)
        assert isinstance(error, Refused)
        assert (error.close_code, error.code) == (4408, "too_slow")
        assert not source.serving.done()
        assert not fast.serving.done()


class TestStorage:
    async def test_the_publisher_is_told_to_wait_and_nothing_is_lost(
        self, meeting: Meeting, log: Log
    ) -> None:
        source, viewer = await meeting.enter(), await meeting.enter()
        log.refusals = 1
        sent = [record(1), record(2)]
        source.socket.publish(message(*sent))
        await source.socket.text("storage", state="waiting")
        await viewer.socket.deliveries(2)  # live goes on meanwhile
        await source.socket.text("storage", state="ok")
        await source.socket.text("ack", number=2)
        assert await stored(log, source) == sent

    async def test_a_publisher_faster_than_the_disk_is_not_read(
        self, meeting: Meeting, log: Log
    ) -> None:
        source = await meeting.enter()
        log.hold()
        big = 1_000_000
        count = IN_FLIGHT_BYTES // big + 3
        for number in range(1, count + 1):
            source.socket.publish(message(record(number, payload=bytes(big))))
        await until(lambda: source.session.bytes_in >= IN_FLIGHT_BYTES)
        for _ in range(100):
            await asyncio.sleep(0)
        assert source.session.bytes_in < IN_FLIGHT_BYTES + 2 * big
        log.release()
        await source.socket.text("ack", number=count)

    async def test_what_is_in_flight_is_finished_when_the_publisher_goes(
        self, meeting: Meeting, log: Log
    ) -> None:
        source = await meeting.enter()
        log.hold()
        sent = [record(1), record(2)]
        source.socket.publish(message(*sent))
        source.socket.disconnect()
        await until(lambda: source.session.records_in == 2)
        log.release()
        await source.serving
        assert await stored(log, source) == sent

    async def test_a_fenced_writer_ends(self, meeting: Meeting) -> None:
        source = await meeting.enter()
        await meeting.log.append("stream/1", [], fence=2)  # by another process
        source.socket.publish(message(record(1)))
        assert isinstance(await reason(source), Fenced)
        assert await stored(meeting.log, source) == []


class TestLimits:
    async def test_too_many_bytes(self, meeting: Meeting) -> None:
        await meeting.log.append("stream/1", [Entry(1, 10_000, 0, b"")], fence=1)
        source = await meeting.enter()
        big = bytes(1_000_000)
        number = 0
        while not source.serving.done():
            number += 1  # resends: they cost nothing but the reading
            source.socket.publish(message(record(number, payload=big)))
            await until(
                lambda: source.session.records_in == number or source.serving.done()  # noqa: B023
            )
        assert number > RATE_SECONDS * BYTES_PER_SECOND // 1_000_100
        error = await reason(source)
        assert isinstance(error, Refused)
        assert (error.close_code, error.code) == (4429, "too_many_bytes")


class TestReconnect:
    async def test_a_newer_socket_ends_the_older_and_video_goes_on(
        self, meeting: Meeting
    ) -> None:
        source, viewer = await meeting.enter(), await meeting.enter()
        source.socket.publish(message(video(1, key=True)))
        await viewer.socket.deliveries(1)
        again = await meeting.enter(like=source, fence=2)
        error = await reason(source)
        assert isinstance(error, Refused)
        assert (error.close_code, error.code) == (4409, "replaced")
        again.socket.publish(message(video(2)))
        [arrived] = await viewer.socket.deliveries(1)
        assert arrived.position == 2
        late = await meeting.enter()
        assert [one.position for one in await late.socket.deliveries(2)] == [1, 2]
