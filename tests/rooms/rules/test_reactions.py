"""Reactions: a fixed few, told to the room, not too many of them."""

import pytest

from conference.errors import Denied, Invalid, TooMany
from rooms.models import Event, Room, RoomKind
from rooms.rules.reactions import MOST, REACTIONS, react
from tests.rooms.people import seat


def told(room: Room) -> list[tuple[int, str]]:
    events = Event.objects.filter(room=room, type="reaction.sent").order_by("position")
    return [(event.data["number"], event.data["emoji"]) for event in events]


def test_the_room_is_told_who_reacts_with_what(room: Room) -> None:
    first, second = seat(room), seat(room)
    react(first, emoji="👍")
    react(second, emoji="❤️")
    assert told(room) == [(first.number, "👍"), (second.number, "❤️")]


@pytest.mark.parametrize("emoji", ["", "+1", "👍👍", "💩", "<b>", "👍 "])
def test_another_text_is_no_reaction(room: Room, emoji: str) -> None:
    with pytest.raises(Invalid) as refused:
        react(seat(room), emoji=emoji)
    assert refused.value.field == "emoji"
    assert told(room) == []


def test_one_person_cannot_flood_the_room(room: Room) -> None:
    first, second = seat(room), seat(room)
    for index in range(MOST):
        react(first, emoji=REACTIONS[index % len(REACTIONS)])
    with pytest.raises(TooMany):
        react(first, emoji="👍")
    react(second, emoji="👏")
    assert len(told(room)) == MOST + 1


def test_attendees_of_a_webinar_do_not_react(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(kind=RoomKind.WEBINAR)
    room.refresh_from_db()
    attendee = seat(room)
    with pytest.raises(Denied):
        react(attendee, emoji="👍")
    assert told(room) == []
