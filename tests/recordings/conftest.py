"""Every test here has a room of Alice's with an open session."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.recordings.meeting import Meeting
from tests.s3 import S3Server, s3_server

# Times on a machine that runs other things as well say nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def meeting(transactional_db: None) -> Meeting:
    return Meeting()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """One for all tests; each takes away what it put there."""
    with s3_server() as server:
        yield server
