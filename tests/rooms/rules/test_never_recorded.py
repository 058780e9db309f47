"""Rooms that are never recorded, neither by anybody nor by themselves."""

import pytest

from conference.errors import Denied, Invalid
from conference.models import User
from recordings.models import Recording
from recordings.rules import start_recording
from recordings.rules.recording import start_unrecorded
from rooms.access import Access, shown_rights
from rooms.models import Recorders, Role, Room
from rooms.rules.moderation import end_session
from rooms.rules.rooms import update_room
from tests.rooms.people import seat


@pytest.fixture
def closed(room: Room) -> Room:
    return update_room(room, recorders="nobody", keep_unrecorded_days=7)


def test_nobody_starts_a_recording(closed: Room, alice: User) -> None:
    owner = seat(closed, alice)
    assert "record" not in shown_rights(owner)
    with pytest.raises(Denied) as refused:
        start_recording(Access(closed, Role.OWNER, alice))
    assert refused.value.code == "never_recorded"
    start_unrecorded()
    assert not Recording.objects.exists()


def test_whoever_is_there_was_told_so_it_stays_until_they_are_gone(
    room: Room, alice: User
) -> None:
    owner = seat(room, alice)
    with pytest.raises(Invalid) as refused:
        update_room(room, recorders="nobody")
    assert (refused.value.code, refused.value.field) == ("session_open", "recorders")
    update_room(room, recorders="members")
    end_session(owner)
    room = update_room(room, recorders="nobody")
    seat(room, alice)
    with pytest.raises(Invalid):
        update_room(room, recorders=Recorders.HOSTS)
    room.refresh_from_db()
    assert room.is_never_recorded
