"""The format of a segment object, version 1: stored records, byte for byte.

    magic "CSEG", version (1 byte), 3 zero bytes, number of records (4)
    per record: position (8), append time in us (8), length (4), the record
    CRC-32 of all before it (4)

Numbers are in network byte order. Pure: no I/O, no Django.
"""

import struct
import zlib
from collections.abc import Iterable

from rooms.streams.contract import Stored

MAGIC = b"CSEG"
VERSION = 1
_HEAD = struct.Struct("!4sB3xI")
_RECORD = struct.Struct("!QQI")
_CHECKSUM = struct.Struct("!I")


class SegmentError(Exception):
    """Bytes that are not a whole segment."""


def pack_segment(records: Iterable[Stored]) -> bytes:
    parts = [b""]
    for record in records:
        parts.append(
            _RECORD.pack(record.position, record.appended_us, len(record.payload))
        )
        parts.append(record.payload)
    parts[0] = _HEAD.pack(MAGIC, VERSION, len(parts) // 2)
    body = b"".join(parts)
    return body + _CHECKSUM.pack(zlib.crc32(body))


def unpack_segment(data: bytes) -> list[Stored]:
    """The records of a segment, in order. Raises SegmentError."""
    if len(data) < _HEAD.size + _CHECKSUM.size:
        raise SegmentError("A segment is shorter than its frame.")
    body = memoryview(data)[: -_CHECKSUM.size]
    magic, version, count = _HEAD.unpack_from(body)
    if magic != MAGIC or version != VERSION:
        raise SegmentError("An object is not a segment of version 1.")
    if _CHECKSUM.unpack_from(data, len(body)) != (zlib.crc32(body),):
        raise SegmentError("The checksum of a segment does not fit.")
    records = []
    offset = _HEAD.size
    for _ in range(count):
        position, appended_us, length = _RECORD.unpack_from(body, offset)
        offset += _RECORD.size
        records.append(Stored(position, appended_us, data[offset : offset + length]))
        offset += length
    return records
