"""Joining: what it needs, the session it opens, and the place a resume token keeps."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import override_settings

from conference.errors import Conflict, Invalid
from conference.models import User
from rooms.access import Action, access_room
from rooms.models import Event, Participant, Room, Session
from rooms.rules.lifecycle import join, leave
from rooms.rules.tracks import Announcement, start_track
from rooms.tickets import make_resume
from tests.rooms.people import admit, seat


def come_again(
    room: Room, resume: str, name: str = "Grace", user: User | None = None
) -> Participant:
    access = access_room(room.slug, user, Action.ENTER)
    return join(access, name=name, consent=True, resume=resume)


def event_types(room: Room) -> list[str]:
    return list(room.events.order_by("position").values_list("type", flat=True))


def test_the_first_to_join_opens_the_session(room: Room, alice: User) -> None:
    participant = admit(room, alice)
    session = Session.objects.get(room=room, ended_at=None)
    assert participant.session == session
    assert (participant.number, participant.role) == (1, "owner")
    assert participant.user == alice
    assert participant.consented_at is not None
    assert participant.joined_at is None
    assert event_types(room) == ["session.started"]


def test_later_ones_join_it_with_numbers_of_their_own(room: Room, bob: User) -> None:
    first, second, guest = admit(room), admit(room, bob), admit(room)
    assert first.session == second.session == guest.session
    assert [first.number, second.number, guest.number] == [1, 2, 3]
    assert [second.role, guest.role] == ["member", "guest"]


def test_numbers_are_not_given_twice(room: Room) -> None:
    seat(room)
    leave(seat(room))
    assert admit(room).number == 3


@pytest.mark.parametrize("consent", [False, None, "yes", 1])
def test_who_does_not_agree_does_not_join(room: Room, consent: bool) -> None:
    access = access_room(room.slug, None, Action.ENTER)
    with pytest.raises(Invalid) as refusal:
        join(access, name="Grace", consent=consent)
    assert refusal.value.code == "consent_required"
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b", "\ud800", None, 7])
def test_a_name_is_needed(room: Room, name: str) -> None:
    access = access_room(room.slug, None, Action.ENTER)
    with pytest.raises(Invalid) as refusal:
        join(access, name=name, consent=True)
    assert refusal.value.field == "name"
    assert not Session.objects.exists()


def test_a_name_is_trimmed_and_kept_as_it_is(room: Room) -> None:
    assert admit(room, name="  <b>Grace</b>\n Hopper ").name == "<b>Grace</b> Hopper"


@override_settings(PARTICIPANTS_LIMIT=2)
def test_a_full_session_refuses_one_more_until_somebody_leaves(room: Room) -> None:
    first = seat(room)
    seat(room)
    with pytest.raises(Conflict) as refusal:
        admit(room)
    assert refusal.value.code == "room_full"
    leave(first)
    admit(room)


def test_a_resume_token_keeps_the_place_with_a_new_epoch(room: Room) -> None:
    before = seat(room)
    start_track(before, Announcement("camera", "vp8", 640, 360))
    after = come_again(room, make_resume(before))
    assert (after.pk, after.number, after.epoch) == (before.pk, before.number, 2)
    assert after.tracks == {}
    assert event_types(room)[-1] == "track.stopped"


def test_a_resumed_place_takes_the_new_name(room: Room) -> None:
    before = seat(room)
    come_again(room, make_resume(before), name="Grace Hopper")
    event = Event.objects.get(room=room, type="participant.updated")
    assert event.data == {"number": before.number, "name": "Grace Hopper"}


@pytest.mark.parametrize("spoil", ["leave", "garbage", "other room", "older epoch"])
def test_a_resume_token_that_no_longer_fits_joins_anew(
    room: Room, alice: User, spoil: str
) -> None:
    seat(room, alice)
    before = seat(room)
    token = make_resume(before)
    actions: dict[str, Callable[[], object]] = {
        "leave": lambda: leave(before),
        "garbage": lambda: None,
        "other room": lambda: None,
        "older epoch": lambda: come_again(room, token),
    }
    actions[spoil]()
    if spoil == "garbage":
        token = "garbage"
    if spoil == "other room":
        room = Room.objects.create(owner=alice, name="Other")
    after = come_again(room, token)
    assert after.pk != before.pk
    assert after.epoch == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_share_one_session_and_no_number(room: Room) -> None:
    people = 8
    ready = threading.Barrier(people)

    def join_at_once() -> None:
        try:
            ready.wait(10)
            admit(room)
        finally:
            connection.close()

    threads = [threading.Thread(target=join_at_once) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session = Session.objects.get(room=room)
    numbers = session.participants.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, people + 1))
    assert event_types(room) == ["session.started"]
