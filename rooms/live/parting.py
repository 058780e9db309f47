"""What the sockets of a room are told when their server process ends."""

import asyncio

from conference.draining import restarting
from rooms.live import presence
from rooms.live.relays import open_relays

PART_SECONDS = 2.0  # for all sockets together; those left are closed without a word
POLL_SECONDS = 0.05


async def part_all() -> None:
    """Tell all media and control sockets of this process that it restarts, and close
    them (1012). What publishers have sent so far is given time to reach the disk."""
    for relay in open_relays():
        for connection in relay.connections.values():
            connection.outbox.end(restarting())
    presence.end_all(restarting())
    try:
        async with asyncio.timeout(PART_SECONDS):
            # Nobody tells of the last one.
            while open_relays() or presence.is_anybody_connected():  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        pass  # the server closes the rest
