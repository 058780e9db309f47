"""What hosts do on the control socket, and what it does to the others'."""

from conference.models import User
from rooms.models import Room
from tests.rooms.live.control_client import ControlClient, Message, joined
from tests.rooms.people import admit
from tests.server import Server

MICROPHONE = {"kind": "microphone", "codec": "opus", "width": 0, "height": 0}


def next_you(client: ControlClient) -> Message:
    while (message := client.receive())["type"] != "you":
        pass
    you: Message = message["you"]
    return you


def test_a_host_mutes_and_removes_somebody(
    server: Server, room: Room, alice: User
) -> None:
    with (
        joined(server, admit(room, alice)) as host,
        joined(server, admit(room)) as guest,
    ):
        guest.request("track.start", **MICROPHONE)
        assert host.request("participant.mute", number=2)["type"] == "ok"
        assert guest.wait_for("participant.muted")["data"] == {
            "number": 2,
            "by": "Alice",
        }
        assert host.request("participant.remove", number=2)["type"] == "ok"
        code, messages = guest.closed()
        assert code == 4410
        left = {"number": 2, "reason": "removed"}
        assert left in [one.get("data") for one in messages]


def test_who_is_made_host_is_told_and_may_moderate_at_once(
    server: Server, room: Room, alice: User
) -> None:
    with (
        joined(server, admit(room, alice)) as host,
        joined(server, admit(room)) as guest,
    ):
        assert guest.request("session.lock")["code"] == "permission_denied"
        host.request("participant.role", number=2, role="host")
        you = next_you(guest)
        assert (you["role"], you["can"]) == ("host", ["moderate"])
        assert guest.request("session.lock")["type"] == "ok"
        assert host.wait_for("session.updated")["data"]["session"]["locked"]
        assert guest.request("participant.remove", number=1)["code"] == "is_owner"
        host.request("participant.role", number=2, role="guest")
        assert next_you(guest)["can"] == []
        assert guest.request("session.unlock")["code"] == "permission_denied"


def test_a_host_mutes_all_but_themselves(
    server: Server, room: Room, alice: User
) -> None:
    with (
        joined(server, admit(room, alice)) as host,
        joined(server, admit(room)) as guest,
    ):
        for client in (host, guest):
            client.request("track.start", **MICROPHONE)
        assert guest.request("participants.mute")["code"] == "permission_denied"
        host.request("participants.mute")
        host.request("session.lock")
        host.wait_for("session.updated")
        muted = [one for one in host.events if one["event"] == "participant.muted"]
        assert [one["data"]["number"] for one in muted] == [2]
