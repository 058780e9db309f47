"""What an exporter needs of a recording: its events as a timeline, its streams."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max, Min, TextField
from django.db.models.functions import Cast

from recordings.archive import Source
from recordings.models import Recording, Segment
from recordings.reader import read_stream
from recordings.segment_index import Record, Span, join_spans
from recordings.timeline import Timeline, build_timeline
from rooms.models import Event, Participant, Session

# In the JSON of a segment's tracks, where anybody is heard: of many people most are
# silent, and to read the JSON of all takes most of the time.
SOME_VOICE = '"voice": [['


def session_timeline(session: Session, *, start_us: int, until_us: int) -> Timeline:
    events = Event.objects.filter(session=session).order_by("position")
    return build_timeline(
        (event.as_message() for event in events.iterator()),
        start_us=start_us,
        until_us=until_us,
        voices=_voices(session),
    )


def _voices(session: Session) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    rows = Segment.objects.annotate(text=Cast("tracks", TextField())).filter(
        participant__session=session, text__contains=SOME_VOICE
    )
    for number, tracks in rows.values_list("participant__number", "tracks"):
        for track in tracks:
            spans.setdefault(number, []).extend(
                (start, end) for start, end in track["voice"]
            )
    return {number: join_spans(found) for number, found in spans.items()}


@dataclass(frozen=True, slots=True)
class Stream:
    """A participant's part of a recording."""

    participant: Participant
    first_position: int
    last_position: int


def streams_of(recording: Recording) -> list[Stream]:
    """Everybody of whom something was recorded, in order of arrival."""
    bounds = (
        recording.segments.values("participant")
        .annotate(first=Min("first_position"), last=Max("last_position"))
        .values_list("participant", "first", "last")
    )
    by_id = {participant: (first, last) for participant, first, last in bounds}
    people = Participant.objects.filter(pk__in=by_id).select_related("session")
    return [Stream(person, *by_id[person.pk]) for person in people.order_by("number")]


def read_recorded(
    recording: Recording,
    stream: Stream,
    *,
    start_us: int | None = None,
    end_us: int | None = None,
    position: int = 1,
) -> Iterator[list[Record]]:
    """The records of one participant that belong to a recording, in batches.

    ``start_us``, ``end_us``: less of it. ``position``: where to begin reading.
    """
    assert recording.ended_us is not None  # noqa: S101 - sealed
    first_us = recording.started_us if start_us is None else start_us
    last_us = recording.ended_us if end_us is None else end_us
    source = Source.of(stream.participant)
    for batch in read_stream(source, position=max(position, stream.first_position)):
        yield [
            record
            for record in batch
            if record.stored.position <= stream.last_position
            and first_us <= record.media_us <= last_us
        ]
        if batch[-1].stored.position >= stream.last_position:
            return
