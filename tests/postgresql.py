"""A real PostgreSQL for tests: in a folder of its own, on a socket in that folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

START_SECONDS = 60  # on a busy machine
# Rows of tests need not survive a crash.
CAREFREE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@contextmanager
def postgresql(database: str) -> Iterator[str]:
    """The address of a database that is still to be made, for as long as it runs."""
    folder = Path(tempfile.mkdtemp(prefix="conference-postgresql-"))
    owner = unprivileged()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        with running(folder, owner):
            yield f"postgres://conference@/{database}?host={quote(str(folder))}"
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(folder: Path, owner: pwd.struct_passwd | None) -> Iterator[None]:
    data = folder / "data"
    subprocess.run(
        [
            program("initdb"),
            *("--pgdata", data, "--username", "conference", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ],
        cwd=folder,
        user=owner and owner.pw_uid,
        group=owner and owner.pw_gid,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                program("postgres"),
                *("-D", data, "-k", folder, "-c", "listen_addresses="),
                *(part for setting in CAREFREE for part in ("-c", setting)),
            ],
            cwd=folder,
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(server, folder, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # without waiting for clients
        server.wait(START_SECONDS)


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(
                host=str(folder), user="conference", dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            still = server.poll() is None and time.monotonic() < deadline
            assert still, log.read_text()
            time.sleep(0.05)
        else:
            return


def unprivileged() -> pwd.struct_passwd | None:
    """Whom it runs as: it refuses to be root's."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def program(name: str) -> str:
    """Debian keeps the server's programs apart, by version, and off the path."""
    apart = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    path = os.pathsep.join([os.environ["PATH"], *map(str, apart)])
    found = shutil.which(name, path=path)
    assert found, "PostgreSQL is missing; `make test` installs it or says how."
    return found
