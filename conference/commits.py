"""Transactions that wait for the disk as they end, and those that do not."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

NORMAL = 1  # of SQLite's ``synchronous``; above it, each commit is synced


@contextmanager
def atomic(*, is_synced: bool) -> Iterator[None]:
    """A transaction, within another one as ``transaction.atomic`` has it.

    One that is not synced outlives ``kill -9`` of any process of ours, and may be
    undone by the loss of power. The next synced one makes it last. A thousand who come
    at once would wait for a thousand syncs, one after the other.
    """
    if is_synced or connection.in_atomic_block:
        with transaction.atomic():
            yield
    elif connection.vendor == "sqlite":
        with _unsynced_sqlite(), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
            yield


@contextmanager
def _unsynced_sqlite() -> Iterator[None]:
    """It is the connection that syncs or does not; between transactions it can be told
    (https://sqlite.org/pragma.html#pragma_synchronous)."""
    with connection.cursor() as cursor:
        [synchronous] = cursor.execute("PRAGMA synchronous").fetchone()
        cursor.execute(f"PRAGMA synchronous = {min(synchronous, NORMAL)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous = {synchronous}")
