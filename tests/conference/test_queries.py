"""Every page and list needs as many queries for many rows as for few."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conference.models import User
from conference.samples.bulk import Scale, make_bulk
from recordings.models import Recording
from tests.benchmarks.pages_asked import PAGES, of_one

MOST = 25  # of one page, with the session and the user


def fill(owner: User, *, rooms: int) -> None:
    scale = Scale(users=5, rooms=rooms, recordings=rooms * 2, messages=rooms * 8)
    make_bulk(scale, owner, tell=lambda line: None)


def count(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured)


@pytest.fixture
def owner(client: Client, db: None) -> User:
    owner = User.objects.create_superuser("alice@example.com", "secret", name="Alice")
    client.force_login(owner)
    fill(owner, rooms=51)
    return owner


def test_queries_do_not_grow_with_the_rows(client: Client, owner: User) -> None:
    found = Recording.objects.filter(room__owner=owner, exports__isnull=False)
    recording = found.select_related("room").latest("created_at")
    room, session = recording.room.slug, str(recording.session_id)
    lists = [one for one in PAGES if "p=50" not in one]  # there is no such page here
    addresses = [*lists, *of_one(room, session, str(recording.pk))]
    few = {address: count(client, address) for address in addresses}
    fill(owner, rooms=100)
    many = {address: count(client, address) for address in addresses}
    # One more where there was nothing at all before.
    assert not [one for one in addresses if many[one] > few[one] + 1]
    assert max(many.values()) <= MOST
