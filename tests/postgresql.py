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
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

START_SECONDS = 60  # on a busy machine
# Rows of tests need not survive a crash.
CAREFREE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@dataclass(slots=True)
class Postgresql:
    """A server that can be stopped and started again with what it has kept."""

    folder: Path
    owner: pwd.struct_passwd | None
    _process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str) -> str:
        return f"postgres://conference@/{database}?host={quote(str(self.folder))}"

    def initialise(self) -> None:
        options = (
            *("--username", "conference", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )
        command = [program("initdb"), "--pgdata", str(self.folder / "data"), *options]
        self._popen(command, subprocess.DEVNULL).wait()

    def start(self) -> None:
        command = [
            *(program("postgres"), "-D", str(self.folder / "data")),
            *("-k", str(self.folder), "-c", "listen_addresses="),
            *(part for setting in CAREFREE for part in ("-c", setting)),
        ]
        with (self.folder / "log").open("ab") as output:
            self._process = self._popen(command, output)
        self._wait_until_ready()

    def stop(self) -> None:
        """Without waiting for clients."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def _popen(
        self, command: list[str], output: "IO[bytes] | int"
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=self.folder,
            user=self.owner and self.owner.pw_uid,
            group=self.owner and self.owner.pw_gid,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(
                    host=str(self.folder), user="conference", dbname="postgres"
                ).close()
            except psycopg.OperationalError:
                still = self._process.poll() is None and time.monotonic() < deadline
                assert still, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return


@contextmanager
def running_postgresql() -> Iterator[Postgresql]:
    folder = Path(tempfile.mkdtemp(prefix="conference-postgresql-"))
    server = Postgresql(folder, unprivileged())
    if server.owner:
        os.chown(folder, server.owner.pw_uid, server.owner.pw_gid)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


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
