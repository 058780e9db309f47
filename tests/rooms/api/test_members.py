"""/rooms/{slug}/members/."""

import pytest

from conference.models import User
from rooms.models import Member, Role, Room
from tests.rooms.api.conftest import ClientOf


def address(room: Room, member: Member | None = None) -> str:
    members = f"/api/v1/rooms/{room.slug}/members/"
    return f"{members}{member.pk}/" if member else members


def test_the_owner_adds_people_who_have_signed_up(
    client_of: ClientOf, room: Room, alice: User, charlie: User
) -> None:
    body = {"email": "Charlie@Example.com", "role": "host"}
    answer = client_of(alice).post(address(room), body)
    assert answer.status_code == 201
    member = Member.objects.get(user=charlie)
    assert (member.room, member.role) == (room, Role.HOST)
    made = answer.json()
    assert (made["name"], made["email"], made["role"]) == (
        "Charlie",
        "charlie@example.com",
        "host",
    )
    found = client_of(charlie).get(address(room)).json()["results"]
    assert [one["name"] for one in found] == ["Charlie", "Bob"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "required"),
        ({"email": "nobody@example.com"}, 400, "unknown_user"),
        ({"email": "no address"}, 400, "invalid"),
        ({"email": "charlie@example.com", "role": "owner"}, 400, "invalid_choice"),
        ({"email": "alice@example.com"}, 409, "is_owner"),
        ({"email": "bob@example.com"}, 409, "already_member"),
    ],
)
def test_who_cannot_be_added_is_not(
    client_of: ClientOf,
    room: Room,
    alice: User,
    charlie: User,
    body: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = client_of(alice).post(address(room), body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["code"] == code
    assert Member.objects.count() == 1


def test_roles_are_changed_by_the_owner(
    client_of: ClientOf, room: Room, alice: User, bob: User, charlie: User
) -> None:
    member = Member.objects.get(user=bob)
    for person, status in ((bob, 403), (charlie, 404), (alice, 200)):
        answer = client_of(person).patch(address(room, member), {"role": "host"})
        assert answer.status_code == status
    member.refresh_from_db()
    assert member.role == Role.HOST


def test_members_are_removed_by_the_owner_or_leave(
    client_of: ClientOf, room: Room, alice: User, bob: User, charlie: User
) -> None:
    bobs = Member.objects.get(user=bob)
    charlies = Member.objects.create(room=room, user=charlie)
    assert client_of(bob).delete(address(room, charlies)).status_code == 403
    assert client_of(bob).delete(address(room, bobs)).status_code == 204
    assert client_of(bob).get(address(room)).status_code == 404
    assert client_of(alice).delete(address(room, charlies)).status_code == 204
    assert not Member.objects.exists()


def test_a_member_of_another_room_is_not_found(
    client_of: ClientOf, room: Room, alice: User, bob: User
) -> None:
    other = Room.objects.create(owner=alice, name="Other")
    member = Member.objects.get(user=bob)
    assert client_of(alice).get(address(other, member)).status_code == 404
