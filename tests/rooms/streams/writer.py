"""A process of its own that appends to a log as fast as it may, until it is killed.

Run as ``python -m tests.rooms.streams.writer URL STREAM``; prints a number when it
has been acknowledged. What the storage did not take it appends again, as publishers do.
"""

import asyncio
import sys
import time

from rooms.streams import open_log
from rooms.streams.contract import Entry, LogUnavailable, StreamLog, Tail


async def main(url: str, stream: str) -> None:
    log = open_log(url)
    number = (await log.append(stream, [], fence=1)).number
    while True:
        batch = [
            Entry(1, number + step, time.time_ns() // 1000, payload(number + step))
            for step in (1, 2, 3)
        ]
        number = (await append(log, stream, batch)).number
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


async def append(log: StreamLog, stream: str, batch: list[Entry]) -> Tail:
    while True:
        try:
            return await log.append(stream, batch, fence=1)
        except LogUnavailable:
            await asyncio.sleep(0.05)


def payload(number: int) -> bytes:
    return f"{number} ".encode() * 300


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
