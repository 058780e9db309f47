"""Every backend of the stream log, one after the other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rooms.streams import open_log
from rooms.streams.contract import StreamLog

URLS = {"memory": "memory://", "sqlite": "sqlite://{folder}/streams.sqlite3"}


@pytest.fixture(params=sorted(URLS))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a log may be opened, of each backend."""
    return URLS[request.param].format(folder=tmp_path)


@pytest.fixture
async def log(url: str) -> AsyncIterator[StreamLog]:
    log = open_log(url)
    yield log
    await log.close()
