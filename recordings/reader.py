"""The one reader of what is kept: segments, and then what the hot log still holds.

Replay and exports read through it alone. Synchronous, since it waits for a database
and a storage; sockets call it in a thread.
"""

from collections.abc import Iterator
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db.models import Exists, OuterRef, Q

from recordings.archive import Source, load
from recordings.models import Segment
from recordings.segment_index import Record, parse
from rooms.log import stream_log

PAGE = 50  # index rows


def is_written(room_id: UUID) -> Q:
    """Which participants there is anything to read of: of a webinar's people, a few.

    The log is asked before the index, as below.
    """
    media = f"rooms/{room_id}/media/"
    hot = [
        UUID(stream.removeprefix(media))
        for stream in async_to_sync(stream_log().streams)()
        if stream.startswith(media)
    ]
    sealed = Exists(Segment.objects.filter(participant=OuterRef("pk")))
    return Q(pk__in=hot) | Q(sealed)


def read_stream(source: Source, *, position: int = 1) -> Iterator[list[Record]]:
    """Records of a stream from a position on to its present end, in batches.

    Without gaps (but over what nobody kept) or repeats, also while the stream is
    being sealed: the hot log is read before the index, so what is trimmed from the
    one in between is in the other. Holds one batch: a segment, or 4 MiB of the log.
    """
    read_log = async_to_sync(stream_log().read)
    while True:
        hot = read_log(source.stream, position=position)
        segments = Segment.objects.filter(
            participant_id=source.participant_id, last_position__gte=position
        ).order_by("first_position")
        if hot:
            segments = segments.filter(first_position__lt=hot[0].position)
        page = list(segments[:PAGE])
        for segment in page:
            yield [
                parse(stored) for stored in load(segment) if stored.position >= position
            ]
            position = segment.last_position + 1
        if page:
            continue
        if not hot:
            return
        yield [parse(stored) for stored in hot]
        position = hot[-1].position + 1


def position_at(participant_id: UUID, at_us: int, kinds: set[str]) -> int:
    """Where to begin reading a stream in order to show it at a time.

    That is the last key frame at or before it of each of these kinds of video, or
    else the first segment that reaches to it.
    """
    segments = Segment.objects.filter(participant_id=participant_id)
    position = _first_position_reaching(participant_id, at_us)
    missing = set(kinds)
    earlier = segments.filter(start_us__lte=at_us).order_by("-first_position")
    for segment in earlier[:KEY_SEARCH_SEGMENTS]:
        for track in segment.tracks:
            keys = [key for key in track["keys"] if key[1] <= at_us]
            if track["kind"] in missing and keys:
                missing.discard(track["kind"])
                since_us = keys[-1][1] - KEY_US
                position = min(position, *(p for p, us in keys if us > since_us))
        if not missing:
            break
    return position


# A key frame of each layer comes every 2 s: the best one's is not the last of all.
KEY_US = 2_200_000
# And a segment is cut every few seconds.
KEY_SEARCH_SEGMENTS = 4


def _first_position_reaching(participant_id: UUID, at_us: int) -> int:
    segments = Segment.objects.filter(participant_id=participant_id)
    reaching = segments.filter(end_us__gte=at_us).order_by("first_position")
    first = reaching.values_list("first_position", flat=True).first()
    if first is not None:
        return first
    last = segments.order_by("-first_position").first()
    return last.last_position + 1 if last else 1
