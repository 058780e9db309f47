"""A viewer's outbox, for tests that make no sockets."""

import pytest

from rooms.live.outbox import Outbox
from tests.rooms.live.outboxes import Clock, Source, viewer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def outbox(clock: Clock) -> Outbox:
    return viewer(9, clock)


@pytest.fixture
def source(clock: Clock) -> Source:
    return Source(clock)
