"""Real server processes for tests, each on a free port."""

import fcntl
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 90  # on a busy machine
STOP_SECONDS = 60  # the same; what is promised is tested by itself


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``log`` is the file with all that it printed."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    log: Path
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def children(self) -> dict[str, int]:
        """Of the whole product: the process that each child last started as."""
        started = re.findall(
            r"supervisor (\w+) runs as process (\d+)", self.log.read_text()
        )
        return {name: int(pid) for name, pid in started}


@contextmanager
def asgi_server(
    data_dir: Path, *, port: int | None = None, **environment: str
) -> Iterator[Server]:
    """The ASGI server alone, on a migrated data folder."""
    with socket.create_server(("127.0.0.1", port or 0)) as listener:
        chosen = listener.getsockname()[1]
        command = [sys.executable, "-m", "conference.server", str(listener.fileno())]
        settings = {"PORT": str(chosen), **environment}
        fds = (listener.fileno(),)
        with _running(command, data_dir, settings, pass_fds=fds) as server:
            yield server


@contextmanager
def product(
    data_dir: Path,
    *options: str,
    port: int | None = None,
    scheme: str = "http",
    **environment: str,
) -> Iterator[Server]:
    """Everything, as ``manage.py serve`` runs it."""
    collect_static(data_dir)
    settings = {"PORT": str(port or free_port()), **environment}
    command = [sys.executable, "manage.py", "serve", *options]
    with _running(command, data_dir, settings, scheme=scheme) as server:
        yield server


def collect_static(data_dir: Path) -> None:
    """Put the static files where a server on this folder looks for them.

    That takes seconds: once for all test processes.
    """
    if not (data_dir / "static" / "collected").exists():
        shutil.copytree(_collected(), data_dir / "static", dirs_exist_ok=True)


@cache
def _collected() -> Path:
    common = ROOT / "var" / "tests"
    common.mkdir(parents=True, exist_ok=True)
    script = (
        "import brotli, functools, django; django.setup();"
        # To compress them well takes four times as long as all the rest.
        "brotli.compress = functools.partial(brotli.compress, quality=4);"
        "from conference.first_start import collect_static_files as collect; collect()"
    )
    product = {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "DATA_DIR": str(common),
    }
    with (common / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the file
        command = [sys.executable, "-c", script]
        subprocess.run(command, cwd=ROOT, env=os.environ | product, check=True)
    return common / "static"


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def free_ports(count: int) -> int:
    """The first of so many in a row."""
    while True:
        first = free_port()
        with ExitStack() as taken, suppress(OSError):
            for port in range(first, first + count):
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


@contextmanager
def _running(
    command: list[str],
    data_dir: Path,
    settings: dict[str, str],
    pass_fds: tuple[int, ...] = (),
    scheme: str = "http",
) -> Iterator[Server]:
    log = data_dir / f"server-{settings['PORT']}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "conference.settings",
                "DATA_DIR": str(data_dir),
                **settings,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
        )
    server = Server(process, int(settings["PORT"]), data_dir, log, scheme)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        stop(process)


def wait_until_it_answers(server: Server) -> None:
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            urllib.request.urlopen(
                f"{server.url}/healthz", timeout=5, context=unchecked
            ).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The server did not start:\n{server.log.read_text()[-4000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
