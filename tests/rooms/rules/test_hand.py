"""Raised hands."""

import pytest

from conference.errors import Denied, NotFound
from conference.models import User
from rooms.models import Event, Participant, Room
from rooms.rules.hand import lower_hand, raise_hand
from rooms.rules.lifecycle import leave
from tests.rooms.people import seat


def hands(room: Room) -> list[bool]:
    """Up or down, as the room was told."""
    events = Event.objects.filter(room=room, type="participant.updated")
    return [bool(e.data["hand_raised_us"]) for e in events.order_by("position")]


def test_a_hand_goes_up_once_and_down_once(room: Room) -> None:
    participant = seat(room)
    for action in (raise_hand, raise_hand, lower_hand, lower_hand):
        action(participant)
    assert hands(room) == [True, False]


def test_a_host_lowers_the_hand_of_somebody_else(room: Room, alice: User) -> None:
    owner, guest = seat(room, alice), seat(room)
    raise_hand(guest)
    lower_hand(owner, number=guest.number)
    assert hands(room) == [True, False]


def test_others_lower_only_their_own(room: Room, bob: User) -> None:
    member, guest = seat(room, bob), seat(room)
    raise_hand(guest)
    with pytest.raises(Denied):
        lower_hand(member, number=guest.number)
    lower_hand(guest, number=guest.number)
    assert hands(room) == [True, False]


def test_nobody_has_that_number(room: Room, alice: User) -> None:
    owner, gone = seat(room, alice), seat(room)
    leave(gone)
    for number in (gone.number, 99):
        with pytest.raises(NotFound):
            lower_hand(owner, number=number)


def test_who_leaves_takes_the_hand_down(room: Room, alice: User) -> None:
    seat(room, alice)
    guest = seat(room)
    raise_hand(guest)
    leave(guest)
    assert Participant.objects.get(pk=guest.pk).hand_raised_at is None
