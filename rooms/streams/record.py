"""The wire format of a media record, version 1 (docs/protocol.md, "Records").

Packing and parsing of the fixed header and of the frames around it; no I/O, no
Django. Payloads are never looked into.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 1
HEADER = struct.Struct("!BBBBBBHIQ")  # 20 bytes, network byte order
LENGTH = struct.Struct("!I")
# Before a publisher's record on its way to a viewer: participant number, position,
# append time in microseconds.
DELIVERY = struct.Struct("!IQQ")

RECORD_LIMIT = 1 << 20  # bytes, header included
MESSAGE_LIMIT = 4 << 20  # bytes, lengths included


class Kind(IntEnum):
    MICROPHONE = 0
    CAMERA = 1
    SCREEN = 2
    SCREEN_AUDIO = 3

    @property
    def is_video(self) -> bool:
        return self in (Kind.CAMERA, Kind.SCREEN)

    @property
    def wire_name(self) -> str:
        """The kind in JSON, for example ``screen_audio``."""
        return self.name.lower()


class Codec(IntEnum):
    OPUS = 1
    VP8 = 2
    VP9 = 3
    H264 = 4  # Annex B
    AV1 = 5
    JPEG = 64
    PCM = 65  # s16le mono 48 kHz

    @property
    def wire_name(self) -> str:
        return self.name.lower()


class Flag(IntFlag):
    KEY = 1
    ENCRYPTED = 2
    END = 4  # end of track; the payload is empty


# As plain numbers: the operators of IntFlag cost more than all else about a header.
_KEY, _END = int(Flag.KEY), int(Flag.END)

AUDIO_CODECS = frozenset({Codec.OPUS, Codec.PCM})
SILENT = 127  # loudness of video and of digital silence, -dBov (RFC 6464)

# A capture time further than this from the append time is a wrong clock, not a
# delay: a publisher resends at most 60 s (docs/protocol.md, "Resends").
LATEST_US = 90_000_000
EARLIEST_US = 1_000_000


class RecordError(ValueError):
    """Bytes that are not a record. ``code`` is the error code on the wire."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Header:
    kind: Kind
    codec: Codec
    flags: int
    layer: int  # low nibble spatial, high nibble temporal
    loudness: int  # -dBov
    epoch: int
    number: int
    captured_us: int

    @property
    def is_key(self) -> bool:
        return self.flags & _KEY != 0

    @property
    def is_end(self) -> bool:
        return self.flags & _END != 0

    @property
    def spatial(self) -> int:
        return self.layer & 0x0F

    @property
    def temporal(self) -> int:
        return self.layer >> 4

    def pack(self) -> bytes:
        return HEADER.pack(
            VERSION,
            self.kind,
            self.codec,
            self.flags,
            self.layer,
            self.loudness,
            self.epoch,
            self.number,
            self.captured_us,
        )


_KINDS = {int(kind): kind for kind in Kind}
_CODECS = {int(codec): codec for codec in Codec}


def parse_header(record: bytes | memoryview) -> Header:
    """The header of a record.

    Raises RecordError: ``malformed_record`` when it is too short, of another
    version, of unknown kind or codec, or a codec that does not fit the kind.
    """
    if len(record) < HEADER.size:
        raise RecordError("malformed_record", "A record is shorter than its header.")
    version, kind, codec, flags, layer, loudness, epoch, number, captured_us = (
        HEADER.unpack_from(record)
    )
    if version != VERSION:
        raise RecordError("malformed_record", f"Record version {version} is unknown.")
    if kind not in _KINDS or codec not in _CODECS or loudness > SILENT:
        raise RecordError(
            "malformed_record",
            f"Kind {kind}, codec {codec} or loudness {loudness} is unknown.",
        )
    if _KINDS[kind].is_video == (_CODECS[codec] in AUDIO_CODECS):
        raise RecordError(
            "malformed_record", f"Codec {codec} does not fit kind {kind}."
        )
    return Header(
        _KINDS[kind], _CODECS[codec], flags, layer, loudness, epoch, number, captured_us
    )


def split_message(message: bytes) -> Iterator[memoryview]:
    """The records of a publisher's message: each after its 4-byte length.

    Raises RecordError: ``message_too_large``, ``record_too_large`` or
    ``malformed_message``; records before the fault have been yielded by then.
    """
    if len(message) > MESSAGE_LIMIT:
        raise RecordError(
            "message_too_large", f"A message is larger than {MESSAGE_LIMIT} bytes."
        )
    view = memoryview(message)
    offset = 0
    while offset < len(view):
        if offset + LENGTH.size > len(view):
            raise RecordError("malformed_message", "A message ends inside a length.")
        (length,) = LENGTH.unpack_from(view, offset)
        offset += LENGTH.size
        if length > RECORD_LIMIT:
            raise RecordError(
                "record_too_large", f"A record is larger than {RECORD_LIMIT} bytes."
            )
        if offset + length > len(view):
            raise RecordError("malformed_message", "A message ends inside a record.")
        yield view[offset : offset + length]
        offset += length


def frame_delivery(
    participant: int, position: int, appended_us: int, record: bytes | memoryview
) -> bytes:
    """One delivery to a viewer; deliveries are joined to make a message."""
    return b"".join(
        (
            LENGTH.pack(DELIVERY.size + len(record)),
            DELIVERY.pack(participant, position, appended_us),
            record,
        )
    )


def media_time_us(captured_us: int, appended_us: int) -> int:
    """When a record belongs in replay and exports, microseconds, server clock.

    The capture time, or the append time where the publisher's clock is wrong.
    """
    if appended_us - LATEST_US <= captured_us <= appended_us + EARLIEST_US:
        return captured_us
    return appended_us
