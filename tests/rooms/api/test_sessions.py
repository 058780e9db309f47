"""/sessions/, /sessions/{id}/ and its participants."""

import pytest

from conference.models import User
from rooms.models import Room, Session
from rooms.rules.lifecycle import leave
from rooms.rules.rooms import create_room
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import admit, seat

SESSIONS = "/api/v1/sessions/"


@pytest.fixture
def held(room: Room) -> Session:
    """A session that is over: Grace and Ada were in it."""
    for participant in (seat(room, name="Grace"), seat(room, name="Ada")):
        leave(participant)
    return Session.objects.get(room=room)


def test_the_list_shows_sessions_of_rooms_one_may_see_newest_first(
    client_of: ClientOf, room: Room, held: Session, alice: User, charlie: User
) -> None:
    open_now = seat(room).session
    found = client_of(alice).get(SESSIONS).json()["results"]
    assert [one["id"] for one in found] == [str(open_now.pk), str(held.pk)]
    assert (found[1]["room"], found[1]["room_name"]) == (room.slug, room.name)
    assert found[0]["ended_at"] is None
    assert client_of(charlie).get(SESSIONS).json()["results"] == []
    assert client_of(None).get(SESSIONS).status_code == 401


def test_the_list_is_filtered(
    client_of: ClientOf, room: Room, held: Session, alice: User
) -> None:
    other = seat(create_room(alice, name="Other")).session
    client = client_of(alice)

    def ids(query: str) -> list[str]:
        return [one["id"] for one in client.get(SESSIONS + query).json()["results"]]

    assert ids(f"?room={room.slug}") == [str(held.pk)]
    assert ids("?open=true") == [str(other.pk)]
    assert ids("?open=false") == [str(held.pk)]


def test_one_session_is_for_who_may_see_its_room(
    client_of: ClientOf, held: Session, bob: User, charlie: User
) -> None:
    address = f"{SESSIONS}{held.pk}/"
    assert client_of(bob).get(address).json()["id"] == str(held.pk)
    assert client_of(charlie).get(address).status_code == 404


def test_its_participants_are_those_who_were_there(
    client_of: ClientOf, held: Session, bob: User, charlie: User
) -> None:
    address = f"{SESSIONS}{held.pk}/participants/"
    found = client_of(bob).get(address).json()["results"]
    assert [one["name"] for one in found] == ["Ada", "Grace"]
    assert all(one["left_at"] for one in found)
    assert client_of(charlie).get(address).status_code == 404


def test_a_rooms_participants_are_those_who_are_there_now(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    seat(room, bob)
    leave(seat(room, name="Gone"))
    admit(room, name="On the way")
    address = f"/api/v1/rooms/{room.slug}/participants/"
    found = client_of(bob).get(address).json()["results"]
    assert [(one["name"], one["connected"]) for one in found] == [("Bob", True)]
    assert client_of(charlie).get(address).status_code == 404
