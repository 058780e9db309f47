"""Metrics and logs of a real server, and who may read them."""

import json
import logging
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from conference.logs import JsonFormatter
from conference.models import User
from rooms.models import Room
from rooms.rules.rooms import create_room, update_room
from tests.rooms.live.control_client import joined
from tests.rooms.live.media_client import on_media, record, video
from tests.rooms.people import admit, seat
from tests.server import Server, asgi_server, wait_for

TOKEN = "only for the tests"


@pytest.fixture
def room(db: None) -> Room:
    return create_room(
        User.objects.create_user("alice@example.com", name="Alice"), name="Board"
    )


def read(text: str) -> dict[str, float]:
    """Each sample by its name and label values."""
    return {
        "/".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(server: Server) -> dict[str, float]:
    return read(httpx.get(f"{server.url}/metrics", timeout=60).text)


def test_what_sockets_carry_is_counted(server: Server, room: Room) -> None:
    before = scrape(server)
    sent = [record(1), video(2, key=True), record(3)]
    grace, heidi = admit(room, name="Grace"), admit(room, name="Heidi")
    with (
        joined(server, grace),
        joined(server, heidi),
        on_media(server, heidi) as viewer,
        on_media(server, grace) as publisher,
    ):
        publisher.publish(*sent)
        publisher.acknowledged(3)
        viewer.deliveries(3)
        wait_for(lambda: scrape(server)["conference_sockets/media"] == 2)
        during = scrape(server)
        assert during["conference_sockets/control"] == 2
        assert during["conference_people/participant"] == 2
        assert during["conference_rooms"] == 1
        assert during["conference_log_streams"] >= 1  # and what other tests left
        assert during["conference_log_backlog_seconds"] > 0

    def counted(name: str) -> float:
        return scrape(server)[name] - before.get(name, 0)

    wait_for(lambda: counted("conference_records_out_total") == 3)
    assert counted("conference_records_in_total") == 3
    assert counted("conference_bytes_in_total") == sum(len(one) + 4 for one in sent)
    assert counted("conference_bytes_out_total") > counted("conference_bytes_in_total")
    assert counted("conference_append_seconds_count") >= 1
    assert before["conference_drops_total/stale"] == 0
    wait_for(lambda: scrape(server)["conference_sockets/media"] == 0)


@pytest.mark.django_db(transaction=True)
def test_logs_as_json_have_a_line_for_each_connection(room: Room) -> None:
    grace = admit(room)
    with asgi_server(Path(settings.DATA_DIR), LOG_FORMAT="json") as server:
        with joined(server, grace), on_media(server, grace) as media:
            media.publish(record(1))
            media.acknowledged(1)

        def ended() -> dict[str, dict[str, object]]:
            lines = map(json.loads, server.log.read_text().splitlines())
            return {line["socket"]: line for line in lines if "socket" in line}

        wait_for(lambda: len(ended()) == 2)
        assert ended()["media"]["records_in"] == 1
        assert ended()["control"]["ended_by"] == "client"
        for line in ended().values():
            assert line["participant"] == str(grace.pk)
            assert line["level"] == "INFO"


def test_an_error_is_in_its_json_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 1, "It %s", ("fails",), sys.exc_info()
        )
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "It fails"
    assert line["error"].endswith("ValueError: broken")


def test_attendees_are_counted_by_themselves(room: Room) -> None:
    update_room(room, kind="webinar")
    seat(room, room.owner)
    seat(room, name="Grace")
    found = read(Client().get("/metrics").text)
    assert found["conference_people/attendee"] == 1
    assert found["conference_people/participant"] == 1


@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "192.0.2.1"}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ("", {"HTTP_VIA": "1.1 proxy"}, 404),
        (TOKEN, {}, 404),
        (TOKEN, {"HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        (TOKEN, {"HTTP_AUTHORIZATION": f"Basic {TOKEN}"}, 404),
        (TOKEN, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        (
            TOKEN,
            {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}", "REMOTE_ADDR": "192.0.2.1"},
            200,
        ),
    ],
)
def test_metrics_are_for_the_machine_itself_or_who_has_the_token(
    db: None, token: str, asked: dict[str, str], status: int
) -> None:
    with override_settings(METRICS_TOKEN=token):
        assert Client().get("/metrics", **asked).status_code == status  # type: ignore[arg-type]
