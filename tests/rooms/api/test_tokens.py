"""/rooms/{slug}/tokens/, and joining with what it gives."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone

from conference.errors import Denied
from conference.models import User
from rooms import tickets
from rooms.models import Entry, Participant, Room
from rooms.rules.lifecycle import connect
from rooms.rules.presence import eject_expired
from rooms.rules.rooms import create_room
from rooms.rules.tracks import Announcement, start_track
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import seat

CONSENT = {"consent": True}


def tokens(room: Room) -> str:
    return f"/api/v1/rooms/{room.slug}/tokens/"


def join(room: Room) -> str:
    return f"/api/v1/rooms/{room.slug}/join/"


@pytest.fixture
def members_only(room: Room) -> Room:
    room.entry = Entry.MEMBERS
    room.save(update_fields=["entry"])
    return room


def test_a_token_lets_its_holder_in_as_it_says(
    client_of: ClientOf, members_only: Room, alice: User
) -> None:
    body = {"name": "Speaker", "role": "host", "publish": ["microphone"]}
    answer = client_of(alice).post(tokens(members_only), body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["url"].endswith(f"/rooms/{members_only.slug}/?token={made['token']}")
    guest = client_of(None)
    assert guest.post(join(members_only), CONSENT | {"name": "x"}).status_code == 401
    joined = guest.post(join(members_only), CONSENT | {"token": made["token"]})
    assert joined.status_code == 201
    participant = Participant.objects.get()
    assert (participant.name, participant.role) == ("Speaker", "host")
    assert joined.json()["publish"] == ["microphone"]
    assert participant.eject_at is None
    with pytest.raises(Denied):
        start_track(connect(participant), Announcement("camera", "vp8", 640, 360))


def test_the_page_opens_for_a_holder(
    client_of: ClientOf, members_only: Room, alice: User
) -> None:
    made = client_of(alice).post(tokens(members_only), {"name": "Speaker"}).json()
    page = client_of(None).get(f"/rooms/{members_only.slug}/?token={made['token']}")
    assert page.status_code == 200
    assert f'data-token="{made["token"]}"' in page.content.decode()
    assert 'data-your-name="Speaker"' in page.content.decode()


def test_without_a_name_in_it_the_holder_says_one(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    token = client_of(alice).post(tokens(room), {}).json()["token"]
    body = CONSENT | {"token": token}
    answer = client_of(None).post(join(room), body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "name"
    assert client_of(None).post(join(room), body | {"name": "Grace"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"role": "owner"}, "role"),
        ({"publish": ["smell"]}, "publish.0"),
        ({"name": "x" * 101}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"not_before": "2999-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_a_token_that_cannot_be_is_refused_at_the_field(
    client_of: ClientOf, room: Room, alice: User, body: dict[str, Any], attr: str
) -> None:
    answer = client_of(alice).post(tokens(room), body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_only_the_owner_makes_them(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    assert client_of(bob).post(tokens(room), {}).status_code == 403
    assert client_of(charlie).post(tokens(room), {}).status_code == 404
    assert client_of(None).post(tokens(room), {}).status_code == 401


def test_a_token_that_does_not_fit_lets_nobody_in(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    owner, guest = client_of(alice), client_of(None)
    later = timezone.now() + timedelta(minutes=5)
    early = owner.post(tokens(room), {"not_before": later}).json()["token"]
    other = create_room(alice, name="Other")
    elsewhere = owner.post(tokens(other), {}).json()["token"]
    forged = jwt.encode({"room": str(room.pk)}, "x" * 32, algorithm="HS256")
    ticket = tickets.make_ticket(seat(room))
    for token, status, code in (
        (early, 401, "token_too_early"),
        (elsewhere, 403, "wrong_room"),
        (forged, 401, "bad_token"),
        (ticket, 401, "bad_token"),
    ):
        body = CONSENT | {"name": "Grace", "token": token}
        answer = guest.post(join(room), body)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["code"] == code
    assert Participant.objects.count() == 1


def test_who_is_to_be_ejected_leaves_when_the_token_expires(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    body = {"name": "Visitor", "expires_at": soon, "eject": True}
    token = client_of(alice).post(tokens(room), body).json()["token"]
    client_of(None).post(join(room), CONSENT | {"token": token})
    visitor = connect(Participant.objects.get())
    staying = seat(room)
    eject_expired(soon - timedelta(seconds=2))
    visitor.refresh_from_db()
    assert visitor.left_at is None
    eject_expired(soon)
    visitor.refresh_from_db()
    staying.refresh_from_db()
    assert visitor.left_at is not None
    assert staying.left_at is None
    left = room.events.filter(type="participant.left").values_list("data", flat=True)
    assert list(left) == [{"number": 1, "reason": "removed"}]
