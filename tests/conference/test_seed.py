"""``manage.py seed`` makes what fits together, and can be looked at."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from conference.models import User
from conference.samples.bulk import Scale, make_bulk
from recordings.archive import load
from recordings.models import Export, Recording, RecordingState, Segment
from recordings.recorded import session_timeline
from rooms.access import visible_rooms
from rooms.clock import to_us
from rooms.models import ChatMessage, Event, Room, Session

SMALL = Scale(users=5, rooms=10, recordings=60, messages=300)


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("alice@example.com", "secret", name="Alice")


@pytest.fixture
def bulk(owner: User) -> list[str]:
    told: list[str] = []
    make_bulk(SMALL, owner, tell=told.append)
    return told


def test_bulk_makes_as_much_as_asked_and_says_how_far_it_is(
    bulk: list[str], owner: User
) -> None:
    assert Room.objects.count() == 10
    assert visible_rooms(owner).count() == 2
    assert Recording.objects.in_state(RecordingState.READY).count() == 60
    assert ChatMessage.objects.count() == 300
    assert bulk[-1] == "60 of 60 sessions with their recordings and chat"


def test_bulk_events_have_no_gaps_and_end_at_the_position_of_their_room(
    bulk: list[str],
) -> None:
    for room in Room.objects.all():
        positions = room.events.order_by("position").values_list("position", flat=True)
        assert list(positions) == list(range(1, room.position + 1))


def test_bulk_chat_is_in_its_events(bulk: list[str]) -> None:
    message = ChatMessage.objects.select_related("participant").first()
    assert message is not None
    event = Event.objects.get(room=message.room_id, position=message.position)
    assert event.data["message"] == message.as_message()


def test_bulk_rows_carry_the_dates_of_their_sessions(bulk: list[str]) -> None:
    assert not Recording.objects.exclude(created_at=F("session__started_at")).exists()


def test_bulk_is_the_same_each_time(owner: User) -> None:
    made = []
    for _ in range(2):
        make_bulk(SMALL, owner, tell=lambda line: None)
        made.append(list(Room.objects.order_by("name").values("slug", "position")))
        Room.objects.all().delete()
        User.objects.exclude(pk=owner.pk).delete()
    assert made[0] == made[1]


@pytest.mark.django_db(transaction=True)
def test_few_can_be_seen_and_read(client: Client) -> None:
    call_command("seed", stdout=StringIO())
    client.force_login(User.objects.get(email="alice@example.com"))
    assert "Weekly sync" in client.get("/").content.decode()
    assert Recording.objects.in_state(RecordingState.READY).count() == 3
    assert Export.objects.count() == 3
    for segment in Segment.objects.all():
        assert len(load(segment)) == segment.records


@pytest.mark.django_db(transaction=True)
def test_few_take_turns_in_speaking(client: Client) -> None:
    call_command("seed", stdout=StringIO())
    session = Session.objects.latest("started_at")
    assert session.ended_at is not None
    start_us, end_us = to_us(session.started_at), to_us(session.ended_at)
    timeline = session_timeline(session, start_us=start_us, until_us=end_us)
    assert [person.name for person in timeline.people] == ["Alice", "Bob", "Carol"]
    assert all(person.speaking for person in timeline.people)


def test_what_is_there_is_not_mixed_with_samples(owner: User) -> None:
    Room.objects.create(name="Board", owner=owner)
    with pytest.raises(CommandError, match="already"):
        call_command("seed")
    assert Room.objects.count() == 1
