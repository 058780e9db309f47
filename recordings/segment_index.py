"""What the index knows of a segment's records, so that nobody has to open it.

Key frames to start reading from, spans with voice for timelines. Pure: no I/O, no
Django.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rooms.streams.contract import Stored
from rooms.streams.record import (
    HEADER,
    Header,
    Kind,
    media_time_us,
    parse_header,
)

VOICE_DBOV = 50  # louder than -50 dBov is voice
VOICE_GAP_US = 400_000  # a pause shorter than this does not end a span
PACKET_US = 20_000  # of sound; docs/protocol.md, "Records"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record with its header parsed and its media time known."""

    stored: Stored
    header: Header
    media_us: int

    @property
    def payload(self) -> memoryview:
        """The encoded chunk."""
        return memoryview(self.stored.payload)[HEADER.size :]

    @property
    def is_end(self) -> bool:
        return self.header.is_end


def parse(stored: Stored) -> Record:
    """Raises RecordError for bytes that no publisher may have appended."""
    header = parse_header(stored.payload)
    return Record(stored, header, media_time_us(header.captured_us, stored.appended_us))


@dataclass(slots=True)
class TrackIndex:
    """One kind in one codec. Times are media times in microseconds."""

    kind: str
    codec: str
    start_us: int
    end_us: int
    records: int = 0
    bytes: int = 0
    keys: list[Span] = field(default_factory=list)  # (position, media time), video
    voice: list[Span] = field(default_factory=list)  # (start, end), microphone


def index_tracks(records: Iterable[Record]) -> list[dict[str, Any]]:
    """``Segment.tracks``: one TrackIndex per kind and codec, as JSON."""
    tracks: dict[tuple[int, int], TrackIndex] = {}
    for record in records:
        header = record.header
        track = tracks.get((header.kind, header.codec))
        if track is None:
            track = tracks[header.kind, header.codec] = TrackIndex(
                header.kind.wire_name,
                header.codec.wire_name,
                record.media_us,
                record.media_us,
            )
        _add(track, record)
    return [asdict(track) for track in tracks.values()]


def _add(track: TrackIndex, record: Record) -> None:
    header = record.header
    track.start_us = min(track.start_us, record.media_us)
    track.end_us = max(track.end_us, record.media_us)
    track.records += 1
    track.bytes += len(record.stored.payload)
    if record.is_end:
        return
    if header.kind.is_video and header.is_key:
        track.keys.append((record.stored.position, record.media_us))
    if header.kind is Kind.MICROPHONE and header.loudness < VOICE_DBOV:
        span = (record.media_us, record.media_us + PACKET_US)
        track.voice = join_spans([*track.voice[-1:], span], before=track.voice[:-1])


def join_spans(spans: Sequence[Span], *, before: Sequence[Span] = ()) -> list[Span]:
    """Spans in order of start, bridged where the pause between them is short."""
    joined = list(before)
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < VOICE_GAP_US:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
