"""/rooms/ and /rooms/{slug}/."""

import pytest

from conference.models import User
from rooms.models import Room
from rooms.rules.lifecycle import leave
from rooms.rules.rooms import create_room
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import seat

ROOMS = "/api/v1/rooms/"


def test_get_lists_own_rooms_and_those_of_members_newest_first(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    own = create_room(bob, name="Bob's")
    page = client_of(bob).get(ROOMS).json()
    assert [one["slug"] for one in page["results"]] == [own.slug, room.slug]
    assert client_of(charlie).get(ROOMS).json()["results"] == []


def test_get_comes_in_pages(client_of: ClientOf, alice: User) -> None:
    made = [create_room(alice, name=str(number)).slug for number in range(5)]
    client = client_of(alice)
    found, address = [], f"{ROOMS}?page_size=2"
    while address:
        page = client.get(address).json()
        assert len(page["results"]) <= 2
        found += [one["slug"] for one in page["results"]]
        address = page["next"]
    assert found == made[::-1]
    assert len(client.get(f"{ROOMS}?page_size=1000").json()["results"]) == 5


@pytest.mark.parametrize("cursor", ["x", "cD1ub25zZW5zZQ==", "bz0tMQ=="])
def test_a_cursor_that_is_none_is_not_found(
    client_of: ClientOf, alice: User, cursor: str
) -> None:
    answer = client_of(alice).get(ROOMS, {"cursor": cursor})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not_found"


def test_post_makes_a_room_of_ones_own(client_of: ClientOf, alice: User) -> None:
    answer = client_of(alice).post(ROOMS, {"name": " Weekly ", "entry": "members"})
    assert answer.status_code == 201
    room = Room.objects.get()
    assert answer.json() == {
        "id": str(room.pk),
        "slug": room.slug,
        "name": "Weekly",
        "entry": "members",
        "kind": "meeting",
        "attendees_chat": True,
        "recorders": "hosts",
        "retention_days": 0,
        "keep_unrecorded_days": 0,
        "archived_at": None,
        "owner": "Alice",
        "created_at": room.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert room.owner == alice


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\u0007b"}, "name"),
        ({"name": "x", "entry": "all"}, "entry"),
        ({"name": "x", "recorders": "all"}, "recorders"),
        ({"name": "x", "retention_days": -1}, "retention_days"),
        ({"name": "x", "retention_days": 3651}, "retention_days"),
        ({"name": "x", "keep_unrecorded_days": -1}, "keep_unrecorded_days"),
    ],
)
def test_post_of_a_room_that_cannot_be_names_the_field(
    client_of: ClientOf, alice: User, body: dict[str, str], attr: str
) -> None:
    answer = client_of(alice).post(ROOMS, body)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Room.objects.exists()


def test_get_one_is_for_who_may_see_it(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    address = f"{ROOMS}{room.slug}/"
    assert client_of(bob).get(address).json()["name"] == "Weekly sync"
    assert client_of(charlie).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 401


def test_patch_is_for_the_owner(
    client_of: ClientOf, room: Room, alice: User, bob: User, charlie: User
) -> None:
    address, body = f"{ROOMS}{room.slug}/", {"name": "Retrospective"}
    assert client_of(bob).patch(address, body).status_code == 403
    assert client_of(charlie).patch(address, body).status_code == 404
    room.refresh_from_db()
    assert room.name == "Weekly sync"
    answer = client_of(alice).patch(address, body)
    assert (answer.status_code, answer.json()["name"]) == (200, "Retrospective")


def test_patch_sets_who_records_and_for_how_long_it_is_kept(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    body = {"recorders": "members", "retention_days": 30}
    answer = client_of(alice).patch(f"{ROOMS}{room.slug}/", body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


def test_put_is_no_way_to_change_a_room(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    answer = client_of(alice).put(f"{ROOMS}{room.slug}/", {"name": "x"})
    assert answer.status_code == 405


def test_delete_is_for_the_owner_and_not_during_a_session(
    client_of: ClientOf, room: Room, alice: User, bob: User
) -> None:
    address = f"{ROOMS}{room.slug}/"
    assert client_of(bob).delete(address).status_code == 403
    participant = seat(room, alice)
    answer = client_of(alice).delete(address)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "session_open"
    leave(participant)
    assert client_of(alice).delete(address).status_code == 204
    assert not Room.objects.exists()
