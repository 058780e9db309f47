"""A server that is killed and started again: people keep their places."""

import signal
from pathlib import Path

import pytest
from django.conf import settings

from rooms.models import Participant, Room, Session
from tests.rooms.live.control_client import joined
from tests.rooms.people import admit
from tests.server import asgi_server, free_port


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_participant_comes_back_by_the_resume_token(
    room: Room, end: signal.Signals
) -> None:
    port = free_port()
    data_dir = Path(settings.DATA_DIR)
    with (
        asgi_server(data_dir, port=port) as server,
        joined(server, admit(room)) as client,
    ):
        you, resume = client.welcome["you"], client.welcome["resume"]
        server.process.send_signal(end)
        server.process.wait()
    # The time while nobody can come back does not count.
    Participant.objects.update(seen_at="2020-01-01T00:00:00Z")
    with asgi_server(data_dir, port=port) as server:
        participant = Participant.objects.get()
        with joined(server, participant, token=resume) as client:
            assert client.welcome["you"] == you
            [person] = client.welcome["snapshot"]["participants"]
            assert person["connected"]
    assert Session.objects.get().ended_at is None
