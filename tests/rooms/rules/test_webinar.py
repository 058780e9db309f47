"""Webinars: guests only watch, and are told of by their number."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from conference.errors import Conflict, Denied, Gone, Invalid
from conference.models import User
from rooms.access import KINDS, publishable
from rooms.models import Event, Member, Participant, Role, Room
from rooms.rules.attendees import list_attendees, tell_counts
from rooms.rules.chat import send_message
from rooms.rules.hand import lower_hand, raise_hand
from rooms.rules.lifecycle import connect, leave
from rooms.rules.moderation import change_role, end_session
from rooms.rules.rooms import create_room, update_room
from rooms.rules.snapshot import take_snapshot
from rooms.rules.tracks import Announcement, start_track
from tests.rooms.people import admit, seat

CAMERA = Announcement("camera", "vp8", 640, 360)


@pytest.fixture
def webinar(alice: User, bob: User) -> Room:
    room = create_room(alice, name="All hands", kind="webinar")
    Member.objects.create(room=room, user=bob, role=Role.MEMBER)
    return room


def told(room: Room) -> list[str]:
    events = Event.objects.filter(room=room).order_by("position")
    return list(events.values_list("type", flat=True))


def test_hosts_and_members_publish_and_guests_do_not(
    webinar: Room, alice: User, bob: User, charlie: User
) -> None:
    for person in (alice, bob):
        assert publishable(seat(webinar, person)) == list(KINDS)
        start_track(seat(webinar, person), CAMERA)
    for attendee in (seat(webinar, charlie), seat(webinar, name="Grace")):
        assert publishable(attendee) == []
        with pytest.raises(Denied):
            start_track(attendee, CAMERA)


def test_attendees_come_and_go_as_a_number(webinar: Room, alice: User) -> None:
    owner = seat(webinar, alice)
    before = told(webinar)
    attendees = [seat(webinar, name=f"Guest {number}") for number in range(3)]
    admit(webinar, name="On the way")
    leave(attendees[0])
    assert told(webinar) == before
    tell_counts(timezone.now())
    tell_counts(timezone.now())
    assert told(webinar) == [*before, "attendees.counted"]
    _position, snapshot = take_snapshot(owner.session)
    assert [one["name"] for one in snapshot["participants"]] == ["Alice"]
    assert snapshot["attendees"] == {"count": 2, "hands": []}


def test_an_attendee_whose_place_is_gone_does_not_get_in(webinar: Room) -> None:
    replaced, gone = admit(webinar), admit(webinar)
    Participant.objects.filter(pk=replaced.pk).update(epoch=2)
    leave(Participant.objects.get(pk=gone.pk))
    with pytest.raises(Conflict):
        connect(replaced)
    with pytest.raises(Gone):
        connect(gone)
    assert not Participant.objects.filter(connected=True).exists()


def test_an_attendee_who_comes_again_ends_the_older_connection(webinar: Room) -> None:
    first = admit(webinar)
    again = Participant.objects.select_related("session__room").get(pk=first.pk)
    assert (connect(first).connection, connect(again).connection) == (1, 2)


def test_a_snapshot_costs_the_same_however_many_attend(
    webinar: Room,
    alice: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = seat(webinar, alice)
    for number in range(20):
        seat(webinar, name=f"Guest {number}")
    with django_assert_num_queries(9):  # two of them begin and end the transaction
        first = take_snapshot(owner.session)
    seat(webinar, name="Ivan")
    with django_assert_num_queries(1):
        assert take_snapshot(owner.session) == first


def test_who_is_promoted_publishes_and_who_is_demoted_does_not(
    webinar: Room, alice: User
) -> None:
    owner, grace = seat(webinar, alice), seat(webinar, name="Grace")
    raise_hand(grace)
    change_role(owner.session, number=grace.number, role="member")
    start_track(grace, CAMERA)
    _position, snapshot = take_snapshot(owner.session)
    assert [one["name"] for one in snapshot["participants"]] == ["Alice", "Grace"]
    assert snapshot["participants"][1]["hand_raised_us"] is None
    assert snapshot["attendees"]["hands"] == []

    fence = Participant.objects.get(pk=grace.pk).fence
    change_role(owner.session, number=grace.number, role="guest")
    assert Participant.objects.get(pk=grace.pk).fence > fence  # ends its media socket
    assert told(webinar)[-2:] == ["track.stopped", "participant.left"]
    with pytest.raises(Denied):
        start_track(grace, CAMERA)


def test_a_hand_of_an_attendee_is_seen_and_lowered_by_hosts(
    webinar: Room, alice: User
) -> None:
    owner, grace = seat(webinar, alice), seat(webinar, name="Grace")
    heidi = seat(webinar, name="Heidi")
    raise_hand(heidi)
    raise_hand(grace)
    _position, snapshot = take_snapshot(owner.session)
    hands = snapshot["attendees"]["hands"]
    assert [one["name"] for one in hands] == ["Heidi", "Grace"]
    lower_hand(owner, number=heidi.number)
    _position, snapshot = take_snapshot(owner.session)
    assert [one["name"] for one in snapshot["attendees"]["hands"]] == ["Grace"]


def test_attendees_write_where_the_room_lets_them(webinar: Room, alice: User) -> None:
    owner, grace = seat(webinar, alice), seat(webinar, name="Grace")
    send_message(grace, text="Hello")
    update_room(webinar, attendees_chat=False)
    with pytest.raises(Denied) as refused:
        send_message(grace, text="Hello?")
    assert refused.value.code == "chat_closed"
    send_message(owner, text="Questions at the end")


def test_attendees_have_a_limit_of_their_own(
    webinar: Room, alice: User, bob: User, settings: Settings
) -> None:
    settings.PARTICIPANTS_LIMIT = settings.ATTENDEES_LIMIT = 1
    admit(webinar)
    with pytest.raises(Conflict):
        admit(webinar)
    admit(webinar, alice)
    with pytest.raises(Conflict):
        admit(webinar, bob)


def test_nobody_is_promoted_into_a_full_webinar(
    webinar: Room, alice: User, settings: Settings
) -> None:
    settings.PARTICIPANTS_LIMIT = 1
    owner, grace = seat(webinar, alice), seat(webinar, name="Grace")
    with pytest.raises(Conflict):
        change_role(owner.session, number=grace.number, role="member")
    assert Participant.objects.get(pk=grace.pk).role == Role.GUEST


def test_hosts_list_attendees_and_nobody_else_does(
    webinar: Room, alice: User, bob: User
) -> None:
    owner, member = seat(webinar, alice), seat(webinar, bob)
    attendees = [seat(webinar, name=f"Guest {number}") for number in range(101)]
    first, more = list_attendees(owner, after=0)
    assert (len(first), more) == (100, True)
    rest, more = list_attendees(owner, after=first[-1]["number"])
    assert ([one["name"] for one in rest], more) == (["Guest 100"], False)
    for participant in (member, attendees[0]):
        with pytest.raises(Denied):
            list_attendees(participant, after=0)


def test_a_webinar_ends_for_all_at_once(webinar: Room, alice: User) -> None:
    owner, grace = seat(webinar, alice), seat(webinar, name="Grace")
    admit(webinar, name="On the way")
    raise_hand(grace)
    end_session(owner)
    assert told(webinar)[-2:] == ["participant.left", "session.ended"]
    grace.refresh_from_db()
    assert grace.left_at is not None
    assert not Participant.objects.filter(left_at=None).exists()


def test_a_kind_stays_while_a_session_is_open(webinar: Room, alice: User) -> None:
    owner = seat(webinar, alice)
    update_room(webinar, kind="webinar", name="Town hall")
    with pytest.raises(Invalid) as refused:
        update_room(webinar, kind="meeting")
    assert refused.value.field == "kind"
    leave(owner)
    assert update_room(webinar, kind="meeting").kind == "meeting"
