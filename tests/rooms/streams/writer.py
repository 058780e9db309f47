"""A process of its own that appends to a log as fast as it may, until it is killed.

Run as ``python -m tests.rooms.streams.writer URL STREAM``; prints a number when it
has been acknowledged.
"""

import asyncio
import sys
import time

from rooms.streams import open_log
from rooms.streams.contract import Entry


async def main(url: str, stream: str) -> None:
    log = open_log(url)
    number = (await log.append(stream, [], fence=1)).number
    while True:
        batch = [
            Entry(1, number + step, time.time_ns() // 1000, payload(number + step))
            for step in (1, 2, 3)
        ]
        number = (await log.append(stream, batch, fence=1)).number
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def payload(number: int) -> bytes:
    return f"{number} ".encode() * 300


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
