"""A call goes on while the database is away. SQLite cannot be: it is a file."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from rooms.models import ChatMessage, Participant, Room
from tests.e2e.second_client import SecondClient, enter, now_us
from tests.server import Server
from tests.settings import database_server

# How long it is away: people who are not seen for 15 s are shown as lost, and after
# 30 s have left, so 40 shows what 2 does not.
OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "2"))

pytestmark = [
    pytest.mark.timeout(240 + OUTAGE_SECONDS),
    pytest.mark.skipif(database_server is None, reason="with TEST_DATABASE=postgresql"),
]


@contextmanager
def away() -> Iterator[None]:
    assert database_server
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    database_server.stop()
    try:
        yield
    finally:
        database_server.start()


def talk(speaker: SecondClient, listener: SecondClient) -> None:
    """One says something, the other hears it, and it is kept."""
    number = speaker.send_sound([0] * 480, loudness=20, captured_us=now_us())
    for received in listener.receive():
        if (received.participant, received.number) == (speaker.number, number):
            break
    speaker.wait_until_durable(number)


def test_a_call_goes_on_without_the_database(server: Server, room: Room) -> None:
    with (
        enter(server.url, room.slug, "Grace") as grace,
        enter(server.url, room.slug, "Heidi") as heidi,
    ):
        talk(grace, heidi)
        with away():
            until = time.monotonic() + OUTAGE_SECONDS
            talk(grace, heidi)
            refused = grace.request("chat.send", text="Lost")
            assert (refused["type"], refused["code"]) == ("error", "unavailable")
            while time.monotonic() < until:
                talk(grace, heidi)
                talk(heidi, grace)
        talk(grace, heidi)
        while grace.request("chat.send", text="Kept")["type"] == "error":
            time.sleep(0.1)
        said = heidi.wait_for_event("chat.message", lambda data: True)
        assert said["message"]["text"] == "Kept"
        here = Participant.objects.filter(left_at=None, connected=True)
        assert {one.name for one in here} == {"Grace", "Heidi"}
        assert not [one for one in heidi.events if one["event"] == "participant.left"]
    assert [one.text for one in ChatMessage.objects.all()] == ["Kept"]
