"""The admin opens every list and form, and keeps the rules of rooms."""

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import User
from rooms.models import Event, Room
from rooms.rules.rooms import create_room
from tests.rooms.people import seat


@pytest.fixture
def staff(client: Client, db: None) -> User:
    user = User.objects.create_superuser("root@example.com", "secret")
    client.force_login(user)
    return user


@pytest.fixture
def room(staff: User) -> Room:
    return create_room(staff, name="Weekly sync")


def test_staff_sign_in_by_e_mail_and_others_do_not(client: Client, staff: User) -> None:
    client.logout()
    User.objects.create_user("alice@example.com", "secret")
    form = {"username": "alice@example.com", "password": "secret"}
    assert client.post(reverse("admin:login"), form).status_code == 200
    form["username"] = "root@example.com"
    assert client.post(reverse("admin:login"), form).status_code == 302


def test_a_user_is_added_with_a_password(client: Client, staff: User) -> None:
    form = {
        "email": "new@example.com",
        "name": "New",
        "usable_password": "true",
        "password1": "a-long-passphrase",
        "password2": "a-long-passphrase",
    }
    answer = client.post(reverse("admin:conference_user_add"), form)
    assert answer.status_code == 302
    assert User.objects.get(email="new@example.com").check_password("a-long-passphrase")


def save_room(client: Client, room: Room, name: str) -> None:
    form = {
        "name": name,
        "kind": room.kind,
        "entry": room.entry,
        "recorders": room.recorders,
        "retention_days": "30",
        "keep_unrecorded_days": "0",
        "owner": str(room.owner_id),
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
    }
    address = reverse("admin:rooms_room_change", args=[room.pk])
    assert client.post(address, form).status_code == 302


def test_renaming_a_room_tells_who_is_in_it(client: Client, room: Room) -> None:
    seat(room)
    save_room(client, room, "Retrospective")
    room.refresh_from_db()
    assert (room.name, room.retention_days) == ("Retrospective", 30)
    last = Event.objects.get(room=room, position=room.position)
    assert last.type == "room.updated"


def test_a_room_is_deleted_with_what_happened_in_it(client: Client, room: Room) -> None:
    address = reverse("admin:rooms_room_delete", args=[room.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Room.objects.filter(pk=room.pk).exists()


def test_a_room_with_an_open_session_is_not_deleted(client: Client, room: Room) -> None:
    seat(room)
    address = reverse("admin:rooms_room_delete", args=[room.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Room.objects.filter(pk=room.pk).exists()
