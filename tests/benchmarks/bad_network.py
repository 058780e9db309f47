"""A TCP proxy with a network in it that is long, narrow and unsteady."""

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PACKET_BYTES = 1400
QUEUE_BYTES = 32 << 10  # in the router before the slow line: a quarter of a second
SOCKET_BYTES = 16 << 10  # the proxy's own, so that it holds no more than the router


@dataclass(frozen=True, slots=True)
class Line:
    """What each direction carries: all its connections share it."""

    delay_seconds: float
    bits_per_second: float
    stall_seconds: float
    stall_every_seconds: float


class Direction:
    """Packets in their order: as fast as the line is, none during a stall, and each
    after the delay. It reads no more than its queue holds."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._queue: deque[tuple[float, asyncio.StreamWriter, bytes]] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()
        self.began: float | None = None  # on the loop's clock; None: no limits yet

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """All of one connection, until it ends."""
        while True:
            data = b""
            with suppress(ConnectionError):
                data = await reader.read(PACKET_BYTES)
            async with self._changed:
                await self._changed.wait_for(lambda: self._bytes < QUEUE_BYTES)
                self._queue.append((self._loop.time(), writer, data))
                self._bytes += len(data)
                self._changed.notify_all()
            if not data:
                return

    async def run(self) -> None:
        free_at = self._loop.time()
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._queue)
                arrived_at, writer, data = self._queue[0]
            free_at = self._leaves_at(max(free_at, arrived_at), len(data))
            await asyncio.sleep(free_at - self._loop.time())
            async with self._changed:
                self._queue.popleft()
                self._bytes -= len(data)
                self._changed.notify_all()
            delay = self._line.delay_seconds if self.began is not None else 0
            self._loop.call_at(free_at + delay, _write, writer, data)

    def _leaves_at(self, begins_at: float, count: int) -> float:
        if self.began is None:
            return begins_at
        line = self._line
        at = begins_at + count * 8 / line.bits_per_second
        since = (at - self.began) % line.stall_every_seconds
        return at + max(0.0, line.stall_seconds - since)


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if data:
        writer.write(data)
    elif not writer.is_closing():
        writer.close()


class Proxy:
    """In a thread of its own, in front of a server on this machine."""

    def __init__(self, line: Line, server_port: int) -> None:
        self._line = line
        self._server_port = server_port
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        self._is_open.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def limit(self) -> float:
        """From now on it is the line. When the first stall begins, ms since the epoch;
        the others follow it evenly."""
        began = self._loop.time()
        self._down.began = self._up.began = began
        return (time.time() - time.monotonic() + began) * 1000

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._down, self._up = Direction(self._line), Direction(self._line)
        server = await asyncio.start_server(
            self._connect, "127.0.0.1", 0, limit=SOCKET_BYTES
        )
        async with asyncio.TaskGroup() as group, server:
            self.port = server.sockets[0].getsockname()[1]
            tasks = [group.create_task(one.run()) for one in (self._down, self._up)]
            self._is_open.set()
            await self._stopped.wait()
            for task in tasks:
                task.cancel()

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        to_server = socket.socket()
        to_server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BYTES)
        to_server.setblocking(False)
        await self._loop.sock_connect(to_server, ("127.0.0.1", self._server_port))
        upstream = await asyncio.open_connection(sock=to_server, limit=SOCKET_BYTES)
        await asyncio.gather(
            self._down.carry(upstream[0], writer), self._up.carry(reader, upstream[1])
        )


@contextmanager
def bad_network(line: Line, server_port: int) -> Iterator[Proxy]:
    proxy = Proxy(line, server_port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
