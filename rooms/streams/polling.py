"""Following a stream by reading it again and again."""

import asyncio
from collections.abc import AsyncIterator

from rooms.streams.contract import Stored, StreamLog

POLL_SECONDS = 0.05  # appends of other processes are to be seen within 100 ms


async def follow(
    log: StreamLog, stream: str, *, position: int
) -> AsyncIterator[list[Stored]]:
    """``StreamLog.follow`` for a backend that tells nobody of its appends."""
    while True:
        records = await log.read(stream, position=position)
        if records:
            position = records[-1].position + 1
            yield records
        else:
            await asyncio.sleep(POLL_SECONDS)
