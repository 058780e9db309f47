"""The gate, as a table: who may do what in which room."""

import pytest

from conference.errors import Conflict, Denied, Gone, NotFound, Refused, SignInNeeded
from conference.models import User
from rooms.access import (
    Action,
    access_room,
    access_session,
    check_present,
    visible_rooms,
)
from rooms.models import Entry, Member, Recorders, Role, Room
from rooms.rules.lifecycle import leave
from tests.rooms.people import seat

OK = None


@pytest.fixture
def people(room: Room, alice: User, bob: User, charlie: User) -> dict[str, User | None]:
    host = User.objects.create_user("heidi@example.com", "secret", name="Heidi")
    Member.objects.create(room=room, user=host, role=Role.HOST)
    return {
        "owner": alice,
        "host": host,
        "member": bob,
        "stranger": charlie,
        "nobody": None,
    }


@pytest.mark.parametrize(
    ("entry", "who", "outcome"),
    [
        (Entry.ANYONE, "stranger", OK),
        (Entry.ANYONE, "nobody", OK),
        (Entry.SIGNED_IN, "stranger", OK),
        (Entry.SIGNED_IN, "nobody", SignInNeeded),
        (Entry.MEMBERS, "owner", OK),
        (Entry.MEMBERS, "host", OK),
        (Entry.MEMBERS, "member", OK),
        (Entry.MEMBERS, "stranger", NotFound),
        (Entry.MEMBERS, "nobody", SignInNeeded),
    ],
)
def test_who_may_enter(
    room: Room,
    people: dict[str, User | None],
    entry: Entry,
    who: str,
    outcome: type[Refused] | None,
) -> None:
    room.entry = entry
    room.save(update_fields=["entry"])
    if outcome is None:
        assert access_room(room.slug, people[who], Action.ENTER).room == room
        return
    with pytest.raises(outcome):
        access_room(room.slug, people[who], Action.ENTER)


@pytest.mark.parametrize(
    ("action", "who", "outcome"),
    [
        (Action.SEE, "member", OK),
        (Action.SEE, "stranger", NotFound),
        (Action.SEE, "nobody", SignInNeeded),
        (Action.RECORD, "owner", OK),
        (Action.RECORD, "host", OK),
        (Action.RECORD, "member", Denied),
        (Action.RECORD, "stranger", NotFound),
        (Action.CURATE, "host", OK),
        (Action.CURATE, "member", Denied),
        (Action.MODERATE, "host", OK),
        (Action.MODERATE, "member", Denied),
        (Action.MANAGE, "owner", OK),
        (Action.MANAGE, "host", Denied),
        (Action.MANAGE, "stranger", NotFound),
        (Action.MANAGE, "nobody", SignInNeeded),
    ],
)
def test_who_may_do_what(
    room: Room,
    people: dict[str, User | None],
    action: Action,
    who: str,
    outcome: type[Refused] | None,
) -> None:
    session = seat(room).session
    if outcome is None:
        access_room(room.slug, people[who], action)
        assert access_session(session.pk, people[who], action)[0] == session
        return
    with pytest.raises(outcome):
        access_room(room.slug, people[who], action)
    with pytest.raises(outcome):
        access_session(session.pk, people[who], action)


def test_an_unknown_room_or_session_is_not_found(room: Room, alice: User) -> None:
    with pytest.raises(NotFound):
        access_room("no-such-room", alice, Action.ENTER)
    with pytest.raises(NotFound):
        access_session(room.pk, alice, Action.SEE)


def test_members_record_where_the_room_lets_them(room: Room, bob: User) -> None:
    Room.objects.update(recorders=Recorders.MEMBERS)
    assert access_room(room.slug, bob, Action.RECORD)
    with pytest.raises(Denied):
        access_room(room.slug, bob, Action.CURATE)


def test_a_room_for_members_is_told_from_none_by_no_word(
    room: Room, charlie: User
) -> None:
    Room.objects.update(entry=Entry.MEMBERS)
    with pytest.raises(NotFound) as hidden:
        access_room(room.slug, charlie, Action.ENTER)
    with pytest.raises(NotFound) as missing:
        access_room("no-such-room", charlie, Action.ENTER)
    assert hidden.value.detail == missing.value.detail


def test_visible_are_own_rooms_and_those_of_members(
    room: Room, alice: User, bob: User, charlie: User
) -> None:
    assert list(visible_rooms(alice)) == list(visible_rooms(bob)) == [room]
    assert not visible_rooms(charlie).exists()
    assert not visible_rooms(None).exists()


def test_presence_ends_with_a_newer_page_a_departure_or_the_session(
    room: Room, alice: User
) -> None:
    staying, leaving = seat(room, alice), seat(room)
    check_present(staying, epoch=1)
    with pytest.raises(Conflict):
        check_present(staying, epoch=2)
    leave(leaving)
    leaving.refresh_from_db()
    with pytest.raises(Gone) as left:
        check_present(leaving, epoch=1)
    assert left.value.code == "participant_left"
    leave(staying)
    staying.session.refresh_from_db()
    with pytest.raises(Gone) as over:
        check_present(staying, epoch=1)
    assert over.value.code == "session_over"
