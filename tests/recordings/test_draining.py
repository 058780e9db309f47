"""What a server process was still holding of a recording when it was told to end."""

import signal
import time
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings

from conference.models import User
from recordings.archive import Source, sealed_position
from recordings.reader import read_stream
from recordings.rules.recording import start_recording
from rooms.access import Access
from rooms.log import stream_log
from rooms.models import Role
from rooms.rules.rooms import create_room
from tests.rooms.live.control_client import joined
from tests.rooms.live.media_client import on_media, record
from tests.rooms.people import admit
from tests.server import asgi_server

RECORDS = 50  # a second's: far less than a segment
END_SECONDS = 10


@pytest.mark.django_db(transaction=True)
def test_it_is_sealed_before_the_process_ends() -> None:
    alice = User.objects.create_user("alice@example.com")
    room = create_room(alice, name="Talk")
    grace = admit(room)
    with (
        asgi_server(Path(settings.DATA_DIR)) as server,
        joined(server, grace),
        on_media(server, grace) as media,
    ):
        start_recording(Access(room, Role.OWNER, alice))
        for number in range(1, RECORDS + 1):
            media.publish(record(number))
        media.acknowledged(RECORDS)
        asked = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert media.closed() == (1012, "restarting")
        server.process.wait(END_SECONDS)
        assert time.monotonic() - asked < END_SECONDS
    assert sealed_position(grace.pk) == RECORDS
    # Still there for viewers who come back; nobody reads it twice for that.
    assert async_to_sync(stream_log().tail)(grace.stream).first_position == 1
    read = [one.header.number for part in read_stream(Source.of(grace)) for one in part]
    assert read == list(range(1, RECORDS + 1))
