"""The pages of rooms: the list, a room's rules and members, archive and delete."""

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import User
from recordings.models import Recording
from rooms.models import Entry, Member, Recorders, Role, Room
from rooms.rules.lifecycle import leave
from rooms.rules.rooms import archive_room, create_room, update_room
from tests.pages.conftest import SignedIn
from tests.rooms.people import seat

ROOMS = "/rooms/"


def address(room: Room, page: str = "settings") -> str:
    return f"/rooms/{room.slug}/{page}/"


def rules(**changes: object) -> dict[str, object]:
    return {
        "name": "Weekly sync",
        "kind": "meeting",
        "entry": "anyone",
        "recorders": "hosts",
        "retention_days": 0,
        "keep_unrecorded_days": 0,
    } | changes


def test_list_has_own_rooms_and_those_of_members(
    alice: User, bob: User, charlie: User, room: Room, signed_in: SignedIn
) -> None:
    assert room.name in signed_in(alice).get(ROOMS).text
    bobs = signed_in(bob).get(ROOMS).text
    assert room.name in bobs
    assert "of Alice" in bobs
    assert room.name not in signed_in(charlie).get(ROOMS).text


def test_list_needs_a_sign_in(client: Client, db: None) -> None:
    answer = client.get(ROOMS)
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_list_is_searched_and_htmx_gets_what_was_found_alone(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    assert "No room is called" in alices.get(ROOMS, {"search": "x"}).text
    part = alices.get(ROOMS, {"search": "WEEK"}, headers={"HX-Request": "true"})
    assert room.name in part.text
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_list_comes_in_pages_and_a_number_past_the_end_is_the_last(
    alice: User, signed_in: SignedIn
) -> None:
    for number in range(21):
        create_room(alice, name=f"Room {number:02}")
    last = signed_in(alice).get(ROOMS, {"page": "99"}).text
    assert "Room 00" in last
    assert "2 of 2" in last


def test_a_room_is_made_with_a_name(charlie: User, signed_in: SignedIn) -> None:
    answer = signed_in(charlie).post(ROOMS, {"name": "  Board "})
    made = Room.objects.get(owner=charlie)
    assert made.name == "Board"
    assert answer.headers["Location"] == address(made)


def test_a_room_without_a_name_is_not_made(charlie: User, signed_in: SignedIn) -> None:
    answer = signed_in(charlie).post(ROOMS, {"name": " "}, follow=True)
    assert "A name has 1 to 100 characters." in answer.text
    assert not Room.objects.exists()


def test_owner_changes_name_and_rules(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    new = rules(
        name="Retro",
        entry="members",
        recorders="members",
        retention_days=30,
        keep_unrecorded_days=7,
    )
    assert signed_in(alice).post(address(room), new).status_code == 302
    room.refresh_from_db()
    assert (room.name, room.entry) == ("Retro", Entry.MEMBERS)
    assert (room.recorders, room.retention_days) == (Recorders.MEMBERS, 30)
    assert room.keep_unrecorded_days == 7
    page = signed_in(alice).get(reverse("room", args=[room.slug]))
    assert 'data-keeps-days="7"' in page.text


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"entry": "all"}, {"retention_days": "x"}]
)
def test_what_cannot_be_is_told_at_the_field_and_changes_nothing(
    alice: User, room: Room, signed_in: SignedIn, change: dict[str, str]
) -> None:
    answer = signed_in(alice).post(address(room), rules(**change))
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text
    assert "<h1>Weekly sync</h1>" in answer.text
    assert Room.objects.get().as_message() == room.as_message()


def test_member_sees_the_rules_and_changes_nothing(
    bob: User, room: Room, signed_in: SignedIn
) -> None:
    bobs = signed_in(bob)
    page = bobs.get(address(room))
    assert page.status_code == 200
    assert "Who may record" in page.text
    assert "Name and rules" not in page.text
    for path in ("settings", "archive", "restore", "delete", "members/add"):
        assert bobs.post(address(room, path), rules(name="x")).status_code == 403
    assert Room.objects.get().name == "Weekly sync"


def test_outsider_finds_nothing(charlie: User, room: Room, signed_in: SignedIn) -> None:
    charlies = signed_in(charlie)
    assert charlies.get(address(room)).status_code == 404
    for path in ("settings", "archive", "restore", "delete", "members/add"):
        assert charlies.post(address(room, path)).status_code == 404


def test_members_are_added_changed_and_removed(
    alice: User, charlie: User, room: Room, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    who = {"email": "Charlie@example.com", "role": "member"}
    alices.post(address(room, "members/add"), who)
    member = Member.objects.get(user=charlie)
    one = address(room, f"members/{member.pk}")
    alices.post(f"{one}role/", {"role": "host"})
    member.refresh_from_db()
    assert member.role == Role.HOST
    alices.post(f"{one}remove/")
    assert not Member.objects.filter(user=charlie).exists()


def test_nobody_is_added_who_has_no_account(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    who = {"email": "nobody@example.com", "role": "member"}
    answer = signed_in(alice).post(address(room, "members/add"), who)
    assert answer.status_code == 422
    assert "Nobody has signed up with this address." in answer.text


def test_member_gives_up_membership(bob: User, room: Room, signed_in: SignedIn) -> None:
    bobs = signed_in(bob)
    member = Member.objects.get(user=bob)
    bobs.post(address(room, f"members/{member.pk}/remove"))
    assert not Member.objects.exists()
    assert bobs.get(address(room)).status_code == 404


def test_archived_room_is_in_the_archive_alone_and_comes_back(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    alices.post(address(room, "archive"))
    assert room.name not in alices.get(ROOMS).text
    assert room.name not in alices.get("/").text
    assert room.name in alices.get(f"{ROOMS}?archived").text
    assert "archived" in alices.get(f"/rooms/{room.slug}/").text
    alices.post(address(room, "restore"))
    assert room.name in alices.get(ROOMS).text


def test_room_in_use_is_not_archived(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    seat(room)
    answer = signed_in(alice).post(address(room, "archive"), follow=True)
    assert "A session is open in this room" in answer.text


def test_delete_says_what_goes_first(
    alice: User, room: Room, recording: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    page = alices.get(address(room, "delete"))
    assert "1 recording, with every file made from it" in page.text
    assert "chat message" not in page.text  # there is none to lose
    assert Room.objects.exists()
    answer = alices.post(address(room, "delete"), follow=True)
    assert "The room is deleted." in answer.text
    assert not Recording.objects.exists()


def test_archived_room_takes_no_meeting(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    archive_room(room)
    answer = signed_in(alice).get("/meetings/new/", {"room": room.slug})
    assert "archived" in answer.text or room.name not in answer.text


def test_a_room_becomes_a_webinar_but_not_while_people_meet(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    attend = seat(room, name="Grace")
    refused = client.post(address(room), rules(kind="webinar"))
    assert refused.status_code == 422
    assert "A session is open in this room; end it first." in refused.text
    leave(attend)
    assert client.post(address(room), rules(kind="webinar")).status_code == 302
    room.refresh_from_db()
    assert (room.kind, room.attendees_chat) == ("webinar", False)
    assert "Webinar" in client.get(ROOMS).text


def test_a_guest_of_a_webinar_is_not_asked_for_devices(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    update_room(room, kind="webinar")
    page = reverse("room", args=[room.slug])
    assert 'data-attends="true"' in Client().get(page).text
    assert 'data-attends="false"' in signed_in(alice).get(page).text
