"""Processes that append to a log, and whether all that they were told is there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rooms.streams.contract import StreamLog
from tests.rooms.streams.writer import payload

STREAM = "rooms/1/media/a"


@contextmanager
def writing(url: str, stream: str = STREAM) -> Iterator["subprocess.Popen[str]"]:
    """A process that appends; killed at the end if it is not yet."""
    command = [sys.executable, "-m", "tests.rooms.streams.writer", url, stream]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(process: "subprocess.Popen[str]", at_least: int) -> int:
    """Wait for so many records to be acknowledged; how many are."""
    assert process.stdout
    for line in process.stdout:
        if int(line) >= at_least:
            return int(line)
    raise AssertionError("the writer ended")


def last_acknowledged(process: "subprocess.Popen[str]") -> int:
    """Kill it; the last number that it had printed before it died."""
    process.kill()
    assert process.stdout
    return max((int(line) for line in process.stdout if "\n" in line), default=0)


async def read_numbers(log: StreamLog, stream: str = STREAM) -> list[int]:
    """The records' numbers, each record being whole and where it belongs."""
    numbers: list[int] = []
    while records := await log.read(stream, position=len(numbers) + 1):
        for record in records:
            number = int(record.payload.split()[0])
            assert record.payload == payload(number)
            assert record.position == len(numbers) + 1
            numbers.append(number)
    return numbers
