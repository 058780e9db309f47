"""Every test here has a room of Alice's with an open session."""

import pytest
from hypothesis import settings

from tests.recordings.meeting import Meeting

# Times on a machine that runs other things as well say nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def meeting(transactional_db: None) -> Meeting:
    return Meeting()
