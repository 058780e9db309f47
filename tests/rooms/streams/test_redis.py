"""What the Redis backend promises beyond the contract: crashes, outages, memory."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis as Client

from rooms.streams import open_log
from rooms.streams.contract import Entry, LogFull, LogUnavailable, StreamLog
from rooms.streams.redis import SOCKET_SECONDS
from tests.redis import Redis, running_redis
from tests.rooms.streams.writing import (
    STREAM,
    acknowledged,
    last_acknowledged,
    read_numbers,
    writing,
)

# Of kill -9 under load; one of them takes about a second.
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))


@pytest.fixture(scope="module")
def running() -> Iterator[Redis]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis(running: Redis) -> Redis:
    with Client.from_url(running.url) as client:
        client.flushall()
    return running


@pytest.fixture
async def log(redis: Redis) -> AsyncIterator[StreamLog]:
    log = open_log(redis.url)
    yield log
    await log.close()


def entry(number: int, payload: bytes = b"x") -> Entry:
    return Entry(1, number, number * 1000, payload)


async def come_back(log: StreamLog) -> None:
    """Until Redis answers again."""
    async with asyncio.timeout(30):
        while True:
            try:
                await log.tail(STREAM)
            except LogUnavailable:
                await asyncio.sleep(0.02)
            else:
                return


@pytest.mark.timeout(60 + 30 * ROUNDS)
@pytest.mark.parametrize("appendfsync", ["always", "everysec"])
async def test_a_killed_redis_loses_nothing_acknowledged(appendfsync: str) -> None:
    """``everysec`` gives Redis 7.0 up to the last write of the file to be lost with
    the machine; a killed process loses less than that, if anything."""
    with running_redis(appendfsync=appendfsync) as redis, writing(redis.url) as writer:
        last = 0
        for _ in range(ROUNDS):
            last = acknowledged(writer, last + 30)
            redis.kill()
            redis.start()
        last = max(acknowledged(writer, last + 30), last_acknowledged(writer))
        log = open_log(redis.url)
        numbers = await read_numbers(log)
        await log.close()
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= last
    assert len(numbers) % 3 == 0  # all entries of a call, or none


async def test_a_killed_writer_loses_nothing_acknowledged(
    redis: Redis, log: StreamLog
) -> None:
    with writing(redis.url) as writer:
        last = acknowledged(writer, 300)
        last = max(last, last_acknowledged(writer))
    numbers = await read_numbers(log)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= last


async def test_away_is_said_and_forgiven(redis: Redis, log: StreamLog) -> None:
    await log.append(STREAM, [entry(1)], fence=1)
    redis.stop()
    try:
        with pytest.raises(LogUnavailable):
            await log.append(STREAM, [entry(2)], fence=1)
        with pytest.raises(LogUnavailable):
            await log.read(STREAM)
    finally:
        redis.start()
    await come_back(log)
    assert (await log.append(STREAM, [entry(1), entry(2)], fence=1)).next_position == 3


async def test_it_may_be_away_when_the_log_is_opened(redis: Redis) -> None:
    redis.stop()
    try:
        log = open_log(redis.url)
        with pytest.raises(LogUnavailable):
            await log.tail(STREAM)
    finally:
        redis.start()
    await come_back(log)
    await log.close()


async def test_a_server_that_hangs_is_waited_for_within_bounds(
    redis: Redis, log: StreamLog
) -> None:
    await log.append(STREAM, [entry(1)], fence=1)
    redis.freeze()
    try:
        async with asyncio.timeout(4 * SOCKET_SECONDS):
            with pytest.raises(LogUnavailable):
                await log.append(STREAM, [entry(2)], fence=1)
    finally:
        redis.thaw()
    await come_back(log)
    assert (await log.append(STREAM, [entry(2)], fence=1)).next_position == 3


async def test_a_server_without_append_only_file_is_refused() -> None:
    with running_redis("--appendonly", "no") as redis:
        log = open_log(redis.url)
        with pytest.raises(LogUnavailable, match="appendonly yes"):
            await log.append(STREAM, [entry(1)], fence=1)
        await log.close()


async def test_scripts_that_somebody_removed_are_loaded_again(
    redis: Redis, log: StreamLog
) -> None:
    await log.append(STREAM, [entry(1)], fence=1)
    with Client.from_url(redis.url) as client:
        client.script_flush()
    await come_back(log)
    with pytest.raises(LogUnavailable):
        await log.append(STREAM, [entry(2)], fence=1)
    assert (await log.append(STREAM, [entry(2)], fence=1)).next_position == 3


async def test_a_full_redis_takes_nothing_and_a_trim_helps() -> None:
    with running_redis("--maxmemory", "8mb", "--maxmemory-policy", "noeviction") as it:
        log = open_log(it.url)
        number = 0
        with pytest.raises(LogFull, match="maxmemory"):
            while number < 200:
                number += 1
                await log.append(STREAM, [entry(number, bytes(100_000))], fence=1)
        assert number > 10
        await log.trim(STREAM, before=number)
        await log.append(STREAM, [entry(number, bytes(100_000))], fence=1)
        await log.close()


async def test_what_is_trimmed_leaves_the_memory(redis: Redis, log: StreamLog) -> None:
    with Client.from_url(redis.url) as client:
        for number in range(1, 31):
            await log.append(STREAM, [entry(number, bytes(50_000))], fence=1)
            await log.append("other", [entry(number)], fence=1)
        held = client.memory_usage(f"streams:records:{STREAM}")
        assert held > 30 * 50_000
        await log.trim(STREAM, before=16)
        assert client.memory_usage(f"streams:records:{STREAM}") < 0.6 * held
        await log.trim(STREAM, before=31)
        await log.trim("other", before=31)
        assert client.get("streams:bytes") == b"0"
        # No more than where the streams were, and that not for ever.
        assert sorted(client.keys()) == [
            b"streams:bytes",
            b"streams:state:other",
            f"streams:state:{STREAM}".encode(),
        ]
        assert client.ttl(f"streams:state:{STREAM}") > 7 * 24 * 3600
        await log.append(STREAM, [entry(31)], fence=1)
        assert client.ttl(f"streams:state:{STREAM}") == -1


async def test_a_time_is_found_whatever_was_trimmed(log: StreamLog) -> None:
    """The record with the latest time is gone, and the clock went back since."""
    times = [900, 100, 200, 950, 300]
    entries = [Entry(1, number, us, b"x") for number, us in enumerate(times, 1)]
    await log.append(STREAM, entries, fence=1)
    await log.trim(STREAM, before=2)
    assert (await log.read(STREAM, since_us=150))[0].position == 3
    assert (await log.read(STREAM, since_us=901))[0].position == 4
    assert await log.read(STREAM, since_us=951) == []


async def test_large_records_are_read_within_the_limit(log: StreamLog) -> None:
    for number in range(1, 9):
        await log.append(STREAM, [entry(number, bytes(1 << 20))], fence=1)
    position = 1
    while records := await log.read(STREAM, position=position):
        assert len(records) <= 4
        position = records[-1].position + 1
    assert position == 9


async def test_processes_share_a_server(redis: Redis, log: StreamLog) -> None:
    with writing(redis.url, "one") as one, writing(redis.url, "two") as two:
        acknowledged(one, 60)
        acknowledged(two, 60)
        await log.trim("one", before=31)
        assert (await log.tail("one")).first_position == 31
        assert sorted(await log.streams()) == ["one", "two"]
        acknowledged(one, 200)
        acknowledged(two, 200)
    assert len(await read_numbers(log, "two")) >= 200


async def test_a_closed_log_says_so(redis: Redis) -> None:
    log = open_log(redis.url)
    await log.close()
    with pytest.raises(LogUnavailable):
        await log.append(STREAM, [entry(1)], fence=1)


def test_a_url_without_a_host_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("redis://host:port")):
        open_log("redis:///0")
