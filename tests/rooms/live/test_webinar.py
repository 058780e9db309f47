"""A webinar on the sockets: who attends publishes nothing until a host says so."""

import pytest

from conference.models import User
from rooms.access import KINDS
from rooms.models import Room
from rooms.rules.rooms import create_room
from rooms.tickets import make_resume
from tests.rooms.live.control_client import ControlClient, Message, joined
from tests.rooms.live.media_client import on_media, open_media, record
from tests.rooms.people import admit
from tests.server import Server

MICROPHONE = {"kind": "microphone", "codec": "opus", "width": 0, "height": 0}


@pytest.fixture
def webinar(alice: User) -> Room:
    return create_room(alice, name="All hands", kind="webinar")


def next_you(client: ControlClient) -> Message:
    while (message := client.receive())["type"] != "you":
        pass
    you: Message = message["you"]
    return you


def test_an_attendee_is_let_in_and_only_watches_again(
    server: Server, webinar: Room, alice: User
) -> None:
    grace = admit(webinar, name="Grace")
    token = make_resume(grace)
    with joined(server, admit(webinar, alice)) as host, joined(server, grace) as guest:
        assert guest.welcome["you"]["publish"] == []
        assert guest.request("track.start", **MICROPHONE)["code"] == "kind_not_allowed"
        assert guest.request("attendees", after=0)["code"] == "permission_denied"
        listed = host.request("attendees", after=0)["attendees"]
        assert [one["name"] for one in listed] == ["Grace"]
        with on_media(server, grace) as media:
            media.publish(record(1))
            assert media.closed() == (4403, "kind_not_allowed")

        host.request("participant.role", number=grace.number, role="member")
        assert next_you(guest)["publish"] == list(KINDS)
        assert host.wait_for("participant.joined")
        assert guest.request("track.start", **MICROPHONE)["type"] == "ok"
        with open_media(server, webinar.slug, token) as media:
            media.publish(record(1))
            media.acknowledged(1)
            host.request("participant.role", number=grace.number, role="guest")
            assert media.closed() == (4409, "replaced")

        assert next_you(guest)["publish"] == []
        left = host.wait_for("participant.left")["data"]
        assert left == {"number": grace.number, "reason": "attends"}
        with open_media(server, webinar.slug, token) as media:
            assert media.text("ready")["number"] == 1
            media.publish(record(2))
            assert media.closed() == (4403, "kind_not_allowed")
        assert guest.request("hand.raise")["type"] == "ok"
        hand = host.wait_for("attendee.updated")["data"]["attendee"]
        assert (hand["name"], hand["hand_raised_us"] is not None) == ("Grace", True)


def test_an_attendee_who_is_removed_is_out(
    server: Server, webinar: Room, alice: User
) -> None:
    grace = admit(webinar, name="Grace")
    with (
        joined(server, admit(webinar, alice)) as host,
        joined(server, grace) as guest,
        on_media(server, grace) as media,
    ):
        host.request("participant.remove", number=grace.number)
        assert guest.closed()[0] == 4410
        assert media.closed() == (4410, "participant_left")
