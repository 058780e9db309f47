"""A held meeting: rows, events and media records, at times of the test's choice."""

from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from conference.models import User
from recordings.archive import Source
from recordings.models import Recording
from recordings.sealing import keep_stream, settle_recordings, unsealed_ranges
from rooms.access import Access
from rooms.clock import from_us
from rooms.log import stream_log
from rooms.models import Participant, Role, Room, Session
from rooms.rules.events import emit
from rooms.streams.contract import Entry
from rooms.streams.record import Header
from tests.recordings.media import Chunk

START_US = 4_000_000_000_000_000  # far from what a running server takes for now
DELAY_US = 30_000  # from capture to append


def us(seconds: float) -> int:
    """A time in the meeting, as microseconds since the Unix epoch."""
    return START_US + round(seconds * 1_000_000)


@dataclass
class Person:
    participant: Participant
    numbers: int = 0
    tracks: dict[str, Any] = field(default_factory=dict)


class Meeting:
    """Alice owns the room; times are seconds since the session started."""

    def __init__(self, room_name: str = "Weekly sync") -> None:
        self.alice = User.objects.create_user("alice@example.com", name="Alice")
        self.room = Room.objects.create(name=room_name, owner=self.alice)
        self.session = Session.objects.create(room=self.room, started_at=from_us(us(0)))
        self.access = Access(self.room, Role.OWNER, self.alice)
        self._emit(0, "session.started", {"session": self.session.as_message()})

    def join(self, name: str, at: float = 0) -> Person:
        self.session.last_number += 1
        self.session.save()
        participant = Participant.objects.create(
            session=self.session,
            number=self.session.last_number,
            name=name,
            role=Role.GUEST,
            joined_at=from_us(us(at)),
            seen_at=from_us(us(at)),
            consented_at=from_us(us(at)),
            connected=True,
        )
        message = {"participant": participant.as_message()}
        self._emit(at, "participant.joined", message)
        return Person(participant)

    def leave(self, person: Person, at: float) -> None:
        participant = person.participant
        for kind in list(person.tracks):
            self.stop_track(person, kind, at)
        participant.left_at, participant.connected = from_us(us(at)), False
        participant.save()
        data = {"number": participant.number, "reason": "left"}
        self._emit(at, "participant.left", data)

    def end(self, at: float) -> None:
        self.session.ended_at = from_us(us(at))
        self.session.save()
        self._emit(at, "session.ended", {"session": self.session.as_message()})

    def start_track(self, person: Person, chunk: Chunk, at: float) -> None:
        track: dict[str, Any] = {
            "kind": chunk.kind.wire_name,
            "codec": chunk.codec.wire_name,
            "width": 320 if chunk.kind.is_video else 0,
            "height": 180 if chunk.kind.is_video else 0,
            "started_us": us(at),
        }
        person.tracks[track["kind"]] = track
        self._save_tracks(person)
        data = {"number": person.participant.number, "track": track}
        self._emit(at, "track.started", data)

    def stop_track(self, person: Person, kind: str, at: float) -> None:
        del person.tracks[kind]
        self._save_tracks(person)
        data = {"number": person.participant.number, "kind": kind}
        self._emit(at, "track.stopped", data)

    def send(self, person: Person, *tracks: list[Chunk]) -> None:
        """Append the chunks of all tracks in order of time."""
        chunks = sorted((c for track in tracks for c in track), key=lambda c: c.at)
        entries = [self._entry(person, chunk) for chunk in chunks]
        append = async_to_sync(stream_log().append)
        append(person.participant.stream, entries, fence=1)

    def publish(self, person: Person, *tracks: list[Chunk]) -> None:
        """``send``, with each track announced where it begins."""
        for track in tracks:
            self.start_track(person, track[0], track[0].at)
        self.send(person, *tracks)

    def record(self, start: float, end: float | None) -> Recording:
        recording = Recording.objects.create(
            session=self.session,
            room=self.room,
            title=f"{self.room.name} {timezone.now():%Y-%m-%d}",
            started_by=self.alice,
            started_us=us(start),
            ended_us=None if end is None else us(end),
        )
        return recording

    def keep(self, at: float = 200) -> None:
        """A pass over all streams, as a server process makes it. By default it is so
        late that nothing more can come."""
        ranges = unsealed_ranges([self.session.pk]).get(self.session.pk, [])
        for participant in Participant.objects.filter(session=self.session):
            keep_stream(Source.of(participant), ranges, now_us=us(at))
        settle_recordings(now_us=us(at))

    def _entry(self, person: Person, chunk: Chunk) -> Entry:
        person.numbers += 1
        header = Header(
            chunk.kind,
            chunk.codec,
            chunk.flags,
            chunk.layer,
            chunk.loudness,
            1,
            person.numbers,
            us(chunk.at),
        )
        return Entry(
            1, person.numbers, us(chunk.at) + DELAY_US, header.pack() + chunk.payload
        )

    def _save_tracks(self, person: Person) -> None:
        person.participant.tracks = person.tracks
        person.participant.save(update_fields=["tracks"])

    def _emit(self, at: float, type_: str, data: dict[str, Any]) -> None:
        with transaction.atomic():
            emit(self.room.pk, type_, data, session_id=self.session.pk, at_us=us(at))
