"""A room with people in it who send, a worker for live outputs, an RTMP server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conference.tls import ensure_self_signed
from tests.recordings.outputs.live import LiveRoom, Worker, live_worker
from tests.rtmp import RtmpServer, rtmp_server

Files = tuple[Path, Path]
NAMES = ["localhost", "127.0.0.1"]


@pytest.fixture
def live_room(transactional_db: None, settings: Any) -> Iterator[LiveRoom]:
    settings.LIVE_PRIVATE_TARGETS = True
    room = LiveRoom.opened()
    try:
        yield room
    finally:
        room.close()


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Certificate and key of the one server that ``module_worker`` trusts."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    ensure_self_signed(*files, NAMES)
    return files


@pytest.fixture(scope="module")
def module_worker(django_db_setup: None, trusted: Files) -> Iterator[Worker]:
    """It takes every output of the module: others of them would not get any."""
    with live_worker(LIVE_CA_FILE=str(trusted[0])) as process:
        yield process


@pytest.fixture(scope="session")
def rtmp() -> Iterator[RtmpServer]:
    with rtmp_server() as server:
        yield server
