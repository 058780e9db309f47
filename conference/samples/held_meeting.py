"""A meeting that was held and recorded: rows, events, and segments in the archive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

from django.db import transaction
from django.utils import timezone

from conference.models import User
from conference.samples.media import HEIGHT, WIDTH, Chunk, Colour, camera, microphone
from recordings.archive import Source, seal
from recordings.chat_words import chat_words_of
from recordings.kept_pictures import send_pictures
from recordings.models import ExportFormat, Recording
from recordings.rules import request_export
from recordings.segment_index import Record, parse
from rooms.access import Access
from rooms.clock import to_us
from rooms.models import ChatMessage, Participant, Role, Room, Session
from rooms.rules.events import Data, emit
from rooms.streams.contract import Stored
from rooms.streams.record import Header, Kind

TURN_SECONDS = 5  # each speaks so long, one after the other
SEGMENT_SECONDS = 10
DELAY_US = 30_000  # from capture to append


@dataclass(frozen=True, slots=True)
class Guest:
    name: str
    colour: Colour
    voice_hertz: float


def hold(
    room: Room,
    owner: User,
    guests: Sequence[Guest],
    *,
    started_at: datetime,
    seconds: int,
    said: Sequence[str],
) -> Recording:
    """Everybody is there from the first to the last second, all of it recorded, and
    an export of it is queued. The first of the guests is the owner."""
    meeting = _Meeting(room, started_at, seconds)
    with transaction.atomic():
        people = [
            meeting.join(guest, number, owner if number == 1 else None)
            for number, guest in enumerate(guests, 1)
        ]
        recording = meeting.record(owner)
        for index, text in enumerate(said):
            meeting.say(people[index % len(people)], text, 3 + index * TURN_SECONDS)
        meeting.end(people, recording)
    for number, (person, guest) in enumerate(zip(people, guests, strict=True)):
        meeting.keep(recording, person, guest, turn=number, turns=len(people))
    recording.sealed_at = timezone.now()
    recording.chat_words = chat_words_of(recording)
    recording.save(update_fields=["sealed_at", "chat_words"])
    send_pictures(recording.pk)
    request_export(Access(room, Role.OWNER, owner), recording, format=ExportFormat.MP4)
    return recording


class _Meeting:
    def __init__(self, room: Room, started_at: datetime, seconds: int) -> None:
        self.room = room
        self.seconds = seconds
        self.started_at = started_at
        self.ended_at = started_at + timedelta(seconds=seconds)
        # Written with its end: a session that is open would be ended as deserted.
        self.session = Session.objects.create(
            room=room, started_at=started_at, ended_at=self.ended_at
        )

    def join(self, guest: Guest, number: int, user: User | None) -> Participant:
        if number == 1:
            opened = self.session.as_message() | {"ended_us": None}
            self._emit("session.started", {"session": opened}, 0)
        person = Participant.objects.create(
            session=self.session,
            number=number,
            user=user,
            name=guest.name,
            role=Role.OWNER if user else Role.GUEST,
            joined_at=self.started_at,
            left_at=self.ended_at,
            seen_at=self.ended_at,
            consented_at=self.started_at,
        )
        self.session.last_number = number
        self.session.save(update_fields=["last_number"])
        message = person.as_message() | {"connected": True}
        self._emit("participant.joined", {"participant": message}, 0)
        for kind, codec, size in (
            ("microphone", "opus", (0, 0)),
            ("camera", "h264", (WIDTH, HEIGHT)),
        ):
            track = {"kind": kind, "codec": codec, "width": size[0], "height": size[1]}
            data = {"number": number, "track": track | {"started_us": self._us(0)}}
            self._emit("track.started", data, 0)
        return person

    def record(self, owner: User) -> Recording:
        day = f"{self.started_at:%Y-%m-%d}"
        recording = Recording.objects.create(
            session=self.session,
            room=self.room,
            title=f"{self.room.name} {day}",
            started_by=owner,
            started_us=self._us(0),
            ended_us=self._us(self.seconds),
        )
        Recording.objects.filter(pk=recording.pk).update(created_at=self.started_at)
        data = {"id": str(recording.pk), "started_us": recording.started_us}
        self._emit("recording.started", {"recording": data}, 0)
        return recording

    def say(self, person: Participant, text: str, at: float) -> None:
        message = ChatMessage(
            room=self.room,
            session=self.session,
            participant=person,
            sender_name=person.name,
            text=text,
            sent_us=self._us(at),
        )

        def data(position: int) -> Data:
            message.position = position
            return {"message": message.as_message()}

        self._emit("chat.message", data, at)
        message.save(force_insert=True)

    def end(self, people: Sequence[Participant], recording: Recording) -> None:
        data = {
            "id": str(recording.pk),
            "started_us": recording.started_us,
            "ended_us": recording.ended_us,
        }
        self._emit("recording.stopped", {"recording": data}, self.seconds)
        for person in people:
            for kind in ("microphone", "camera"):
                stopped = {"number": person.number, "kind": kind}
                self._emit("track.stopped", stopped, self.seconds)
            left = {"number": person.number, "reason": "left"}
            self._emit("participant.left", left, self.seconds)
        ended = {"session": self.session.as_message()}
        self._emit("session.ended", ended, self.seconds)

    def keep(
        self,
        recording: Recording,
        person: Participant,
        guest: Guest,
        *,
        turn: int,
        turns: int,
    ) -> None:
        starts = range(turn * TURN_SECONDS, self.seconds, turns * TURN_SECONDS)
        spoken = tuple((start, start + TURN_SECONDS) for start in starts)
        chunks = merge(
            microphone(guest.voice_hertz, spoken=spoken, seconds=self.seconds),
            camera(guest.colour, seconds=self.seconds),
            key=lambda chunk: chunk.at,
        )
        source = Source.of(person)
        for records in self._in_segments(chunks):
            seal(source, recording.pk, records)

    def _in_segments(self, chunks: Iterator[Chunk]) -> Iterator[list[Record]]:
        records: list[Record] = []
        ends_at = float(SEGMENT_SECONDS)
        for number, chunk in enumerate(chunks, 1):
            if chunk.at >= ends_at and chunk.kind is Kind.CAMERA and chunk.flags:
                yield records
                records, ends_at = [], ends_at + SEGMENT_SECONDS
            records.append(self._record(chunk, number))
        yield records

    def _record(self, chunk: Chunk, number: int) -> Record:
        captured_us = self._us(chunk.at)
        header = Header(
            kind=chunk.kind,
            codec=chunk.codec,
            flags=chunk.flags,
            layer=0,
            loudness=chunk.loudness,
            epoch=1,
            number=number,
            captured_us=captured_us,
        )
        payload = header.pack() + chunk.payload
        return parse(Stored(number, captured_us + DELAY_US, payload))

    def _us(self, at: float) -> int:
        return to_us(self.started_at) + round(at * 1_000_000)

    def _emit(self, type_: str, data: Any, at: float) -> None:
        emit(self.room.pk, type_, data, session_id=self.session.pk, at_us=self._us(at))
