"""A real Redis for tests: in a folder of its own, on a free port."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.server import free_port

START_SECONDS = 60  # on a busy machine


@dataclass(slots=True)
class Redis:
    """A server that can be killed and started again with what it has kept.

    ``appendfsync``: ``always`` or ``everysec``, as in its configuration.
    """

    folder: Path
    appendfsync: str = "always"
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """While it runs."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "Redis is missing; `make test` installs it or says how."
        command = [
            *(program, "--bind", "127.0.0.1", "--port", str(self.port)),
            *("--dir", str(self.folder), "--save", "", "--appendonly", "yes"),
            *("--appendfsync", self.appendfsync, *self.options),
        ]
        with (self.folder / "log").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT
            )
        self._wait_until_ready()

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It neither answers nor closes connections, as a machine that is cut off."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.send_signal(signal.SIGCONT)  # where it was frozen
            self._process.wait(START_SECONDS)
            self._process = None

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    still = self._process.poll() is None and time.monotonic() < deadline
                    assert still, (self.folder / "log").read_text()
                    time.sleep(0.02)


@contextmanager
def running_redis(*options: str, appendfsync: str = "always") -> Iterator[Redis]:
    """``options`` are further ones of redis-server, as on its command line."""
    folder = Path(tempfile.mkdtemp(prefix="conference-redis-"))
    server = Redis(folder, appendfsync, options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
