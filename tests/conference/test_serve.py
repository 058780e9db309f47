"""`manage.py serve`, for real: the whole product as processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from conference.management.commands.serve import lock_folder
from tests.postgresql import running_postgresql
from tests.redis import running_redis
from tests.server import (
    Server,
    asgi_server,
    free_port,
    free_ports,
    product,
    wait_for,
    wait_until_it_answers,
)

CHILDREN = ("server", "tasks", "exports", "live", "scheduler")
STOP_SECONDS = 10  # promised


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("product")


@pytest.fixture(scope="module")
def first_start(folder: Path) -> str:
    """What the first start on the folder printed; it has been stopped since."""
    with product(folder, DEMO_EMAIL="alice@example.com") as server:
        return server.log.read_text()


@pytest.fixture
def later_start(folder: Path, first_start: str) -> Iterator[Server]:
    with started(folder) as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One product for the tests after which it still runs."""
    with started(tmp_path_factory.mktemp("running")) as server:
        yield server


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    with product(folder) as server:
        wait_for(lambda: set(server.children()) == set(CHILDREN))
        yield server


def living_groups() -> set[int]:
    """Process groups with a process that is not merely waiting to be reaped."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(group) for group, state in rows if not state.startswith("Z")}


def replaced(server: Server, name: str, before: int) -> bool:
    return server.children()[name] != before


def is_free(folder: Path) -> bool:
    try:
        os.close(lock_folder(folder))
    except CommandError:
        return False
    return True


def serve(
    folder: Path, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A start that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve", *options],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "conference.settings",
            "DATA_DIR": str(folder),
            "PORT": str(free_port()),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_demo_host_is_made_and_shown_on_the_first_start_alone(
    first_start: str, later_start: Server
) -> None:
    assert re.search(r"Email +alice@example.com\n +Password +\S{12}\n", first_start)

    shown = later_start.log.read_text()
    assert "Password" not in shown
    assert f"Open {later_start.url}/" in shown


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_that_dies_is_replaced(running: Server, name: str) -> None:
    first = running.children()[name]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running.children()[name] != first)
    assert f"{name} ended (SIGKILL)" in running.log.read_text()
    wait_for(lambda: first not in living_groups())
    assert running.process.poll() is None


def test_who_connects_while_the_server_is_replaced_waits(running: Server) -> None:
    os.kill(running.children()["server"], signal.SIGKILL)
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert client.recv(12).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(later_start: Server, number: signal.Signals) -> None:
    groups = set(later_start.children().values())
    later_start.process.send_signal(number)
    assert later_start.process.wait(STOP_SECONDS) == 0
    assert not groups & living_groups()


def test_nothing_outlives_a_supervisor_that_is_killed(later_start: Server) -> None:
    groups = set(later_start.children().values())
    later_start.kill()
    wait_for(lambda: not groups & living_groups(), STOP_SECONDS)
    wait_for(lambda: is_free(later_start.data_dir))


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = serve(tmp_path, PORT=str(port))
    assert result.returncode == 1
    assert result.stderr == (
        f"CommandError: Port {port} on 127.0.0.1 is in use. Set PORT to another one.\n"
    )


def test_a_folder_in_use_is_one_sentence(running: Server) -> None:
    result = serve(running.data_dir)
    assert result.returncode == 1
    assert result.stderr.startswith("CommandError: Another server runs on the data")
    assert result.stderr.count("\n") == 1


def test_processes_that_share_nothing_are_one_sentence(tmp_path: Path) -> None:
    result = serve(tmp_path, "--processes", "2")
    assert result.returncode == 1
    assert result.stderr.startswith("CommandError: 2 server processes need REDIS_URL:")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "PORT='http' must be a whole number from 1 to 65535."),
        ("PORT", "0", "PORT='0' must be a whole number from 1 to 65535."),
        ("DEBUG", "maybe", "DEBUG='maybe' must be 1 or 0."),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL='LOUD' must be one of: "),
        ("DEMO_EMAIL", "alice", "DEMO_EMAIL='alice' is not an e-mail address."),
        ("STREAM_LOG_URL", "kafka://x", "STREAM_LOG_URL: The address must begin"),
        ("STREAM_LOG_URL", "redis://127.0.0.1:1/0", "STREAM_LOG_URL: Error 111"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL: Error 111"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must be redis://"),
        ("PUBLIC_URL", "meet.example.com", "PUBLIC_URL='meet.example.com' must be"),
        ("PUBLIC_URL", "https://meet.example.com", "PUBLIC_URL='https://meet.exampl"),
        ("DATABASE_URL", "postgres:///x?host=/nowhere", "DATABASE_URL: "),
        ("TLS_CERT", "/nowhere.pem", "Set all of TLS_CERT, TLS_KEY, or none of them."),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    result = serve(tmp_path, **{name: value})
    assert result.returncode == 2
    assert result.stderr.startswith(f"Wrong setting: {sentence}")
    assert result.stderr.count("\n") == 1


def test_the_server_process_runs_on_its_own(tmp_path: Path) -> None:
    with asgi_server(tmp_path) as server:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(STOP_SECONDS)


def test_everything_runs_on_postgresql(tmp_path: Path) -> None:
    with (
        running_postgresql() as postgresql,
        # This database is there from the start.
        product(tmp_path, DATABASE_URL=postgresql.url("postgres")) as server,
    ):
        wait_for(lambda: set(server.children()) == set(CHILDREN))
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:
            assert json.load(answer)["database"] == "ok"
    assert not (tmp_path / "conference.sqlite3").exists()


def test_several_processes_serve_one_port(tmp_path: Path) -> None:
    with (
        running_redis() as redis,
        product(tmp_path, "--processes", "2", REDIS_URL=redis.url) as server,
    ):
        names = {"server1", "server2", *CHILDREN[1:]}
        wait_for(lambda: set(server.children()) == names)
        first = server.children()
        for name in ("server1", "server2"):
            os.kill(first[name], signal.SIGKILL)
            with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:
                assert json.load(answer)["stream_log"] == "ok"
            is_replaced = partial(replaced, server, name, first[name])
            wait_for(is_replaced, 60)
    assert not (tmp_path / "streams.sqlite3").exists()


def test_several_processes_on_ports_of_their_own(tmp_path: Path) -> None:
    with (
        running_redis() as redis,
        product(
            tmp_path,
            "--processes=2",
            "--own-ports",
            port=free_ports(2),
            REDIS_URL=redis.url,
        ) as server,
    ):
        for port in (server.port, server.port + 1):
            wait_until_it_answers(replace(server, port=port))
