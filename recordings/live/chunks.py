"""RTMP's chunks: messages cut into pieces that take turns on a connection. Pure."""

import struct
from dataclasses import dataclass

MESSAGE_LIMIT = 1 << 20  # bytes of what a server sends
EXTENDED = 0xFFFFFF  # from here on a time has a place of its own


class MalformedChunk(ValueError):
    """No server sends such a thing."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with its whole header."""

    chunk_stream: int
    kind: int
    stream: int
    at_ms: int
    data: bytes


def write_chunks(message: Outgoing, limit: int) -> bytes:
    """``limit``: bytes of a message in a chunk."""
    at_ms, data = message.at_ms, message.data
    later = struct.pack("!I", at_ms) if at_ms >= EXTENDED else b""
    head = b"".join(
        (
            bytes([message.chunk_stream]),
            min(at_ms, EXTENDED).to_bytes(3, "big"),
            len(data).to_bytes(3, "big"),
            bytes([message.kind]),
            struct.pack("<I", message.stream),
            later,
        )
    )
    between = bytes([0xC0 | message.chunk_stream]) + later
    starts = range(0, len(data), limit)
    return head + between.join(data[start : start + limit] for start in starts)


@dataclass(slots=True)
class Incoming:
    """A message of the server that is coming in, chunk by chunk."""

    kind: int = 0
    length: int = 0
    is_extended: bool = False
    data: bytes = b""


def parse_chunk(
    buffer: bytes, incoming: dict[int, Incoming], limit: int
) -> tuple[int, int, bytes] | None:
    """The chunk stream, the bytes that were used, and what of a message is in them;
    None where the chunk has not come whole. ``limit``: bytes of a message in a chunk.

    Raises MalformedChunk.
    """
    if len(buffer) < 3:
        return None
    form, chunk_stream, start = buffer[0] >> 6, buffer[0] & 0x3F, 1
    if chunk_stream == 0:
        chunk_stream, start = buffer[1] + 64, 2
    elif chunk_stream == 1:
        chunk_stream, start = buffer[1] + buffer[2] * 256 + 64, 3
    message = incoming.get(chunk_stream, Incoming())
    end = start + (11, 7, 3, 0)[form]
    if len(buffer) < end:
        return None
    head = buffer[start:end]
    kind, length = message.kind, message.length
    is_extended = message.is_extended if form == 3 else head[:3] == b"\xff\xff\xff"
    if form < 2:
        length, kind = int.from_bytes(head[3:6], "big"), head[6]
    end += 4 if is_extended else 0
    if length > MESSAGE_LIMIT:
        raise MalformedChunk
    size = min(limit, length - len(message.data))
    if len(buffer) < end + size:
        return None
    message.kind, message.length, message.is_extended = kind, length, is_extended
    incoming[chunk_stream] = message
    return chunk_stream, end + size, buffer[end : end + size]
