"""Rows of meetings that are on, or were: nobody sends anything."""

from datetime import timedelta

from django.utils import timezone

from conference.models import User
from recordings.models import Export, Recording
from rooms.access import Access, Action, access_room
from rooms.clock import to_us
from rooms.models import Participant, Room, Session
from rooms.rules import chat, hand, lifecycle, tracks

HOUR_US = 3600 * 1_000_000
NAMES = (
    "Bob",
    "Charlotte Featherstonehaugh-Montgomery, Head of Everything Else",
    "李雷",
    "Dmitri Ivanov",
    "Ève",
    "Фёдор",
    "O'Brien <b>",
)


def fill(room: Room, count: int) -> list[Participant]:
    """People without pictures: some speak, some have a hand up, one wrote."""
    access = access_room(room.slug, None, Action.ENTER)
    people = [enter(access, number) for number in range(count)]
    for person in people[::2]:
        tracks.start_track(person, tracks.Announcement("microphone", "opus", 0, 0))
    for person in people[1:3]:
        hand.raise_hand(person)
    chat.send_message(people[0], text="The plan: https://example.com/plan\nComments?")
    chat.send_message(people[0], text="I share my screen in a minute.")
    chat.send_message(people[1], text="<b>Markup</b> stays text.")
    return people


def enter(access: Access, number: int) -> Participant:
    name = NAMES[number % len(NAMES)]
    name += f" {number}" if number >= len(NAMES) else ""
    person = lifecycle.connect(lifecycle.join(access, name=name, consent=True))
    # Nobody is there in truth: keep presence from noticing.
    ahead = timezone.now() + timedelta(hours=1)
    Participant.objects.filter(pk=person.pk).update(seen_at=ahead)
    return person


def past_session(room: Room, *, people: int = 4, hours: float = 0.5) -> Session:
    fill(room, people)
    session = Session.objects.get(room=room)
    for person in session.participants.filter(left_at=None):
        lifecycle.leave(person)
    session.refresh_from_db()
    stretch(session, round(hours * HOUR_US))
    return session


def stretch(session: Session, length_us: int) -> None:
    """Seeding takes an instant; a meeting takes its time."""
    assert session.ended_at is not None
    first_us, last_us = to_us(session.started_at), to_us(session.ended_at)
    for event in session.events.all():
        event.at_us = first_us + (event.at_us - first_us) * length_us // (
            last_us - first_us
        )
        if event.type == "chat.message":
            event.data["message"]["sent_us"] = event.at_us
        event.save()
    session.ended_at = session.started_at + timedelta(microseconds=length_us)
    session.save()


def keep(room: Room, owner: User, *, people: int = 4, hours: float = 0.5) -> Recording:
    """The second half of a meeting, and files of it in every state."""
    session = past_session(room, people=people, hours=hours)
    assert session.ended_at is not None
    recording = Recording.objects.create(
        session=session,
        room=session.room,
        title="Planning for the second half of the year",
        started_by=owner,
        started_us=to_us(session.started_at) + round(hours * HOUR_US) // 2,
        ended_us=to_us(session.ended_at),
        sealed_at=session.ended_at,
    )
    now = timezone.now()
    states = (
        {"state": "running", "progress": 0.37},
        {"state": "queued", "format": "tracks"},
        {"state": "failed", "error_detail": "The storage did not take the file."},
        {"state": "cancelled", "format": "webm"},
        {"state": "ready", "format": "tracks", "bytes": 73_400_320},
    )
    for state in states:
        Export.objects.create(
            **{"recording": recording, "format": "mp4", "finished_at": now} | state
        )
    return recording
