"""docs/protocol.md is enough to write a client from: two of them hold a call."""

import math
from itertools import islice

import pytest

from conference.models import User
from rooms.models import Room
from rooms.rules.rooms import create_room
from tests.e2e.second_client import (
    END,
    KEY,
    MICROPHONE,
    PCM,
    Received,
    SecondClient,
    enter,
    now_us,
)
from tests.server import Server

SAMPLES = 960  # 20 ms at 48 kHz
TONE = [round(8000 * math.sin(2 * math.pi * 440 * n / 48_000)) for n in range(SAMPLES)]


@pytest.fixture
def room(server: Server) -> Room:
    return create_room(User.objects.create_user("alice@example.com"), name="Talk")


def test_a_client_speaks_and_hears(server: Server, room: Room) -> None:
    with (
        enter(server.url, room.slug, "Grace") as grace,
        enter(server.url, room.slug, "Heidi") as heidi,
    ):
        assert grace.ready["type"] == "ready"
        assert grace.ready["number"] == 0
        names = [one["name"] for one in heidi.welcome["snapshot"]["participants"]]
        assert names == ["Grace", "Heidi"]

        assert announce(grace)["type"] == "ok"
        started = heidi.wait_for_event(
            "track.started", lambda data: data["number"] == grace.number
        )
        assert started["track"]["codec"] == "pcm"
        captured_us = now_us() + grace.clock_offset_us()
        spoken = grace.send_sound(TONE, loudness=15, captured_us=captured_us)
        last = grace.end_sound(captured_us + 20_000)
        heard = list(islice(heidi.receive(), 2))

        assert [(one.kind, one.codec) for one in heard] == [(MICROPHONE, PCM)] * 2
        assert [one.number for one in heard] == [spoken, last]
        assert [one.position for one in heard] == [1, 2]
        assert [one.flags for one in heard] == [KEY, KEY | END]
        check_speech(heard[0], grace, captured_us)
        grace.wait_until_durable(last)


def test_a_client_follows_the_room(server: Server, room: Room) -> None:
    with enter(server.url, room.slug, "Grace") as grace:
        with enter(server.url, room.slug, "Heidi") as heidi:
            assert grace.request("chat.send", text="Hello")["type"] == "ok"
            said = heidi.wait_for_event("chat.message", lambda data: True)
            assert said["message"]["text"] == "Hello"
            assert heidi.request("no.such.thing")["code"] == "unknown_type"
            heidi.request("leave")
        left = grace.wait_for_event("participant.left", lambda data: True)
        assert left == {"number": heidi.number, "reason": "left"}
        positions = [event["position"] for event in grace.events]
        first = grace.welcome["position"] + 1
        assert positions == list(range(first, first + len(positions)))


def announce(client: SecondClient) -> dict[str, object]:
    return client.request(
        "track.start", kind="microphone", codec="pcm", width=0, height=0
    )


def check_speech(heard: Received, speaker: SecondClient, captured_us: int) -> None:
    assert heard.participant == speaker.number
    assert heard.captured_us == captured_us
    assert heard.loudness == 15
    assert heard.epoch == speaker.welcome["you"]["epoch"]
    assert len(heard.payload) == SAMPLES * 2
