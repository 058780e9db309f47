"""Pages and lists over very many rows, through the real server; JSON line last.

Alice sees 400 of the rooms, with 3,000 of the recordings, and is an administrator, who
sees them all. Each page is asked for in turn, again and again, on one connection.
``cpu_ms`` is what a page costs the server, however busy the machine is.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import httpx
from django.apps import apps
from django.core.management import call_command

from tests.benchmarks import machine
from tests.benchmarks.pages_asked import addresses
from tests.postgresql import running_postgresql
from tests.server import asgi_server

OWNER = "alice@example.com"
COUNTED = (
    "rooms.Room",
    "rooms.Session",
    "rooms.Participant",
    "rooms.Event",
    "rooms.ChatMessage",
    "recordings.Recording",
    "recordings.Segment",
    "recordings.Export",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="requests of each page")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument(
        "--folder", type=Path, help="keep the rows here, and use what is there already"
    )
    parser.add_argument("--only", default="", help="pages with this in their address")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="conference-pages-"))
        )
        folder.mkdir(exist_ok=True)
        environment = {"DATA_DIR": str(folder), "API_REQUESTS_PER_MINUTE": "1000000"}
        if arguments.postgresql:
            url = stack.enter_context(postgresql_database())
            environment["DATABASE_URL"] = url
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="conference.settings")
        django.setup()
        fill()
        server = stack.enter_context(asgi_server(folder))
        client = stack.enter_context(signed_in(server.url))
        asked = [one for one in addresses(client) if arguments.only in one]
        print(json.dumps(measure(client, server.process.pid, asked, arguments.rounds)))


@contextmanager
def postgresql_database() -> Iterator[str]:
    import psycopg

    with running_postgresql() as server:
        with psycopg.connect(server.url("postgres")) as connection:
            connection.autocommit = True
            connection.execute("CREATE DATABASE conference")
        yield server.url("conference")


def fill() -> None:
    from conference.first_start import prepare

    prepare()
    if not apps.get_model("rooms.Room")._default_manager.exists():
        call_command("seed", large=True)


@contextmanager
def signed_in(site: str) -> Iterator[httpx.Client]:
    from django.conf import settings
    from django.test import Client

    browser = Client()
    browser.force_login(apps.get_model("conference.User").objects.get(email=OWNER))
    name = settings.SESSION_COOKIE_NAME
    cookies = {name: browser.cookies[name].value}
    with httpx.Client(base_url=site, cookies=cookies, timeout=60) as client:
        yield client


def measure(
    client: httpx.Client, pid: int, asked: list[str], rounds: int
) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {address: [] for address in asked}
    cpu = dict.fromkeys(asked, 0.0)
    for _round in range(rounds + 1):
        for address, took in seconds.items():
            began, before = time.monotonic(), machine.cpu_seconds(pid)
            answer = client.get(address)
            took.append(time.monotonic() - began)
            cpu[address] += machine.cpu_seconds(pid) - before
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
    for took in seconds.values():
        del took[0]  # templates and plans are made on the first request
        took.sort()
    every = sorted(one for took in seconds.values() for one in took)
    slowest = max(asked, key=lambda one: machine.percentile_ms(seconds[one], 0.95))
    return {
        "pages": {
            named(one): figures(took)
            | {"cpu_ms": round(cpu[one] / (rounds + 1) * 1000, 1)}
            for one, took in seconds.items()
        },
        **figures(every),
        "slowest": named(slowest),
        "slowest_p95_ms": machine.percentile_ms(seconds[slowest], 0.95),
        "rows": {
            name.lower(): apps.get_model(name)._default_manager.count()
            for name in COUNTED
        },
        "database": django.db.connection.vendor,
        "machine": machine.facts(),
    }


def figures(took: list[float]) -> dict[str, float]:
    return {
        "p50_ms": machine.percentile_ms(took, 0.5),
        "p95_ms": machine.percentile_ms(took, 0.95),
    }


def named(address: str) -> str:
    """Without the site and without a cursor's value."""
    parts = urlsplit(address)
    query = "cursor" if "cursor=" in parts.query else parts.query
    return f"{parts.path}?{query}" if query else parts.path


if __name__ == "__main__":
    main()
