"""What ``rooms/streams/contract.py`` promises, of every backend."""

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from rooms.streams import open_log
from rooms.streams.contract import Entry, Fenced, LogFull, Stored, StreamLog, Tail

A = "rooms/1/media/a"
B = "rooms/1/media/b"


def entry(number: int, *, epoch: int = 1, us: int = 0, payload: bytes = b"") -> Entry:
    return Entry(epoch, number, us or number * 1000, payload or b"%d" % number)


def entries(*numbers: int, epoch: int = 1) -> list[Entry]:
    return [entry(number, epoch=epoch) for number in numbers]


def payloads(records: Sequence[Stored]) -> list[bytes]:
    return [record.payload for record in records]


class TestAppend:
    async def test_positions_run_from_1_without_gaps(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2), fence=1)
        await log.append(A, entries(7), fence=1)
        assert await log.read(A) == [
            Stored(1, 1000, b"1"),
            Stored(2, 2000, b"2"),
            Stored(3, 7000, b"7"),
        ]

    async def test_the_answer_is_the_tail_after_the_last_entry(
        self, log: StreamLog
    ) -> None:
        assert await log.append(A, entries(1, 2), fence=1) == Tail(1, 3, 1, 2)
        assert await log.append(A, entries(5, epoch=2), fence=1) == Tail(1, 4, 2, 5)
        assert await log.tail(A) == Tail(1, 4, 2, 5)

    async def test_streams_do_not_touch_each_other(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3), fence=5)
        await log.append(B, entries(9), fence=1)
        assert await log.tail(B) == Tail(1, 2, 1, 9)
        assert payloads(await log.read(B)) == [b"9"]

    async def test_a_resend_is_stored_once(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2), fence=1)
        assert await log.append(A, entries(1, 2, 3), fence=1) == Tail(1, 4, 1, 3)
        assert payloads(await log.read(A)) == [b"1", b"2", b"3"]

    async def test_a_repeat_within_a_call_is_stored_once(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 2, 1, 3), fence=1)
        assert payloads(await log.read(A)) == [b"1", b"2", b"3"]

    async def test_numbers_begin_again_in_a_new_epoch(self, log: StreamLog) -> None:
        await log.append(A, entries(8, 9), fence=1)
        await log.append(A, entries(1, epoch=2), fence=1)
        await log.append(A, entries(10, epoch=1), fence=1)  # of the past
        assert payloads(await log.read(A)) == [b"8", b"9", b"1"]

    async def test_concurrent_calls_are_applied_in_order(self, log: StreamLog) -> None:
        tails = await asyncio.gather(
            *(log.append(A, entries(number), fence=1) for number in range(1, 201))
        )
        assert [tail.next_position for tail in tails] == list(range(2, 202))
        assert payloads(await log.read(A)) == [b"%d" % n for n in range(1, 201)]

    async def test_a_view_into_a_message_is_copied(self, log: StreamLog) -> None:
        message = bytearray(b"..record..")
        view = memoryview(message)[2:8]
        await log.append(A, [Entry(1, 1, 0, view)], fence=1)
        message[:] = b"overwritten"[: len(message)]
        assert payloads(await log.read(A)) == [b"record"]

    async def test_an_empty_payload_is_a_record(self, log: StreamLog) -> None:
        await log.append(A, [Entry(1, 1, 5, b"")], fence=1)
        assert await log.read(A) == [Stored(1, 5, b"")]

    async def test_a_large_payload_comes_back_whole(self, log: StreamLog) -> None:
        large = random.Random(1).randbytes(1 << 20)
        await log.append(A, [Entry(1, 1, 5, large)], fence=1)
        assert payloads(await log.read(A)) == [large]


class TestFence:
    async def test_a_higher_fence_takes_the_stream(self, log: StreamLog) -> None:
        await log.append(A, entries(1), fence=1)
        assert await log.append(A, [], fence=2) == Tail(1, 2, 1, 1)
        with pytest.raises(Fenced):
            await log.append(A, entries(2), fence=1)
        await log.append(A, entries(3), fence=2)
        assert payloads(await log.read(A)) == [b"1", b"3"]

    async def test_a_fenced_resend_is_refused_too(self, log: StreamLog) -> None:
        await log.append(A, entries(1), fence=1)
        await log.append(A, [], fence=2)
        with pytest.raises(Fenced):
            await log.append(A, entries(1), fence=1)

    async def test_a_fenced_writer_hurts_no_other(self, log: StreamLog) -> None:
        await log.append(A, [], fence=2)
        results = await asyncio.gather(
            log.append(A, entries(1), fence=1),
            log.append(B, entries(1), fence=1),
            return_exceptions=True,
        )
        assert isinstance(results[0], Fenced)
        assert results[1] == Tail(1, 2, 1, 1)

    async def test_an_empty_stream_keeps_its_fence(self, log: StreamLog) -> None:
        assert await log.append(A, [], fence=3) == Tail(1, 1, 0, 0)
        assert await log.streams() == []
        with pytest.raises(Fenced):
            await log.append(A, entries(1), fence=2)


class TestRead:
    async def test_from_a_position(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3, 4), fence=1)
        assert payloads(await log.read(A, position=3)) == [b"3", b"4"]

    async def test_beyond_the_tail_there_is_nothing(self, log: StreamLog) -> None:
        await log.append(A, entries(1), fence=1)
        assert await log.read(A, position=2) == []
        assert await log.read(A, position=200) == []

    async def test_a_stream_that_never_was(self, log: StreamLog) -> None:
        assert await log.read(A) == []
        assert await log.read(A, since_us=1) == []
        assert await log.tail(A) == Tail(1, 1, 0, 0)

    async def test_since_a_time(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        assert payloads(await log.read(A, since_us=2000)) == [b"2", b"3"]
        assert payloads(await log.read(A, since_us=2001)) == [b"3"]
        assert await log.read(A, since_us=3001) == []

    async def test_since_a_time_when_the_clock_went_back(self, log: StreamLog) -> None:
        times = [100, 120, 90, 130]
        await log.append(A, [entry(n, us=us) for n, us in enumerate(times, 1)], fence=1)
        assert payloads(await log.read(A, since_us=95)) == [b"1", b"2", b"3", b"4"]
        assert payloads(await log.read(A, since_us=110)) == [b"2", b"3", b"4"]
        assert payloads(await log.read(A, since_us=125)) == [b"4"]

    async def test_limit(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        assert payloads(await log.read(A, limit=2)) == [b"1", b"2"]

    async def test_limit_of_bytes_after_the_first(self, log: StreamLog) -> None:
        await log.append(A, [entry(n, payload=b"x" * 10) for n in (1, 2, 3)], fence=1)
        assert len(await log.read(A, limit_bytes=20)) == 2
        assert len(await log.read(A, limit_bytes=19)) == 1
        assert len(await log.read(A, limit_bytes=1)) == 1


class TestTrim:
    async def test_what_is_before_is_gone_and_the_tail_stays(
        self, log: StreamLog
    ) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        await log.trim(A, before=3)
        assert await log.read(A) == [Stored(3, 3000, b"3")]
        assert await log.tail(A) == Tail(3, 4, 1, 3)

    async def test_reading_starts_at_the_oldest_that_is_left(
        self, log: StreamLog
    ) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        await log.trim(A, before=2)
        assert payloads(await log.read(A, position=1, limit=1)) == [b"2"]
        assert payloads(await log.read(A, since_us=0, limit=1)) == [b"2"]

    async def test_a_stream_without_records_knows_where_it_was(
        self, log: StreamLog
    ) -> None:
        await log.append(A, entries(1, 2), fence=4)
        await log.trim(A, before=100)
        assert await log.tail(A) == Tail(3, 3, 1, 2)
        assert await log.streams() == []
        with pytest.raises(Fenced):
            await log.append(A, entries(3), fence=3)
        assert await log.append(A, entries(2, 3), fence=4) == Tail(3, 4, 1, 3)
        assert await log.read(A) == [Stored(3, 3000, b"3")]

    async def test_a_long_trim_is_whole_when_it_returns(self, log: StreamLog) -> None:
        await log.append(A, entries(*range(1, 1001)), fence=1)
        await log.append(B, entries(1), fence=1)
        await log.trim(A, before=900)
        assert (await log.tail(A)).first_position == 900
        assert payloads(await log.read(B)) == [b"1"]

    async def test_twice_or_of_nothing_changes_nothing(self, log: StreamLog) -> None:
        await log.trim(A, before=10)
        await log.append(A, entries(1, 2), fence=1)
        await log.trim(A, before=2)
        await log.trim(A, before=2)
        await log.trim(A, before=0)
        assert await log.tail(A) == Tail(2, 3, 1, 2)


class TestStreams:
    async def test_names_those_with_records(self, log: StreamLog) -> None:
        await log.append(A, entries(1), fence=1)
        await log.append(B, entries(1), fence=1)
        await log.append("empty", [], fence=1)
        assert sorted(await log.streams()) == [A, B]


class TestFollow:
    async def test_reads_to_the_tail_and_goes_on(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        following = log.follow(A, position=2)
        assert payloads(await anext(following)) == [b"2", b"3"]
        later = asyncio.ensure_future(anext(following))
        await log.append(A, entries(4), fence=1)
        assert payloads(await later) == [b"4"]

    async def test_waits_for_a_stream_that_is_not_there_yet(
        self, log: StreamLog
    ) -> None:
        first = asyncio.ensure_future(anext(log.follow(A)))
        await log.append(A, entries(1), fence=1)
        assert payloads(await first) == [b"1"]

    async def test_sees_every_record_once_in_order(self, log: StreamLog) -> None:
        async def collect() -> list[int]:
            seen: list[int] = []
            async for records in log.follow(A):
                seen += [record.position for record in records]
                if len(seen) >= 300:
                    return seen
            raise AssertionError("follow never ends")

        collecting = asyncio.create_task(collect())
        for number in range(1, 301):
            await log.append(A, entries(number), fence=1)
        assert await collecting == list(range(1, 301))

    async def test_goes_on_after_what_was_trimmed(self, log: StreamLog) -> None:
        await log.append(A, entries(1, 2, 3), fence=1)
        await log.trim(A, before=3)
        assert payloads(await anext(log.follow(A))) == [b"3"]


class TestBounds:
    async def test_full_appends_nothing_and_a_trim_helps(self, url: str) -> None:
        log = open_log(f"{url}?max_bytes=400000")
        chunk = b"x" * 50_000
        number = 0
        with pytest.raises(LogFull):
            while True:
                await log.append(A, [entry(number + 1, payload=chunk)], fence=1)
                number += 1
        assert number >= 4
        assert await log.tail(A) == Tail(1, number + 1, 1, number)
        await log.append(A, [], fence=2)  # nothing to store: goes through
        await log.trim(A, before=number + 1)
        await log.append(A, [entry(number + 1, payload=chunk)], fence=2)
        await log.close()

    async def test_a_resend_is_taken_by_a_full_log(self, url: str) -> None:
        log = open_log(f"{url}?max_bytes=400000")
        first = entry(1, payload=b"x" * 200_000)
        await log.append(A, [first], fence=1)
        with pytest.raises(LogFull):
            await log.append(A, [entry(2, payload=b"x" * 300_000)], fence=1)
        assert await log.append(A, [first], fence=1) == Tail(1, 2, 1, 1)
        await log.close()

    @pytest.mark.parametrize("query", ["max_bytes=", "max_bytes=-1", "size=1"])
    def test_an_option_that_makes_no_sense_is_refused(
        self, url: str, query: str
    ) -> None:
        with pytest.raises(ValueError, match=query.partition("=")[0]):
            open_log(f"{url}?{query}")


class TestThreads:
    async def test_other_event_loops_in_other_threads(self, log: StreamLog) -> None:
        def append_some(stream: str) -> None:
            async def append() -> None:
                for number in range(1, 51):
                    await log.append(stream, entries(number), fence=1)

            asyncio.run(append())

        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(4) as threads:
            await asyncio.gather(
                *(loop.run_in_executor(threads, append_some, f"s{n}") for n in range(4))
            )
        for n in range(4):
            assert await log.tail(f"s{n}") == Tail(1, 51, 1, 50)

    async def test_a_cancelled_append_harms_nobody(self, log: StreamLog) -> None:
        cancelled = asyncio.create_task(log.append(A, entries(1), fence=1))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        assert await log.append(A, entries(1, 2), fence=1) == Tail(1, 3, 1, 2)
