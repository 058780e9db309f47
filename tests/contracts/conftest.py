"""Every backend of the stream log, one after the other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis as Client

from rooms.streams import open_log
from rooms.streams.contract import StreamLog
from tests.redis import Redis, running_redis

BACKENDS = ("memory", "sqlite", "redis")


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with running_redis() as server:
        yield server


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty log may be opened, of each backend."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis").url
        with Client.from_url(url) as client:
            client.flushall()
        return url
    return {"memory": "memory://", "sqlite": f"sqlite://{tmp_path}/log"}[request.param]


@pytest.fixture
async def log(url: str) -> AsyncIterator[StreamLog]:
    log = open_log(url)
    yield log
    await log.close()
