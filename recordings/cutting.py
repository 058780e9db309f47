"""Which records of a stream are kept, and where its segments are cut. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from recordings.segment_index import Record

SEGMENT_US = 4_000_000
SEGMENT_BYTES = 2 << 20
KEY_FRAME_US = 2_000_000  # from one to the next at most (docs/protocol.md)
# Without a key frame to cut at: the most that a reader has to hold of a stream.
LONGEST_BYTES = 4 << 20
# A recording may begin this long before the row that says so is seen.
UNDECIDED_US = 2_000_000
# A segment that does not fill up is sealed at this age: its publisher is gone.
STALE_US = 10_000_000


@dataclass(frozen=True, slots=True)
class KeptRange:
    """A recording's time range; ``end_us`` is None while it runs."""

    recording_id: UUID
    start_us: int
    end_us: int | None

    def covers(self, media_us: int) -> bool:
        return self.start_us <= media_us and (
            self.end_us is None or media_us <= self.end_us
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """Records to seal as one segment."""

    range: KeptRange
    records: list[Record]


class Cutter:
    """Cuts a stream's records, fed in order, into segments.

    A segment ends before the first key frame after 4 s or 2 MiB (a stream without
    video is cut anywhere), and where one recording follows another. Records of no
    recording are passed over. ``done`` is the last position that needs no second
    look: everything up to it is in a cut that was taken, or is not kept. With
    ``is_last`` the last segment is cut where the records end: nobody here gets more.
    """

    def __init__(
        self, ranges: Sequence[KeptRange], *, now_us: int, is_last: bool = False
    ) -> None:
        self.done = 0
        self._ranges = ranges
        self._is_last = is_last
        self._now_us = now_us
        self._range: KeptRange | None = None
        self._pending: list[Record] = []
        self._bytes = 0

    @property
    def due_us(self) -> int:
        """By this time the segment that waits for more is full, while its recording
        runs on; 0 where none waits."""
        if not self._pending:
            return 0
        return self._pending[0].stored.appended_us + SEGMENT_US + KEY_FRAME_US

    def cut(self, records: Iterable[Record]) -> Iterator[Cut]:
        """Ends early at a record of which it is too soon to say that it is kept."""
        for record in records:
            kept = next((r for r in self._ranges if r.covers(record.media_us)), None)
            if kept is None:
                if record.media_us > self._now_us - UNDECIDED_US:
                    break
                self._pass_over(record)
                continue
            if self._pending and (kept != self._range or self._is_full(record)):
                yield self._take()
            self._range = kept
            self._pending.append(record)
            self._bytes += len(record.stored.payload)
        yield from self._rest()

    def _rest(self) -> Iterator[Cut]:
        if not self._pending or self._range is None:
            return
        age_us = self._now_us - self._pending[0].stored.appended_us
        is_over = self._range.end_us is not None
        if self._is_last or is_over or age_us > STALE_US:
            yield self._take()

    def _pass_over(self, record: Record) -> None:
        if not self._pending:
            self.done = record.stored.position

    def _is_full(self, following: Record) -> bool:
        if self._bytes + len(following.stored.payload) > LONGEST_BYTES:
            return True
        span_us = following.media_us - self._pending[0].media_us
        if self._bytes < SEGMENT_BYTES and span_us < SEGMENT_US:
            return False
        if following.header.kind.is_video:
            return following.header.is_key
        return not any(record.header.kind.is_video for record in self._pending)

    def _take(self) -> Cut:
        assert self._range is not None  # noqa: S101 - set with the first record
        cut = Cut(self._range, self._pending)
        self.done = self._pending[-1].stored.position
        self._pending, self._bytes = [], 0
        return cut
