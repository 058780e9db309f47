"""A room with people in it who send, a worker for live outputs, an RTMP server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.recordings.outputs.live import LiveRoom, Worker, live_worker
from tests.rtmp import RtmpServer, rtmp_server

QUEUE = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_in", "."))


@pytest.fixture
def live_room(transactional_db: None, settings: Any) -> Iterator[LiveRoom]:
    settings.LIVE_PRIVATE_TARGETS = True
    room = LiveRoom.opened()
    try:
        yield room
    finally:
        room.close()


@pytest.fixture(scope="module")
def module_worker(
    django_db_setup: None,
) -> Iterator[Worker]:
    with live_worker() as process:
        yield process


@pytest.fixture(scope="session")
def rtmp() -> Iterator[RtmpServer]:
    with rtmp_server() as server:
        yield server
