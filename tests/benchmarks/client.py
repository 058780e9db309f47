"""A lean WebSocket client, so that a load of many viewers costs less than the server.

Only what the benchmarks need of RFC 6455: no fragments, no extensions.
"""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SLOW_BUFFER = 8 << 10  # bytes
OnMessage = Callable[[int, memoryview], None]


class WebSocketClient(asyncio.Protocol):
    """``on_message`` gets the opcode and the payload, valid during the call only."""

    def __init__(self, request: bytes, on_message: OnMessage) -> None:
        self._request = request
        self._on_message = on_message
        self._buffer = bytearray()
        self._transport: asyncio.Transport
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.close_code: int | None = None
        self._bits_per_second = 0  # no limit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def read_slowly(self, bits_per_second: int) -> None:
        """From now on read no faster, and hold little that is not read."""
        self._bits_per_second = bits_per_second
        taken = self._transport.get_extra_info("socket")
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER)

    def _pause(self, count: int) -> None:
        self._transport.pause_reading()
        asyncio.get_running_loop().call_later(
            count * 8 / self._bits_per_second, self._transport.resume_reading
        )

    def data_received(self, data: bytes) -> None:
        if self._bits_per_second:
            self._pause(len(data))
        self._buffer += data
        if not self.opened.done() and not self._open():
            return
        with memoryview(bytes(self._buffer)) as view:
            used = self._read_frames(view)
        del self._buffer[:used]

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed too early"))

    def send(self, opcode: int, payload: bytes) -> None:
        """Masked with zeros: a client must mask, what with matters to proxies only."""
        if len(payload) < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload))
        elif len(payload) < 1 << 16:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(payload))
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, len(payload))
        self._transport.write(head + bytes(4) + payload)

    def close(self) -> None:
        self._transport.close()

    def _open(self) -> bool:
        head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not end:
            return False
        self._buffer = bytearray(rest)
        if b" 101 " in head.split(b"\r\n")[0]:
            self.opened.set_result(None)
        else:
            self.opened.set_exception(ConnectionError(head.decode()))
        return True

    def _read_frames(self, view: memoryview) -> int:
        """Hand out whole frames; how many bytes they took."""
        offset = 0
        while len(view) - offset >= 2:
            length, start = view[offset + 1], offset + 2
            if length == 126:
                start += 2
            elif length == 127:
                start += 8
            if len(view) < start:
                break
            if length > 125:
                length = int.from_bytes(view[offset + 2 : start])
            if len(view) < start + length:
                break
            self._take(view[offset] & 0x0F, view[start : start + length])
            offset = start + length
        return offset

    def _take(self, opcode: int, payload: memoryview) -> None:
        if opcode == PING:
            self.send(PONG, bytes(payload))
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(payload[:2])
            self._transport.close()
        else:
            self._on_message(opcode, payload)


async def connect(
    port: int, path: str, *, ticket: str, on_message: OnMessage
) -> WebSocketClient:
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: conference.v1, ticket.{ticket}\r\n\r\n"
    ).encode()
    _, client = await asyncio.get_running_loop().create_connection(
        lambda: WebSocketClient(request, on_message), "127.0.0.1", port
    )
    await client.opened
    return client
