"""The SQLite file of a log: its tables, and connections to it."""

import sqlite3
import time

BUSY_SECONDS = 10  # other processes hold the write lock for milliseconds
WAL_BYTES = 64 << 20  # that the write-ahead log keeps after a long reader made it grow

# ``streams`` outlives trims: it has what the next append must know. ``records`` is
# written at its end only; a page that a trim has freed is used again, so that the
# file grows to what was ever stored at one time and no further.
_TABLES = """
    CREATE TABLE IF NOT EXISTS streams (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        next_position INTEGER NOT NULL DEFAULT 1,
        epoch INTEGER NOT NULL DEFAULT 0,
        number INTEGER NOT NULL DEFAULT 0,
        fence INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS records (
        stream INTEGER NOT NULL,
        position INTEGER NOT NULL,
        appended_us INTEGER NOT NULL,
        payload BLOB NOT NULL
    );
    CREATE UNIQUE INDEX IF NOT EXISTS records_by_position
        ON records (stream, position);
    CREATE INDEX IF NOT EXISTS records_by_time
        ON records (stream, appended_us, position);
"""


def connect(path: str) -> sqlite3.Connection:
    """A connection for one thread at a time, with transactions begun by hand."""
    db = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    db.execute("PRAGMA synchronous=FULL")
    db.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
    return db


def prepare(path: str) -> None:
    """Make the file and its tables where they are not there yet."""
    db = connect(path)
    try:
        db.execute("PRAGMA page_size=8192")  # most records fit into one page
        _use_wal(db)
        db.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute("COMMIT")
    finally:
        db.close()


def _use_wal(db: sqlite3.Connection) -> None:
    """The one statement that does not wait for its lock when several processes open
    a new file at once (https://sqlite.org/wal.html, "Sometimes queries return
    SQLITE_BUSY in WAL mode")."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
