"""One participant's records, read along in time and dealt out to their tracks."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from recordings.segment_index import Record
from rooms.streams.record import Kind

# How far the tracks of one stream may lie apart in it: a busy machine sends a picture
# seconds after the sound of the same moment. What waits for its time is still encoded.
SKEW_US = 5_000_000


class Track(Protocol):
    def push(self, record: Record) -> None: ...


class Feed:
    """Holds one batch of the reader, and hands out records up to a time.

    ``make_track`` gives None for a kind that nobody wants.
    """

    def __init__(
        self,
        batches: Iterator[list[Record]],
        make_track: Callable[[Kind], Track | None],
    ) -> None:
        self._batches = batches
        self._batch: deque[Record] = deque()
        self._make_track = make_track
        self._tracks: dict[Kind, Track | None] = {}

    def advance(self, at_us: int) -> None:
        """Deal out every record that may be wanted at this time."""
        while self._fill() and self._batch[0].media_us <= at_us + SKEW_US:
            record = self._batch.popleft()
            kind = record.header.kind
            if not record.payload and not record.is_end:
                continue  # a decoder would take it for the end of all
            if kind not in self._tracks:
                self._tracks[kind] = self._make_track(kind)
            track = self._tracks[kind]
            if track is not None:
                track.push(record)

    def _fill(self) -> bool:
        while not self._batch:
            batch = next(self._batches, None)
            if batch is None:
                return False
            self._batch.extend(batch)
        return True
