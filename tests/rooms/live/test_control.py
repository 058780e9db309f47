"""What clients see on the control socket of a real server."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from conference.models import User
from rooms.models import Participant, Room, Session
from rooms.rules.events import read_events
from rooms.rules.rooms import create_room
from rooms.rules.snapshot import take_snapshot
from rooms.state import apply_event
from rooms.tickets import make_resume, make_ticket
from tests.rooms.live.control_client import joined, open_control
from tests.rooms.people import admit, seat
from tests.server import Server


def test_the_welcome_has_what_a_client_needs(
    server: Server, room: Room, alice: User
) -> None:
    participant = admit(room, alice)
    with joined(server, participant) as client:
        welcome = client.welcome
        position, snapshot = take_snapshot(participant.session)
    assert (welcome["version"], welcome["position"]) == (1, position)
    assert welcome["you"] == {
        "participant": str(participant.pk),
        "number": 1,
        "epoch": 1,
        "role": "owner",
        "publish": ["microphone", "camera", "screen", "screen_audio"],
        "can": ["record", "broadcast", "moderate"],
    }
    assert welcome["snapshot"] == snapshot
    [person] = snapshot["participants"]
    assert (person["name"], person["connected"]) == ("Alice", True)


def test_a_guest_can_neither_record_nor_moderate(server: Server, room: Room) -> None:
    with joined(server, admit(room)) as client:
        assert client.welcome["you"]["can"] == []


def test_events_applied_to_the_welcome_give_the_state(
    server: Server, room: Room, alice: User, bob: User
) -> None:
    with joined(server, admit(room, alice)) as first:
        with joined(server, admit(room, bob)) as second:
            camera = {"kind": "camera", "codec": "vp8", "width": 640, "height": 360}
            assert second.request("track.start", **camera)["type"] == "ok"
            second.request("chat.send", text="<b>Hello</b>")
            second.request("hand.raise")
            second.request("track.stop", kind="camera")
            second.request("leave")
        first.wait_for("participant.left")
        state = first.welcome["snapshot"]
        for event in first.events:
            state = apply_event(state, event)
        positions = [event["position"] for event in first.events]
        session = Session.objects.get()
        position, snapshot = take_snapshot(session)
    assert state == snapshot
    assert positions == list(range(first.welcome["position"] + 1, position + 1))


def test_markup_in_names_and_chat_stays_text(server: Server, room: Room) -> None:
    name, text = "<img src=x onerror=alert(1)>", "<script>alert('x')</script> &amp;"
    with joined(server, admit(room, name=name)) as client:
        message = client.request("chat.send", text=text)["message"]
        event = client.wait_for("chat.message")
    assert (message["name"], message["text"]) == (name, text)
    assert event["data"]["message"] == message


def test_requests_are_answered(server: Server, room: Room, alice: User) -> None:
    with joined(server, admit(room, alice)) as client:
        pong = client.request("ping", now_us=12.5)
        assert (pong["type"], pong["now_us"]) == ("pong", 12.5)
        assert pong["server_us"] > client.welcome["now_us"]
        for number in range(3):
            client.request("chat.send", text=f"message {number}")
        last = client.request("chat.send", text="last")["message"]
        history = client.request("chat.history", before=last["position"])
        assert [one["text"] for one in history["messages"]] == [
            "message 0",
            "message 1",
            "message 2",
        ]
        assert not history["more"]
        client.request("hand.raise")
        assert client.request("hand.lower", number=1)["type"] == "ok"


def test_missed_events_are_asked_for(server: Server, room: Room, alice: User) -> None:
    with joined(server, admit(room, alice)) as client:
        position = client.welcome["position"]
        client.request("hand.raise")
        client.request("hand.lower")
        answer = client.request("events", after=position)
        assert answer["events"] == read_events(room.pk, after=position)[0]
        assert [event["position"] for event in answer["events"]] == [
            position + 1,
            position + 2,
        ]
        assert not answer["more"]


def test_events_of_earlier_sessions_are_not_given_out(
    server: Server, room: Room, alice: User
) -> None:
    with joined(server, admit(room, alice)) as client:
        client.request("leave")
    with joined(server, admit(room)) as guest:
        events = guest.request("events", after=0)["events"]
    assert [event["event"] for event in events] == [
        "session.started",
        "participant.joined",
    ]


def test_a_resume_token_keeps_the_participant(server: Server, room: Room) -> None:
    with joined(server, admit(room, name="Host")) as other:
        with joined(server, admit(room)) as client:
            you, resume = client.welcome["you"], client.welcome["resume"]
            client.drop()
        lost = other.wait_for("participant.updated")
        assert lost["data"] == {"number": you["number"], "connected": False}
        other.events.clear()
        participant = Participant.objects.get(pk=you["participant"])
        with joined(server, participant, token=resume) as client:
            back = other.wait_for("participant.updated")
            assert back["data"] == {"number": you["number"], "connected": True}
            assert client.welcome["you"] == you


def test_a_newer_socket_replaces_the_older_one(server: Server, room: Room) -> None:
    participant = admit(room)
    with joined(server, participant) as old:
        with joined(server, participant) as new:
            code, messages = old.closed()
            assert (code, messages[-1]["code"]) == (4409, "replaced")
            assert new.request("hand.raise")["type"] == "ok"
        assert new.wait_for("participant.updated")
    events = [event["event"] for event in read_events(room.pk, after=0)[0]]
    assert events.count("participant.joined") == 1


def test_leave_is_answered_and_closed(server: Server, room: Room) -> None:
    with joined(server, admit(room)) as client:
        assert client.request("leave")["type"] == "ok"
        code, _messages = client.closed()
    assert code == 1000
    assert Session.objects.get().ended_at is not None


def test_a_host_ends_the_session_for_all(
    server: Server, room: Room, alice: User
) -> None:
    with joined(server, admit(room, alice)) as host, joined(server, admit(room)) as one:
        assert one.request("session.end")["code"] == "permission_denied"
        assert host.request("session.end")["type"] == "ok"
        for client in (host, one):
            code, messages = client.closed()
            assert (code, messages[-1]["code"]) == (4410, "session_over")
            assert [event["event"] for event in client.events][-1] == "session.ended"


REFUSED_REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"type": "no.such.request", "id": 1}, "unknown_type"),
    ({"type": ["chat.send"], "id": 1}, "unknown_type"),
    ({"id": 1}, "unknown_type"),
    ({"type": "hand.raise"}, "invalid"),
    ({"type": "hand.raise", "id": True}, "invalid"),
    ({"type": "hand.raise", "id": {}}, "invalid"),
    ({"type": "chat.send", "id": 1}, "invalid"),
    ({"type": "chat.send", "id": 1, "text": 5}, "invalid"),
    ({"type": "chat.send", "id": 1, "text": "   "}, "invalid"),
    ({"type": "chat.send", "id": 1, "text": "x" * 4001}, "invalid"),
    ({"type": "chat.send", "id": 1, "text": "\ud800"}, "invalid"),
    ({"type": "chat.history", "id": 1, "before": 2**70}, "invalid"),
    ({"type": "events", "id": 1, "after": True}, "invalid"),
    ({"type": "hand.lower", "id": 1, "number": 99}, "not_found"),
    ({"type": "hand.lower", "id": 1, "number": "1"}, "invalid"),
    (
        {"type": "track.start", "id": 1, "kind": "hologram", "codec": "vp8"}
        | {"width": 1, "height": 1},
        "invalid",
    ),
    ({"type": "track.start", "id": 1, "kind": "camera"}, "invalid"),
]


def test_requests_that_do_not_fit_are_refused_and_change_nothing(
    server: Server, room: Room, alice: User
) -> None:
    with joined(server, admit(room, alice)) as client:
        before = take_snapshot(Session.objects.get())
        for message, code in REFUSED_REQUESTS:
            client.connection.send(json.dumps(message))
            answer = client.receive()
            assert (answer["type"], answer["code"]) == ("error", code), message
            assert answer["id"] == message.get("id")
            assert answer["detail"]
        assert take_snapshot(Session.objects.get()) == before
        assert client.request("ping", now_us=1)["type"] == "pong"


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        ("{", "malformed_message"),
        ("[]", "malformed_message"),
        ('"hello"', "malformed_message"),
        ("[" * 60_000, "malformed_message"),
        ('{"id": NaN}', "malformed_message"),
        (b'{"type": "ping"}', "malformed_message"),
        ('{"type": "' + "é" * 33_000 + '"}', "message_too_large"),
    ],
)
def test_what_is_no_message_closes_the_socket_and_disturbs_nobody(
    server: Server, room: Room, alice: User, garbage: str | bytes, code: str
) -> None:
    with joined(server, admit(room, alice)) as other:
        with joined(server, admit(room)) as client:
            client.connection.send(garbage)
            close_code, messages = client.closed()
            error = {key: messages[-1].get(key) for key in ("type", "code", "id")}
            assert error == {"type": "error", "code": code, "id": None}
            assert close_code == 4400
        assert other.request("hand.raise")["type"] == "ok"


def test_too_many_requests_close_the_socket(server: Server, room: Room) -> None:
    with joined(server, admit(room)) as client, ThreadPoolExecutor(1) as beside:
        ending = beside.submit(client.closed)  # the close comes while more is sent
        with suppress(ConnectionClosed):
            for _ in range(1500):
                client.send("ping", now_us=1)
        code, messages = ending.result()
    assert (code, messages[-1]["code"]) == (4429, "throttled")
    assert 500 <= len(messages) < 1500


def refusal(server: Server, slug: str, token: str | None, **options: Any) -> Any:
    with open_control(server, slug, token, **options) as client:
        code, messages = client.closed()
    [error] = messages
    assert error["type"] == "error"
    assert error["detail"]
    return code, error["code"]


def test_a_socket_without_a_good_ticket_is_refused(
    server: Server, room: Room, alice: User
) -> None:
    participant = seat(room, alice)
    token = make_ticket(participant)
    other = create_room(alice, name="Other")
    assert refusal(server, room.slug, None) == (4401, "no_ticket")
    assert refusal(server, room.slug, "a.b.c") == (4401, "bad_ticket")
    assert refusal(server, other.slug, token) == (4403, "wrong_room")
    assert refusal(server, "no-such-room", token) == (4404, "not_found")
    Participant.objects.update(epoch=2)
    assert refusal(server, room.slug, token) == (4409, "replaced")
    Participant.objects.update(epoch=1, left_at=timezone.now())
    assert refusal(server, room.slug, token) == (4410, "participant_left")
    Session.objects.update(ended_at=timezone.now())
    assert refusal(server, room.slug, token) == (4410, "session_over")


def test_an_expired_ticket_is_refused(
    server: Server, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    participant = admit(room)
    past = timezone.now() - timedelta(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: past)
        token = make_ticket(participant)
    assert refusal(server, room.slug, token) == (4401, "bad_ticket")


def test_a_page_of_another_site_is_refused(server: Server, room: Room) -> None:
    token = make_resume(admit(room))
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{server.port}0"):
        answer = refusal(server, room.slug, token, origin=origin)
        assert answer == (4403, "wrong_origin")
    with open_control(server, room.slug, token, origin=server.url) as client:
        assert client.receive()["type"] == "welcome"


def test_another_protocol_or_address_is_refused(server: Server, room: Room) -> None:
    token = make_ticket(admit(room))
    options = {"path": "/ws/elsewhere/"}
    assert refusal(server, room.slug, token, **options) == (4404, "not_found")


def test_open_and_close_are_one_line_each_in_the_log(
    server: Server, room: Room
) -> None:
    participant = admit(room)
    with joined(server, participant) as client:
        client.request("leave")
        client.closed()
    closing = f"closed: participant {participant.pk}"
    deadline = time.monotonic() + 10
    while closing not in (log := server.log.read_text()):
        assert time.monotonic() < deadline, log
        time.sleep(0.01)
    lines = [line for line in log.splitlines() if str(participant.pk) in line]
    assert len(lines) == 2
    assert "1 requests, by leave" in lines[1]
