"""POST /rooms/{slug}/join/."""

from typing import Any

import pytest

from conference.models import User
from rooms import tickets
from rooms.models import Entry, Participant, Room
from rooms.rules.lifecycle import connect
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import holder_of

GOOD = {"name": "Grace", "consent": True}


def address(room: Room) -> str:
    return f"/api/v1/rooms/{room.slug}/join/"


def let_in(room: Room, entry: Entry) -> None:
    room.entry = entry
    room.save(update_fields=["entry"])


def test_a_guest_gets_a_ticket_and_the_addresses_of_the_sockets(
    client_of: ClientOf, room: Room
) -> None:
    answer = client_of(None).post(address(room), GOOD)
    assert answer.status_code == 201
    joined = answer.json()
    participant = holder_of(joined["ticket"], room)
    assert joined["participant"]["id"] == str(participant.pk)
    assert joined["participant"]["role"] == "guest"
    assert joined["session"] == str(participant.session_id)
    assert joined["state"] == "admitted"
    assert joined["publish"] == ["microphone", "camera", "screen", "screen_audio"]
    assert joined["control_url"] == f"/ws/rooms/{room.slug}/"
    assert joined["media_url"] == f"/ws/rooms/{room.slug}/media/"


def test_who_is_signed_in_joins_as_themselves(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    joined = client_of(alice).post(address(room), GOOD).json()
    assert joined["participant"]["role"] == "owner"
    assert joined["participant"]["signed_in"]


def test_a_reloaded_page_keeps_its_participant(client_of: ClientOf, room: Room) -> None:
    client = client_of(None)
    first = client.post(address(room), GOOD).json()
    participant = connect(holder_of(first["ticket"], room))
    resume = tickets.make_resume(participant)
    again = client.post(address(room), GOOD | {"resume": resume}).json()
    assert again["participant"]["id"] == first["participant"]["id"]
    assert holder_of(again["ticket"], room).epoch == 2


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"name": "Grace"}, "consent_required", "consent"),
        ({"name": "Grace", "consent": False}, "consent_required", "consent"),
        ({"name": " ", "consent": True}, "blank", "name"),
        ({"name": "x" * 101, "consent": True}, "max_length", "name"),
        ({"consent": True}, "required", "name"),
        ({"name": ["x"], "consent": True}, "invalid", "name"),
    ],
)
def test_a_bad_request_says_why(
    client_of: ClientOf, room: Room, body: dict[str, Any], code: str, attr: str
) -> None:
    answer = client_of(None).post(address(room), body)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == (code, attr)
    assert not Participant.objects.exists()


def test_who_may_not_enter_is_told_why(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    let_in(room, Entry.SIGNED_IN)
    assert client_of(None).post(address(room), GOOD).status_code == 401
    assert client_of(charlie).post(address(room), GOOD).status_code == 201
    let_in(room, Entry.MEMBERS)
    assert client_of(charlie).post(address(room), GOOD).status_code == 404
    assert client_of(bob).post(address(room), GOOD).status_code == 201


def test_a_full_session_is_a_conflict(
    client_of: ClientOf, room: Room, settings: Any
) -> None:
    settings.PARTICIPANTS_LIMIT = 1
    client = client_of(None)
    client.post(address(room), GOOD)
    answer = client.post(address(room), GOOD)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "room_full"


def test_joining_is_limited(client_of: ClientOf, room: Room, settings: Any) -> None:
    settings.PARTICIPANTS_LIMIT = 1000
    client = client_of(None)
    statuses = [client.post(address(room), {}).status_code for _ in range(60)]
    assert set(statuses) == {400}
    answer = client.post(address(room), GOOD)
    assert answer.status_code == 429
    assert answer.json()["errors"][0]["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60
