"""Connections to SQLite that outlive one request."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from conference.sqlite.base import KEPT, DatabaseWrapper, close_idle

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it is not in use"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.sqlite3"


def connect(path: Path) -> DatabaseWrapper:
    opened = DatabaseWrapper(connection.settings_dict | {"NAME": str(path)}, "other")
    opened.connect()
    return opened


def test_what_is_closed_is_used_again(path: Path) -> None:
    first = connect(path)
    raw = first.connection
    first.close()
    second = connect(path)
    assert second.connection is raw
    third = connect(path)  # that one is taken
    assert third.connection is not raw
    with third.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)
    for one in (second, third):
        one.close()


def test_an_open_transaction_ends_with_its_connection(path: Path) -> None:
    first = connect(path)
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (number)")
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("INSERT INTO kept VALUES (1)")
    first.close()
    second = connect(path)
    with second.cursor() as cursor:
        cursor.execute("INSERT INTO kept VALUES (2)")  # nobody holds the lock
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchall() == [(2,)]
    second.close()


def test_files_are_not_taken_for_each_other(path: Path, tmp_path: Path) -> None:
    first = connect(path)
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE here (number)")
    first.close()
    other = connect(tmp_path / "other.sqlite3")
    with pytest.raises(OperationalError, match="no such table"), other.cursor() as it:
        it.execute("SELECT * FROM here")
    other.close()


def test_no_more_are_kept_than_are_of_use(path: Path) -> None:
    opened = [connect(path) for _ in range(KEPT + 3)]
    raws = [one.connection for one in opened]
    for one in opened:
        one.close()
    again = [connect(path).connection for _ in range(KEPT + 3)]
    assert len({id(one) for one in again if one in raws}) == KEPT
    for raw in again:
        raw.close()


def test_they_are_not_carried_into_another_process(path: Path) -> None:
    script = f"""
import os, django
django.setup()
from conference.sqlite import base
from django.db import connection
opened = base.DatabaseWrapper(connection.settings_dict | {{"NAME": "{path}"}}, "other")
opened.connect()
opened.close()
assert len(base._idle["{path}"]) == 1
child = os.fork()
if not child:
    os._exit(len(base._idle["{path}"]))
assert os.waitpid(child, 0)[1] == 0
assert len(base._idle["{path}"]) == 0
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_all_can_be_let_go_of(path: Path) -> None:
    first = connect(path)
    raw = first.connection
    first.close()
    close_idle()
    assert connect(path).connection is not raw
