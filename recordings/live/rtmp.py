"""Publishing to an RTMP server (Adobe's "Real Time Messaging Protocol", 1.0).

Our own, as PyAV opens an output while it holds the interpreter, without a time limit
and without a look at certificates: docs/decisions/live-outputs.md. Blocking; each wait
is bounded by the socket's time-out.
"""

import os
import select
import socket
import ssl
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from recordings.live import flv
from recordings.live.amf import AmfError, decode, encode
from recordings.live.chunks import (
    MESSAGE_LIMIT,
    Incoming,
    MalformedChunk,
    Outgoing,
    parse_chunk,
    write_chunks,
)
from recordings.live.units import Codecs, Unit

VERSION = 3
HANDSHAKE_BYTES = 1536
OUT_CHUNK = 1 << 16  # bytes of a message between two chunk headers
OUR_SOFTWARE = "FMLE/3.0 (compatible; Conference)"
# Message types.
SET_CHUNK, ACKNOWLEDGED, CONTROL, WINDOW, AUDIO, VIDEO = 1, 3, 4, 5, 8, 9
DATA, COMMAND = 18, 20
PING, PONG = 6, 7  # of CONTROL
# Chunk streams: one for each kind, so that none waits for the rest of another.
CHUNK_STREAMS = {SET_CHUNK: 2, CONTROL: 2, COMMAND: 3, AUDIO: 4, DATA: 5, VIDEO: 6}
MALFORMED = "The server's answer is malformed."
PUBLISHED = "NetStream.Publish.Start"


class RtmpError(OSError):
    """The server refused, or does not speak RTMP as it should; in words for people."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to publish. ``ips`` are what is connected to, the first that answers;
    ``host`` is what is asked for."""

    ips: tuple[str, ...]
    host: str
    port: int
    app: str
    key: str
    url: str  # without the key
    is_secure: bool


class Publisher:
    """A connection on which a stream is published: ``with Publisher(...) as one``."""

    def __init__(
        self, address: Address, codecs: Codecs, *, ca_file: str, timeout: float
    ) -> None:
        """Connects and waits for the server's consent. Raises OSError, RtmpError."""
        self._deadline = time.monotonic() + timeout
        self._out_stream = 0
        self._in_chunk = 128
        self._buffer = b""
        self._incoming: dict[int, Incoming] = {}
        self._transactions = 0
        self._address = address
        self._socket = _connect(address, ca_file=ca_file, timeout=timeout)
        try:
            self._greet()
            self._publish()
            self._send(
                DATA, encode("@setDataFrame", "onMetaData", flv.metadata(codecs))
            )
            self._send(VIDEO, flv.video_header(codecs))
            self._send(AUDIO, flv.audio_header(codecs))
        except (AmfError, MalformedChunk) as error:
            self.close()
            raise RtmpError(MALFORMED) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def send(self, unit: Unit) -> None:
        """Raises OSError where the connection is lost or stands still, RtmpError."""
        kind = VIDEO if unit.is_video else AUDIO
        self._send(kind, flv.body(unit), at_ms=unit.dts_ms)
        try:
            self._heed()
        except (AmfError, MalformedChunk) as error:
            raise RtmpError(MALFORMED) from error

    def finish(self) -> None:
        """Tell the server that this is the end, as far as it listens."""
        key = self._address.key
        self._command("FCUnpublish", None, key, stream=0)
        self._command("deleteStream", None, self._out_stream, stream=0)

    def close(self) -> None:
        self._socket.close()

    # The way to consent.

    def _greet(self) -> None:
        """The simple handshake, without digests: what servers for publishers take."""
        ours = bytes(8) + os.urandom(HANDSHAKE_BYTES - 8)
        self._socket.sendall(bytes([VERSION]) + ours)
        theirs = self._exactly(1 + HANDSHAKE_BYTES)
        if theirs[0] != VERSION:
            raise RtmpError("This is not an RTMP server.")
        self._socket.sendall(theirs[1:])
        self._exactly(HANDSHAKE_BYTES)

    def _publish(self) -> None:
        address = self._address
        self._send(SET_CHUNK, struct.pack("!I", OUT_CHUNK))
        whereto = {
            "app": address.app,
            "type": "nonprivate",
            "flashVer": OUR_SOFTWARE,
            "tcUrl": address.url,
        }
        self._ask("connect", whereto)
        self._command("releaseStream", None, address.key, stream=0)
        self._command("FCPublish", None, address.key, stream=0)
        answer = self._ask("createStream", None)
        if not answer or not isinstance(answer[-1], float):
            raise RtmpError(MALFORMED)
        self._out_stream = int(answer[-1])
        self._command("publish", None, address.key, "live", stream=self._out_stream)
        while True:
            name, _number, *rest = self._next_command()
            if name == "onStatus" and _code(rest) == PUBLISHED:
                return

    def _ask(self, name: str, *values: Any) -> list[Any]:
        number = self._command(name, *values, stream=0)
        while True:
            found, answered, *rest = self._next_command()
            if found == "_result" and answered == number:
                return rest

    def _next_command(self) -> list[Any]:
        """Waits for one. Raises RtmpError for a refusal."""
        while True:
            for kind, data in self._messages():
                if kind == COMMAND:
                    command = decode(data)
                    _check(command)
                    if len(command) >= 2:
                        return command
            self._receive()

    # Messages.

    def _command(self, name: str, *values: Any, stream: int) -> int:
        self._transactions += 1
        coded = encode(name, self._transactions, *values)
        self._send(COMMAND, coded, stream=stream)
        return self._transactions

    def _send(
        self, kind: int, data: bytes, *, at_ms: int = 0, stream: int | None = None
    ) -> None:
        stream = self._out_stream if stream is None else stream
        if kind in (SET_CHUNK, CONTROL):
            stream = 0
        message = Outgoing(CHUNK_STREAMS[kind], kind, stream, at_ms & 0xFFFFFFFF, data)
        self._socket.sendall(write_chunks(message, OUT_CHUNK))

    def _heed(self) -> None:
        """Take what the server has said by now, without waiting for more."""
        while self._has_more():
            self._receive()
        for kind, data in self._messages():
            if kind == COMMAND:
                _check(decode(data))

    def _has_more(self) -> bool:
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], 0)[0])

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionResetError("The server closed the connection.")
        if self._out_stream == 0 and time.monotonic() > self._deadline:
            raise TimeoutError("The server did not answer in time.")
        self._buffer += data
        if len(self._buffer) > 2 * MESSAGE_LIMIT:
            raise RtmpError(MALFORMED)

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._receive()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _messages(self) -> list[tuple[int, bytes]]:
        """The whole messages that have come; what concerns the connection is done."""
        whole = []
        while (message := self._take_chunk()) is not None:
            kind, data = message
            if kind == SET_CHUNK and len(data) >= 4:
                self._in_chunk = max(1, int.from_bytes(data[:4], "big"))
            elif kind == CONTROL and data[:2] == struct.pack("!H", PING):
                self._send(CONTROL, struct.pack("!H", PONG) + data[2:6])
            elif kind:
                whole.append(message)
        return whole

    def _take_chunk(self) -> tuple[int, bytes] | None:
        """Read a chunk; None where it has not come whole, and type 0 where the message
        it belongs to has not."""
        taken = parse_chunk(self._buffer, self._incoming, self._in_chunk)
        if taken is None:
            return None
        chunk_stream, size, part = taken
        self._buffer = self._buffer[size:]
        message = self._incoming[chunk_stream]
        message.data += part
        if len(message.data) < message.length:
            return 0, b""
        data, message.data = message.data, b""
        return message.kind, data


def _connect(address: Address, *, ca_file: str, timeout: float) -> socket.socket:
    plain = _connect_plainly(address, timeout)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not address.is_secure:
        return plain
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        return context.wrap_socket(plain, server_hostname=address.host)
    except BaseException:
        plain.close()
        raise


def _connect_plainly(address: Address, timeout: float) -> socket.socket:
    """The next of several addresses is tried while others are left."""
    for ip in address.ips[:-1]:
        with suppress(OSError):
            return socket.create_connection((ip, address.port), timeout)
    return socket.create_connection((address.ips[-1], address.port), timeout)


def _check(command: list[Any]) -> None:
    """Raises RtmpError where the server refuses; its own words, if it has any."""
    name, *rest = command
    info = next((one for one in rest if isinstance(one, dict) and "level" in one), {})
    if name == "_error" or info.get("level") == "error":
        words = str(info.get("description") or info.get("code") or "")
        raise RtmpError(words[:200] or "The server refused the stream.")


def _code(values: list[Any]) -> str:
    info = next((one for one in values if isinstance(one, dict)), {})
    return str(info.get("code", ""))
