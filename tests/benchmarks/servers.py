"""The servers that are measured, on a data folder of their own, and ways in."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.client import OnMessage, WebSocketClient, connect
from tests.redis import running_redis
from tests.server import Server, asgi_server, collect_static

if TYPE_CHECKING:
    from rooms.access import Access


@contextmanager
def pinned_servers(*, people: int, count: int = 1) -> Iterator[list[Server]]:
    """One has the first CPU and this load the last; several have one each, as far as
    there are, with Redis and this load beside them. Django is set up on the folder."""
    cpus = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _set_up(folder, people=people)
        url = stack.enter_context(running_redis()).url if count > 1 else ""
        servers = []
        for number in range(count):
            os.sched_setaffinity(0, {cpus[number % len(cpus)]})  # it is inherited
            servers.append(stack.enter_context(asgi_server(folder, REDIS_URL=url)))
        os.sched_setaffinity(0, {cpus[-1]} if count == 1 else cpus)
        yield servers


@contextmanager
def server_of_pages(*, people: int) -> Iterator[Server]:
    """With all that browsers load. Django is set up on its folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _set_up(folder, people=people)
        collect_static(folder)
        with asgi_server(folder) as server:
            yield server


def _set_up(folder: Path, *, people: int) -> None:
    """A migrated data folder, and Django on it."""
    os.environ.update(
        DATA_DIR=str(folder),
        PARTICIPANTS_LIMIT=str(people),
        ATTENDEES_LIMIT=str(people),
        DJANGO_SETTINGS_MODULE="conference.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, stdout=sys.stderr)


def open_room(kind: str = "meeting") -> "Access":
    """A room, and its owner's access to it."""
    from django.contrib.auth import get_user_model

    from rooms.access import Access
    from rooms.models import Role
    from rooms.rules.rooms import create_room

    user = get_user_model().objects.create_user(email="host@example.com")
    return Access(create_room(user, name="Benchmark", kind=kind), Role.OWNER, user)


async def enter(server: Server, access: "Access", take: OnMessage) -> WebSocketClient:
    """Join, and open both sockets as a browser does; return the media socket."""
    from rooms.rules.lifecycle import join
    from rooms.tickets import make_ticket

    participant = await asyncio.to_thread(join, access, name="Person", consent=True)
    path = f"/ws/rooms/{access.room.slug}/"
    ticket = make_ticket(participant)
    await _open(server, path, ticket, lambda *message: None)
    return await _open(server, f"{path}media/", ticket, take)


async def _open(
    server: Server, path: str, ticket: str, take: OnMessage
) -> WebSocketClient:
    """A socket that has had its first message: ``welcome`` or ``ready``."""
    greeting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def hear(opcode: int, payload: memoryview) -> None:
        if not greeting.done():
            greeting.set_result(bytes(payload))
        take(opcode, payload)

    client = await connect(server.port, path, ticket=ticket, on_message=hear)
    if json.loads(await greeting)["type"] == "error":
        raise AssertionError(f"Not let in: {greeting.result()!r}")
    return client
