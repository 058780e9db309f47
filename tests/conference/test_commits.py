"""Transactions that wait for the disk as they end, and those that do not."""

from collections.abc import Iterator

import pytest
from django.db import connection

from conference import commits
from conference.models import User

FULL, NORMAL = "2", "1"  # of SQLite
pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> str:
    """What the connection says of commits at the moment."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if is_sqlite else "SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.fixture
def usual() -> Iterator[str]:
    """As in the product; the tests' own SQLite never waits."""
    before = waiting()
    if connection.vendor == "sqlite":
        set_synchronous(FULL)
    yield waiting()
    if connection.vendor == "sqlite":
        set_synchronous(before)


def set_synchronous(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {value}")


@pytest.fixture
def unsynced() -> str:
    return NORMAL if connection.vendor == "sqlite" else "off"


def add(name: str) -> None:
    User.objects.create_user(f"{name}@example.com")


def test_one_that_is_synced_is_like_all_others(usual: str) -> None:
    with commits.atomic(is_synced=True):
        add("alice")
        assert waiting() == usual
    assert User.objects.count() == 1


def test_one_that_is_not_leaves_the_next_ones_as_they_are(
    usual: str, unsynced: str
) -> None:
    with commits.atomic(is_synced=False):
        add("alice")
        assert waiting() == unsynced
    assert User.objects.count() == 1
    assert waiting() == usual


def test_one_that_fails_is_undone(usual: str) -> None:
    with pytest.raises(ZeroDivisionError), commits.atomic(is_synced=False):
        add("alice")
        raise ZeroDivisionError
    assert User.objects.count() == 0
    assert waiting() == usual


def test_within_another_one_that_one_decides(usual: str) -> None:
    with commits.atomic(is_synced=True), commits.atomic(is_synced=False):
        add("alice")
        assert waiting() == usual
    assert User.objects.count() == 1
