"""A server process that is told to end: nobody new, everybody told, nothing lost."""

import signal
import time
from pathlib import Path

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings

from rooms.log import stream_log
from rooms.models import Participant, Room
from rooms.tickets import make_resume
from tests.rooms.live.control_client import joined
from tests.rooms.live.media_client import on_media, open_media, record
from tests.rooms.people import admit
from tests.server import asgi_server, free_port, wait_for

RECORDS = 200
END_SECONDS = 10


@pytest.mark.django_db(transaction=True)
def test_a_call_goes_on_after_a_drain(room: Room) -> None:
    port = free_port()
    data_dir = Path(settings.DATA_DIR)
    grace = admit(room)
    with (
        asgi_server(data_dir, port=port) as server,
        joined(server, grace) as control,
        on_media(server, grace) as media,
    ):
        for number in range(1, RECORDS + 1):
            media.publish(record(number))
        acknowledged = media.text("ack")["number"]
        asked = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert media.closed() == (1012, "restarting")
        code, messages = control.closed()
        assert (code, messages[-1]["code"]) == (1012, "restarting")
        server.process.wait(END_SECONDS)
        assert time.monotonic() - asked < END_SECONDS
    later = [text["number"] for text in media.texts if text["type"] == "ack"]
    assert Participant.objects.get().connected  # missed by nobody so far

    with asgi_server(data_dir, port=port) as server:
        resume = make_resume(grace)
        with (
            joined(server, grace, token=resume),
            open_media(server, room.slug, resume) as media,
        ):
            known = media.text("ready")["number"]
            assert known >= max([acknowledged, *later])
            for number in range(known + 1, RECORDS + 2):
                media.publish(record(number))
            media.acknowledged(RECORDS + 1)
    kept = async_to_sync(stream_log().read)(grace.stream)
    assert [one.position for one in kept] == list(range(1, RECORDS + 2))


@pytest.mark.django_db(transaction=True)
def test_a_draining_process_is_alive_not_ready_and_lets_nobody_join(
    room: Room,
) -> None:
    """It goes on for DRAIN_SECONDS, so that a load balancer can see it."""
    with asgi_server(Path(settings.DATA_DIR), DRAIN_SECONDS="2") as server:
        join = f"{server.url}/api/v1/rooms/{room.slug}/join/"
        grace = {"name": "Grace", "consent": True}
        with httpx.Client(base_url=server.url, timeout=60) as client:
            assert client.get("/readyz").status_code == 200
            assert client.post(join, json=grace).status_code == 201
            server.process.send_signal(signal.SIGTERM)
            answers = []

            def is_draining() -> bool:
                answers.append(client.get("/readyz"))
                return answers[-1].status_code == 503

            wait_for(is_draining)
            assert answers[-1].json()["server"] == "failed"
            assert client.get("/livez").status_code == 200
            refused = client.post(join, json=grace)
            assert refused.status_code == 503
            assert refused.json()["errors"][0]["code"] == "restarting"
