"""Tickets open the sockets of one participant, for a while, and nothing else."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from conference.errors import Conflict, Denied, Gone, NotFound, Refused, SignInNeeded
from conference.models import User
from rooms import tickets
from rooms.models import Participant, Room
from rooms.rules.lifecycle import leave
from rooms.rules.rooms import create_room
from tests.rooms.people import admit, holder_of, seat


def forge(participant: Participant, key: bytes | str, **changes: Any) -> str:
    claims = {
        "iss": "conference",
        "aud": "conference.sockets",
        "exp": timezone.now() + timedelta(seconds=60),
        "sub": str(participant.pk),
        "room": str(participant.session.room_id),
        "epoch": participant.epoch,
    }
    claims = {k: v for k, v in (claims | changes).items() if v is not None}
    return jwt.encode(claims, key, algorithm="HS256")


def refused(token: str, slug: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        tickets.find_holder(tickets.check(token), room_slug=slug)
    return refusal.value


@pytest.mark.parametrize("make", [tickets.make_ticket, tickets.make_resume])
def test_a_ticket_is_read_in_one_query(
    room: Room, make: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    participant = seat(room)
    token = make(participant)
    with django_assert_num_queries(1):
        found = holder_of(token, room)
        assert (found, found.session.room) == (participant, room)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": timezone.now() - timedelta(seconds=1)},
        {"exp": None},
        {"sub": None},
        {"room": None},
        {"epoch": None},
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
    ],
)
def test_an_expired_or_incomplete_ticket_is_refused(
    room: Room, changes: dict[str, Any]
) -> None:
    token = forge(seat(room), tickets._key(), **changes)
    assert isinstance(refused(token, room.slug), SignInNeeded)


def test_a_ticket_of_another_key_is_refused(room: Room) -> None:
    participant = seat(room)
    for token in (forge(participant, settings.SECRET_KEY), "", "a.b.c"):
        assert isinstance(refused(token, room.slug), SignInNeeded)


def test_an_unsigned_ticket_is_refused(room: Room) -> None:
    claims = {"sub": str(seat(room).pk), "epoch": 1, "aud": "conference.sockets"}
    token = jwt.encode(claims, "", algorithm="none")
    assert isinstance(refused(token, room.slug), SignInNeeded)


def test_a_ticket_opens_its_own_room_only(room: Room, alice: User) -> None:
    token = tickets.make_ticket(seat(room))
    assert isinstance(refused(token, create_room(alice, name="Other").slug), Denied)
    assert isinstance(refused(token, "no-such-room"), NotFound)


def test_a_newer_epoch_ends_older_tickets(room: Room) -> None:
    participant = admit(room)
    token = tickets.make_ticket(participant)
    participant.epoch += 1
    participant.save()
    error = refused(token, room.slug)
    assert isinstance(error, Conflict)
    assert (error.code, error.close_code) == ("replaced", 4409)


def test_who_left_or_whose_session_is_over_gets_in_no_more(room: Room) -> None:
    staying, leaving = seat(room), seat(room)
    tokens = tickets.make_resume(staying), tickets.make_resume(leaving)
    leave(leaving)
    assert refused(tokens[1], room.slug).code == "participant_left"
    leave(staying)
    for token in tokens:
        error = refused(token, room.slug)
        assert isinstance(error, Gone)
        assert error.code == "session_over"


def test_a_participant_that_never_joined_and_is_gone_is_refused(room: Room) -> None:
    participant = admit(room)
    token = tickets.make_ticket(participant)
    participant.delete()
    assert isinstance(refused(token, room.slug), Gone)
