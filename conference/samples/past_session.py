"""Sessions that are over, each with its people, events, chat and one recording."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model

from conference.models import User
from conference.samples.table import Table
from recordings.models import Export, ExportFormat, ExportState, Recording, Segment
from rooms.clock import from_us, to_us
from rooms.models import ChatMessage, Event, Participant, Role, Room, Session

FIRST_STARTS_AT = datetime(2025, 1, 6, 8, tzinfo=UTC)
BETWEEN = timedelta(minutes=15)  # of the starts of two sessions
LENGTH_US = 30 * 60 * 1_000_000
PEOPLE = 3
KEPT_AT_ONCE = 500  # sessions whose rows are in memory
WORDS = (
    "about again agree answer budget change customer design every figure good idea "
    "later maybe month next notes number plan please point question release report "
    "screen share team test thanks think today tomorrow week when which work"
)
# In the order in which rows refer to each other.
ORDER: tuple[type[Model], ...] = (
    Session,
    Participant,
    Event,
    ChatMessage,
    Recording,
    Segment,
    Export,
)


class PastSessions:
    """Collects rows; ``flush`` writes the rest, inside the caller's transaction.

    Raises each room's ``position`` with its events; saving that is the caller's.
    """

    def __init__(self, random: Random, *, messages: int) -> None:
        self._random = random
        self._messages = messages
        self._words = WORDS.split()
        self._count = 0
        self._event = Event()  # one object for all of them
        self._tables = {model: Table(model) for model in ORDER}

    def add(self, room: Room, users: list[User]) -> None:
        starts_at = FIRST_STARTS_AT + self._count * BETWEEN
        self._count += 1
        ends_at = starts_at + timedelta(microseconds=LENGTH_US)
        session = self._keep(
            Session(
                pk=self._id(),
                room=room,
                started_at=starts_at,
                ended_at=ends_at,
                last_number=PEOPLE,
            )
        )
        people = self._add_people(session, users)
        recording = self._recording(session)
        self._tell_what_happened(session, people, recording)
        self._add_files(recording, people)
        self._keep(recording)
        if self._count % KEPT_AT_ONCE == 0:
            self.flush()

    def flush(self) -> None:
        for table in self._tables.values():
            table.flush()

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _keep(self, row: Any) -> Any:
        self._tables[type(row)].add(row)
        return row

    def _add_people(self, session: Session, users: list[User]) -> list[Participant]:
        there = [session.room.owner, *self._random.sample(users, PEOPLE - 1)]
        return [
            self._keep(
                Participant(
                    pk=self._id(),
                    session=session,
                    number=number,
                    user=user,
                    name=user.get_full_name(),
                    role=Role.OWNER if number == 1 else Role.GUEST,
                    joined_at=session.started_at,
                    left_at=session.ended_at,
                    seen_at=from_us(_end_us(session)),
                    consented_at=session.started_at,
                )
            )
            for number, user in enumerate(there, 1)
        ]

    def _recording(self, session: Session) -> Recording:
        start_us = to_us(session.started_at)
        return Recording(
            pk=self._id(),
            session=session,
            room=session.room,
            title=f"{session.room.name} {session.started_at:%Y-%m-%d}",
            started_by=session.room.owner,
            started_us=start_us + self._random.randrange(60) * 1_000_000,
            ended_us=_end_us(session),
            sealed_at=session.ended_at,
            created_at=session.started_at,
            chat_words=" ".join(self._words),
        )

    def _tell_what_happened(
        self, session: Session, people: list[Participant], recording: Recording
    ) -> None:
        start_us = to_us(session.started_at)
        end_us = _end_us(session)
        ended_at, session.ended_at = session.ended_at, None
        self._emit(session, "session.started", start_us, session=session.as_message())
        session.ended_at = ended_at
        for person in people:
            joined = person.as_message()
            self._emit(session, "participant.joined", start_us, participant=joined)
        kept = {"id": str(recording.pk), "started_us": recording.started_us}
        self._emit(session, "recording.started", recording.started_us, recording=kept)
        self._chat(session, people, recording.started_us)
        kept = {**kept, "ended_us": end_us}
        self._emit(session, "recording.stopped", end_us, recording=kept)
        for person in people:
            data = {"number": person.number, "reason": "left"}
            self._emit(session, "participant.left", end_us, **data)
        self._emit(session, "session.ended", end_us, session=session.as_message())

    def _chat(self, session: Session, people: list[Participant], after_us: int) -> None:
        pause_us = (_end_us(session) - after_us) // (self._messages + 1)
        message = ChatMessage(room=session.room, session=session)
        for index in range(self._messages):
            message.pk = self._id()
            message.participant = sender = people[index % len(people)]
            message.sender_name = sender.name
            message.text = " ".join(self._random.choices(self._words, k=8))
            message.sent_us = after_us + (index + 1) * pause_us
            message.position = session.room.position + 1
            self._keep(message)
            data = {"message": message.as_message()}
            self._emit(session, "chat.message", message.sent_us, **data)

    def _emit(self, session: Session, type_: str, at_us: int, /, **data: Any) -> None:
        session.room.position += 1
        event = self._event
        event.pk = self._id()
        event.room_id, event.session_id = session.room_id, session.pk
        event.position = session.room.position
        event.type, event.at_us, event.data = type_, at_us, data
        self._keep(event)

    def _add_files(self, recording: Recording, people: list[Participant]) -> None:
        for person in people[:2]:
            segment = self._keep(self._segment(recording, person))
            recording.bytes += segment.bytes
        if self._count % 5 < 2:
            self._keep(self._export(recording))

    def _segment(self, recording: Recording, person: Participant) -> Segment:
        size = self._random.randrange(1_000_000, 40_000_000)
        return Segment(
            pk=self._id(),
            participant=person,
            recording=recording,
            first_position=1,
            last_position=90_000,
            start_us=recording.started_us,
            end_us=_end_us(recording.session),
            bytes=size,
            records=90_000,
            key=f"samples/{person.pk}.seg",
        )

    def _export(self, recording: Recording) -> Export:
        state = self._random.choices(
            (ExportState.READY, ExportState.FAILED, ExportState.CANCELLED),
            (90, 5, 5),
        )[0]
        export = Export(
            pk=self._id(),
            created_at=from_us(_end_us(recording.session)),
            recording=recording,
            format=self._random.choice(ExportFormat.values),
            state=state,
            requested_by=recording.started_by,
            started_at=recording.sealed_at,
            finished_at=recording.sealed_at,
            seen_at=recording.sealed_at,
        )
        if state == ExportState.READY:
            export.progress, export.bytes = 1, self._random.randrange(90_000_000)
            export.key = f"samples/{export.pk}.mp4"
        if state == ExportState.FAILED:
            export.error_code = "storage_failed"
            export.error_detail = "The storage did not take the file."
        return export


def _end_us(session: Session) -> int:
    return to_us(session.started_at) + LENGTH_US
