"""The whole product as `make serve` runs it, on the tests' own data folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.server import Server, product

EMAIL, PASSWORD = "alice@example.com", "a meeting for three"


@pytest.fixture
def whole(transactional_db: None) -> Iterator[Server]:
    """Its demo host is Alice."""
    folder = Path(settings.DATA_DIR)
    with product(folder, DEMO_EMAIL=EMAIL, DEMO_PASSWORD=PASSWORD) as server:
        yield server


@pytest.fixture
def live_product(transactional_db: None) -> Iterator[Server]:
    """The same; live outputs may go to this machine."""
    with product(
        Path(settings.DATA_DIR),
        DEMO_EMAIL=EMAIL,
        DEMO_PASSWORD=PASSWORD,
        LIVE_PRIVATE_TARGETS="1",
    ) as server:
        yield server
