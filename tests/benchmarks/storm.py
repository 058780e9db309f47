"""A webinar that many join at once, whole server; prints one JSON line last.

Attendees come evenly over some seconds, each with a connection of its own: a join over
REST, the control socket up to its welcome, the media socket up to its first message. A
join's time is from coming to that. Meanwhile the host publishes sound and picture, and
a panellist who was there before measures how they arrive. The server process has the
first CPU, this load the last.
"""

import argparse
import asyncio
import json
import os
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.benchmarks import machine
from tests.benchmarks.client import BINARY, WebSocketClient, connect
from tests.benchmarks.fanout import (
    DELIVERY,
    Publisher,
    Viewer,
)
from tests.benchmarks.servers import open_room, pinned_servers
from tests.server import Server

GIVE_UP_SECONDS = 120.0
AFTER_SECONDS = 3.0  # that the host goes on once all have come
SETTLE_SECONDS = 10.0  # for what is on its way


class Witness(Viewer):
    """What arrives for the first time, and how long it took. A picture that begins anew
    brings records again, since its key frame."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[int] = set()

    def take(self, opcode: int, payload: memoryview) -> None:
        if opcode != BINARY:
            return
        arrived_us = time.time_ns() // 1000
        self.bytes += len(payload)
        offset = 0
        while offset < len(payload):
            length, _, position, appended_us = DELIVERY.unpack_from(payload, offset)
            if position not in self.seen:
                self.seen.add(position)
                self.seconds.append((arrived_us - appended_us) / 1e6)
            offset += 4 + length


@dataclass
class Storm:
    server: Server
    slug: str
    took: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    sockets: list[WebSocketClient] = field(default_factory=list)

    async def come(self, number: int, after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        began = time.monotonic()
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await self._join(f"Attendee {number}")
        except (OSError, TimeoutError, RuntimeError) as error:
            self.errors[f"{type(error).__name__}: {error}"[:100]] += 1
        else:
            self.took.append(time.monotonic() - began)

    async def _join(self, name: str) -> None:
        joined = await self._post(
            f"/api/v1/rooms/{self.slug}/join/", {"name": name, "consent": True}
        )
        for url in (joined["control_url"], joined["media_url"]):
            self.sockets.append(await self._open(url, joined["ticket"]))

    async def _post(self, path: str, data: dict[str, object]) -> dict[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        body = json.dumps(data).encode()
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n"
            f"Connection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        status = head.split(b"\r\n")[0].decode()
        if " 201 " not in status:
            raise RuntimeError(status or "no answer")
        fields: dict[str, str] = json.loads(answer)
        return fields

    async def _open(self, path: str, ticket: str) -> WebSocketClient:
        """A socket that has had its first message: ``welcome`` or ``ready``."""
        greeting: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def hear(opcode: int, payload: memoryview) -> None:
            if not greeting.done():
                greeting.set_result(str(json.loads(bytes(payload))["type"]))

        client = await connect(self.server.port, path, ticket=ticket, on_message=hear)
        if await greeting == "error":
            raise RuntimeError(f"{path} refused")
        return client


async def enter(storm: Storm, ticket: str, viewer: Viewer) -> WebSocketClient:
    """Somebody who has joined by the rules; gives the media socket."""
    path = f"/ws/rooms/{storm.slug}/"
    opened: asyncio.Event = asyncio.Event()

    def hear(opcode: int, payload: memoryview) -> None:
        opened.set()
        viewer.take(opcode, payload)

    ready: WebSocketClient
    for url in (path, f"{path}media/"):
        opened.clear()
        ready = await connect(storm.server.port, url, ticket=ticket, on_message=hear)
        storm.sockets.append(ready)
        await opened.wait()
    return ready


async def run(
    storm: Storm, tickets: list[str], count: int, *, over: float, is_silent: bool
) -> dict[str, object]:
    witness = Witness()
    publisher = Publisher(await enter(storm, tickets[0], Viewer()))
    reporting = asyncio.create_task(
        witness.report(await enter(storm, tickets[1], witness))
    )
    pid = storm.server.process.pid
    rss, cpu = machine.rss_mb(pid), machine.cpu_seconds(pid)
    began = time.monotonic()
    coming = asyncio.gather(
        *(storm.come(number, over * number / count) for number in range(count))
    )
    sent = 0
    while not coming.done():
        if is_silent:
            await asyncio.sleep(0.1)
        else:
            sent += await publisher.publish(1.0)
    settled = time.monotonic() - began
    await coming
    cpu = machine.cpu_seconds(pid) - cpu
    sent += await publisher.publish(AFTER_SECONDS)
    with suppress(TimeoutError):  # what has not come by then is lost
        async with asyncio.timeout(SETTLE_SECONDS):
            while len(witness.seen) < sent:  # noqa: ASYNC110 - a load may poll
                await asyncio.sleep(0.05)
    reporting.cancel()
    took = sorted(storm.took)
    seconds = sorted(witness.seconds)
    rss_after = machine.rss_mb(pid)
    return {
        "attendees": count,
        "over_seconds": over,
        "joined": len(took),
        "errors": dict(storm.errors),
        "join_p50_ms": machine.percentile_ms(took, 0.5),
        "join_p99_ms": machine.percentile_ms(took, 0.99),
        "all_in_after_seconds": round(settled, 1),
        "delivery_p99_ms": machine.percentile_ms(seconds, 0.99),
        "lost_records": sent - len(witness.seen),
        "server_cpu_ms_per_join": round(1000 * cpu / count, 1),
        "memory_per_viewer_kb": round(1024 * (rss_after - rss) / count),
        "server_peak_rss_mb": machine.peak_rss_mb(pid),
    }


def make_webinar() -> tuple[str, list[str]]:
    """The address of a webinar, and the tickets of its host and of a panellist."""
    from rooms.rules.lifecycle import join
    from rooms.tickets import make_ticket

    access = open_room("webinar")
    people = [join(access, name=name, consent=True) for name in ("Host", "Panellist")]
    return access.room.slug, [make_ticket(person) for person in people]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attendees", type=int, default=1000)
    parser.add_argument("--over", type=float, default=10, help="seconds")
    parser.add_argument("--silent", action="store_true", help="the joins alone")
    arguments = parser.parse_args()
    os.environ["JOINS_PER_MINUTE"] = "1000000"
    with pinned_servers(people=arguments.attendees) as [server]:
        slug, tickets = make_webinar()
        figures = asyncio.run(
            run(
                Storm(server, slug),
                tickets,
                arguments.attendees,
                over=arguments.over,
                is_silent=arguments.silent,
            )
        )
    print(json.dumps({**figures, "machine": machine.facts()}))


if __name__ == "__main__":
    main()
