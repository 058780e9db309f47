"""One publisher, many viewers, through the whole server; prints one JSON line last.

The server process has the first CPU, this load the last; with ``--processes`` the room
is spread over several, of which the first has the publisher. A delivery's time is from
its append time, which the server wrote into it, to its arrival here.
"""

import argparse
import asyncio
import json
import struct
import time
from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING

from rooms.streams.record import LENGTH, SILENT, Codec, Flag, Header, Kind
from tests.benchmarks import machine
from tests.benchmarks.client import BINARY, TEXT, WebSocketClient
from tests.benchmarks.servers import enter, open_room, pinned_servers
from tests.server import Server

if TYPE_CHECKING:
    from rooms.access import Access

VIDEO_PER_SECOND = 30
AUDIO_PER_SECOND = 50
VIDEO_BYTES = 1_200_000 // 8 // VIDEO_PER_SECOND
AUDIO_BYTES = 80  # 32 kbit/s
KEYFRAME_RECORDS = 60  # every 2 s
REPORT_SECONDS = 0.25
WARM_SECONDS = 2.0
DRAIN_SECONDS = 10.0

DELIVERY = struct.Struct("!IIQQ")  # length, participant, position, append time


class Viewer:
    """Counts what arrives and how long it took, and reports it as a browser does."""

    def __init__(self) -> None:
        self.bytes = 0
        self.messages = 0
        self.deliveries = 0
        self.latest: dict[int, int] = {}  # by kind
        self.disorder = 0
        self.seconds: list[float] = []

    def take(self, opcode: int, payload: memoryview) -> None:
        if opcode != BINARY:
            return
        arrived_us = time.time_ns() // 1000
        self.bytes += len(payload)
        self.messages += 1
        offset = 0
        while offset < len(payload):
            length, _, position, appended_us = DELIVERY.unpack_from(payload, offset)
            kind = payload[offset + DELIVERY.size + 1]
            # Sound may overtake pictures; each is in order, and comes once.
            self.disorder += position <= self.latest.get(kind, 0)
            self.latest[kind] = position
            self.deliveries += 1
            self.seconds.append((arrived_us - appended_us) / 1e6)
            offset += 4 + length

    async def report(self, client: WebSocketClient) -> None:
        """Say four times a second what has been received, until cancelled."""
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            report = {"type": "received", "bytes": self.bytes, "delay_ms": 0}
            client.send(TEXT, json.dumps(report).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--processes", type=int, default=1, help="more than one meet through Redis"
    )
    parser.add_argument(
        "--webinar", action="store_true", help="viewers only watch: none is told of"
    )
    arguments = parser.parse_args()
    people, count = arguments.viewers + 1, arguments.processes
    kind = "webinar" if arguments.webinar else "meeting"
    with pinned_servers(people=people, count=count) as servers:
        figures = asyncio.run(
            _run(servers, open_room(kind), arguments.viewers, arguments.seconds)
        )
    print(json.dumps({**figures, "machine": machine.facts()}))


async def _run(
    servers: list[Server], access: "Access", count: int, seconds: float
) -> dict[str, object]:
    client = await enter(servers[0], access, lambda *message: None)
    publisher = Publisher(client)
    pids = [server.process.pid for server in servers]
    rss = sum(map(machine.rss_mb, pids))
    if access.room.has_attendees:
        access = as_guest(access)
    viewers = [Viewer() for _ in range(count)]
    reports = []
    for viewer, server in zip(viewers, cycle(servers), strict=False):
        watching = await enter(server, access, viewer.take)
        reports.append(asyncio.create_task(viewer.report(watching)))
    warm = await publisher.publish(WARM_SECONDS)
    await _settle(viewers, deliveries=warm)
    for viewer in viewers:
        viewer.seconds.clear()
    cpu, began = [machine.cpu_seconds(pid) for pid in pids], time.monotonic()
    messages = sum(viewer.messages for viewer in viewers)
    sent = await publisher.publish(seconds)
    took = time.monotonic() - began
    cpu = [
        machine.cpu_seconds(pid) - before for pid, before in zip(pids, cpu, strict=True)
    ]
    messages = sum(viewer.messages for viewer in viewers) - messages
    rss = sum(map(machine.rss_mb, pids)) - rss
    await _settle(viewers, deliveries=warm + sent)
    for report in reports:
        report.cancel()
    if any(viewer.disorder for viewer in viewers):
        raise AssertionError("A record came twice, or out of order.")
    lost = sum(warm + sent - viewer.deliveries for viewer in viewers)
    latencies = sorted(one for viewer in viewers for one in viewer.seconds)
    return {
        "viewers": len(viewers),
        "processes": len(servers),
        "seconds": round(took, 1),
        "delivery_p50_ms": machine.percentile_ms(latencies, 0.5),
        "delivery_p99_ms": machine.percentile_ms(latencies, 0.99),
        # Of the process that needs the most.
        "server_cpu_cores": round(max(cpu) / took, 3),
        "lost_records": lost,
        "messages_per_second": round(messages / took),
        "deliveries_per_second": round(sent * len(viewers) / took),
        "memory_per_viewer_kb": round(rss * 1024 / len(viewers)),
        "server_peak_rss_mb": max(map(machine.peak_rss_mb, pids)),
    }


def as_guest(access: "Access") -> "Access":
    from rooms.models import Role

    return replace(access, role=Role.GUEST, user=None)


class Publisher:
    """A camera and a microphone, each at its own pace."""

    def __init__(self, client: WebSocketClient) -> None:
        self._client = client
        self._number = 0

    async def publish(self, seconds: float) -> int:
        """For so long; how many records were sent."""
        before = self._number
        async with asyncio.TaskGroup() as tracks:
            for kind, rate, size in (
                (Kind.CAMERA, VIDEO_PER_SECOND, VIDEO_BYTES),
                (Kind.MICROPHONE, AUDIO_PER_SECOND, AUDIO_BYTES),
            ):
                tracks.create_task(self._track(kind, rate, size, seconds))
        return self._number - before

    async def _track(self, kind: Kind, rate: int, size: int, seconds: float) -> None:
        began = time.monotonic()
        for index in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + index / rate - time.monotonic()))
            is_key = not kind.is_video or index % KEYFRAME_RECORDS == 0
            self._send(kind, is_key=is_key, size=size)

    def _send(self, kind: Kind, *, is_key: bool, size: int) -> None:
        self._number += 1
        header = Header(
            kind=kind,
            codec=Codec.VP8 if kind.is_video else Codec.OPUS,
            flags=Flag.KEY if is_key else 0,
            layer=0,
            loudness=SILENT,
            epoch=1,
            number=self._number,
            captured_us=time.time_ns() // 1000,
        )
        record = header.pack() + bytes(size)
        self._client.send(BINARY, LENGTH.pack(len(record)) + record)


async def _settle(viewers: list[Viewer], *, deliveries: int) -> None:
    """Until every viewer has had so many, or the rest is not coming any more."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline and any(  # noqa: ASYNC110 - a load may poll
        viewer.deliveries < deliveries for viewer in viewers
    ):
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
