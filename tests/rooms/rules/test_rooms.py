"""Rooms: made, changed and deleted."""

import re
from typing import Any

import pytest

from conference.errors import Conflict, Denied, Invalid, NotFound
from conference.models import User
from rooms.access import Action, access_room
from rooms.models import Entry, Room
from rooms.rules.lifecycle import leave
from rooms.rules.rooms import (
    archive_room,
    create_room,
    delete_room,
    restore_room,
    update_room,
)
from tests.rooms.people import seat


def test_a_room_has_an_address_that_nobody_guesses(alice: User) -> None:
    rooms = [create_room(alice, name="Meeting") for _ in range(50)]
    slugs = {room.slug for room in rooms}
    assert len(slugs) == 50
    assert all(re.fullmatch(r"[a-z]{3}-[a-z]{4}-[a-z]{3}", slug) for slug in slugs)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x", "entry": "all"},
        {"name": "x", "recorders": "all"},
        {"name": "x", "retention_days": -1},
        {"name": "x", "retention_days": 3651},
    ],
)
def test_a_room_that_cannot_be_is_not_made(alice: User, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        create_room(alice, **fields)
    assert not Room.objects.exists()


def test_a_change_is_told_once(room: Room) -> None:
    for _ in range(2):
        update_room(room, name="Retrospective", entry=Entry.MEMBERS)
    [event] = room.events.all()
    assert event.type == "room.updated"
    assert event.data["room"] == {
        "slug": room.slug,
        "name": "Retrospective",
        "entry": "members",
        "kind": "meeting",
        "attendees_chat": True,
    }


def test_an_archived_room_is_closed_to_all_until_it_is_restored(
    room: Room, alice: User, charlie: User
) -> None:
    archive_room(room)
    with pytest.raises(Denied) as denied:
        access_room(room.slug, alice, Action.ENTER)
    assert denied.value.code == "room_archived"
    with pytest.raises(NotFound):
        access_room(room.slug, charlie, Action.ENTER)
    with pytest.raises(NotFound):
        access_room(room.slug, None, Action.ENTER)
    assert access_room(room.slug, alice, Action.SEE)
    restore_room(room)
    assert access_room(room.slug, charlie, Action.ENTER)


def test_a_room_is_not_archived_while_somebody_is_in_it(room: Room) -> None:
    seat(room)
    with pytest.raises(Conflict):
        archive_room(room)
    room.refresh_from_db()
    assert room.archived_at is None


def test_a_room_is_deleted_with_its_history_once_nobody_is_in_it(room: Room) -> None:
    participant = seat(room)
    with pytest.raises(Conflict):
        delete_room(room)
    leave(participant)
    delete_room(room)
    assert not Room.objects.exists()
