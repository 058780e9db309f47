"""What the SQLite backend promises beyond the contract: several processes, crashes."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rooms.streams import open_log
from rooms.streams.contract import Entry, LogFull, LogUnavailable
from tests.rooms.streams.writing import (
    STREAM,
    acknowledged,
    last_acknowledged,
    read_numbers,
    writing,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "streams.sqlite3"


def size(path: Path) -> int:
    return path.stat().st_size


def damage(path: Path) -> Callable[[], object]:
    """Make a file unreadable, as a bad disk does; gives what undoes it."""
    whole = path.read_bytes()
    os.truncate(path, 0)
    return lambda: path.write_bytes(whole)


@pytest.mark.parametrize("at_least", [3, 100, 1000])
async def test_a_killed_writer_loses_nothing_acknowledged(
    path: Path, at_least: int
) -> None:
    with writing(f"sqlite://{path}") as process:
        last = acknowledged(process, at_least)
        last = max(last, last_acknowledged(process))
    log = open_log(f"sqlite://{path}")
    numbers = await read_numbers(log)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= last
    assert len(numbers) % 3 == 0  # all entries of a call, or none
    await log.close()


async def test_a_writer_goes_on_where_a_killed_one_was(path: Path) -> None:
    for _ in range(2):
        with writing(f"sqlite://{path}") as process:
            acknowledged(process, 30)
    log = open_log(f"sqlite://{path}")
    numbers = await read_numbers(log)
    assert numbers == list(range(1, len(numbers) + 1))
    await log.close()


async def test_processes_share_a_file(path: Path) -> None:
    """Two write while this one reads and trims."""
    with (
        writing(f"sqlite://{path}", "one") as one,
        writing(f"sqlite://{path}", "two") as two,
    ):
        acknowledged(one, 60)
        acknowledged(two, 60)
        log = open_log(f"sqlite://{path}")
        await log.trim("one", before=31)
        assert (await log.tail("one")).first_position == 31
        assert sorted(await log.streams()) == ["one", "two"]
        acknowledged(one, 200)
        acknowledged(two, 200)
    assert len(await read_numbers(log, "two")) >= 200
    await log.close()


async def test_follow_sees_another_process_within_100_ms(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    delays = []
    with writing(f"sqlite://{path}") as process:
        acknowledged(process, 3)
        async for records in log.follow(STREAM):
            delays.append(time.time() - records[-1].appended_us / 1e6)
            if len(delays) == 20:
                break
    assert sorted(delays)[len(delays) // 2] < 0.1
    await log.close()


async def test_opening_at_once_in_many_processes(path: Path) -> None:
    code = f"from rooms.streams import open_log; open_log('sqlite://{path}')"
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code)
        for _ in range(8)
    ]
    assert [await process.wait() for process in processes] == [0] * 8


async def test_the_file_does_not_grow_while_it_is_trimmed(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    sizes = []
    for lap in range(30):
        batch = [
            Entry(1, lap * 100 + number, 0, os.urandom(3000))
            for number in range(1, 101)
        ]
        tail = await log.append(STREAM, batch, fence=1)
        await log.trim(STREAM, before=tail.next_position - 100)
        sizes.append(size(path))
    assert max(sizes) < 3 << 20  # of 9 MB that went through
    assert sizes[-1] <= max(sizes[:20])
    assert size(path.with_name(f"{path.name}-wal")) < 16 << 20
    await log.close()


async def test_a_long_trim_lets_appends_through(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    batch = [Entry(1, number, 0, bytes(1000)) for number in range(1, 10_001)]
    await log.append(STREAM, batch, fence=1)
    trimming = asyncio.create_task(log.trim(STREAM, before=10_001))
    await log.append("other", [Entry(1, 1, 0, b"x")], fence=1)
    await log.append("other", [Entry(1, 2, 0, b"x")], fence=1)
    assert not trimming.done()
    await trimming
    assert await log.streams() == ["other"]
    await log.close()


async def test_too_much_waiting_for_the_disk_is_refused(path: Path) -> None:
    log = open_log(f"sqlite://{path}?max_queued_bytes=100000&window_ms=50")
    results = await asyncio.gather(
        *(
            log.append(STREAM, [Entry(1, number, 0, bytes(30_000))], fence=1)
            for number in range(1, 11)
        ),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, LogFull)]
    assert refused
    assert (await log.tail(STREAM)).next_position == 11 - len(refused)
    await log.close()


async def test_storage_that_fails_is_said_and_forgiven(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    await log.append(STREAM, [Entry(1, 1, 0, b"before")], fence=1)
    restore = damage(path)
    with pytest.raises(LogUnavailable):
        await log.read(STREAM)
    restore()
    assert [one.payload for one in await log.read(STREAM)] == [b"before"]
    await log.close()


async def test_a_closed_log_says_so(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    await log.close()
    with pytest.raises(LogUnavailable):
        await log.append(STREAM, [Entry(1, 1, 0, b"x")], fence=1)


async def test_close_finishes_what_was_begun(path: Path) -> None:
    log = open_log(f"sqlite://{path}")
    appending = asyncio.create_task(log.append(STREAM, [Entry(1, 1, 0, b"x")], fence=1))
    await asyncio.sleep(0)
    await log.close()
    assert (await appending).next_position == 2


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///folder/", "sqlite://a/b"])
def test_a_url_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="absolute"):
        open_log(url)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match="missing"):
        open_log(f"sqlite://{tmp_path}/missing/streams.sqlite3")


def test_an_unknown_scheme_names_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="sqlite://"):
        open_log("postgres://somewhere")
