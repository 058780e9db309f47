"""The first page of the admin: what waits, what is being made, what takes the space."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu import Connection

from conference.models import User
from conference.queue_lengths import queue_lengths
from recordings.models import Export, ExportState, Recording
from rooms.clock import to_us
from rooms.models import Room, Session
from rooms.rules.rooms import create_room
from tests.redis import running_redis

MEGABYTE = 1 << 20


@pytest.fixture
def staff(client: Client, db: None) -> User:
    cache.clear()
    user = User.objects.create_superuser("root@example.com", "secret")
    client.force_login(user)
    return user


def keep(room: Room, *, size: int, by: User | None, days: int | None) -> Recording:
    ended_at = timezone.now()
    started_at = ended_at - timedelta(minutes=5)
    session = Session.objects.create(
        room=room, started_at=started_at, ended_at=ended_at
    )
    return Recording.objects.create(
        session=session,
        room=room,
        title=room.name,
        started_by=by,
        started_us=to_us(started_at),
        ended_us=to_us(ended_at),
        sealed_at=ended_at,
        bytes=size,
        keep_days=days,
    )


def test_storage_counts_exports_and_what_nobody_asked_for(
    client: Client, staff: User
) -> None:
    small = create_room(staff, name="Small")
    large = create_room(staff, name="Large by its files")
    keep(small, size=5 * MEGABYTE, by=staff, days=None)
    keep(small, size=2 * MEGABYTE, by=None, days=7)
    recording = keep(large, size=MEGABYTE, by=staff, days=None)
    Export.objects.create(
        recording=recording, state=ExportState.READY, format="mp4", bytes=9 * MEGABYTE
    )
    context = client.get(reverse("admin:index")).context
    rows = [[str(cell) for cell in row[2:]] for row in context["largest"]["rows"]]
    assert rows == [
        ["1.0\xa0MB", "0\xa0bytes", "9.0\xa0MB"],
        ["7.0\xa0MB", "2.0\xa0MB", "0\xa0bytes"],
    ]


def test_exports_that_are_being_made_are_there(client: Client, staff: User) -> None:
    recording = keep(create_room(staff, name="Board"), size=1, by=staff, days=None)
    for state, progress in (("queued", 0), ("running", 0.42), ("ready", 1)):
        Export.objects.create(
            recording=recording, state=state, format="mp4", progress=progress
        )
    table = client.get(reverse("admin:index")).context["running"]
    assert [(row[1], row[2]) for row in table["rows"]] == [
        ("Being made", "42%"),
        ("Waiting", "0%"),
    ]


def test_the_queues_are_those_that_tasks_go_to(client: Client, staff: User) -> None:
    table = client.get(reverse("admin:index")).context["queues"]
    assert not table["is_away"]
    assert {"default", "media"} <= {name for name, _count in table["rows"]}


def in_folder(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder),
    }
    return Connection("filesystem://localhost", transport_options=options)


def send(connection: Connection, count: int) -> None:
    with connection:
        channel: Any = connection.default_channel
        for number in range(count):
            channel._put("media", {"number": number})


def test_what_waits_in_a_folder_is_counted(tmp_path: Path) -> None:
    send(in_folder(tmp_path), 2)
    lengths = queue_lengths(in_folder(tmp_path))
    assert lengths is not None
    assert (lengths["media"], lengths["default"]) == (2, 0)


def test_what_waits_in_redis_is_counted_and_one_that_is_away_is_told() -> None:
    with running_redis() as redis:
        send(Connection(redis.url), 3)
        lengths = queue_lengths(Connection(redis.url))
        assert lengths is not None
        assert (lengths["media"], lengths["default"]) == (3, 0)
        redis.kill()
        assert queue_lengths(Connection(redis.url)) is None
