"""One layer of each video track, for whoever shows or keeps a track as one sequence."""

from collections import defaultdict
from collections.abc import Iterable

from recordings.segment_index import Record
from rooms.streams.layers import BestLayer
from rooms.streams.record import Kind


class BestLayers:
    """Of a stream's records, told in order, those of the best layer of each track at
    each time, and all sound."""

    def __init__(self) -> None:
        self._tracks: dict[Kind, BestLayer] = defaultdict(BestLayer)
        self._epoch = 0

    def pick(self, records: Iterable[Record]) -> list[Record]:
        return [record for record in records if self.takes(record)]

    def takes(self, record: Record) -> bool:
        header = record.header
        if header.epoch != self._epoch:  # a page that was reloaded
            self._tracks.clear()
            self._epoch = header.epoch
        if not header.kind.is_video:
            return True
        track = self._tracks[header.kind]
        if record.is_end:
            track.end()
            return True
        return track.takes(
            header.spatial, is_key=header.is_key, time_us=record.media_us
        )
