"""A large meeting in which everybody is seen and heard; prints one JSON line last.

Each of the people publishes three layers of a camera and a microphone, and sees a page
of small tiles; of the voices the loudest four are forwarded. The server process has the
first CPU, this load the last. A delivery's time is from its append time to its arrival.
With ``--record`` the same goes on while the meeting is recorded.
"""

import argparse
import asyncio
import gc
import json
import random
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from rooms.streams.record import LENGTH, SILENT, Codec, Flag, Header, Kind
from tests.benchmarks import machine
from tests.benchmarks.client import BINARY, TEXT, WebSocketClient
from tests.benchmarks.fanout import DELIVERY
from tests.benchmarks.servers import enter, open_room, pinned_servers
from tests.server import Server

if TYPE_CHECKING:
    from rooms.access import Access

FRAMES_PER_SECOND = 30
PACKETS_PER_SECOND = 50
PACKET_BYTES = 80  # 32 kbit/s
BITRATES = (150_000, 500_000, 1_400_000)  # of the layers
KEYFRAME_FRAMES = 60
KEYFRAME_SHARE = 6  # times a usual frame
VOICES = 4
TILE_LINES = 160
REPORT_SECONDS = 0.25
WARM_SECONDS = 4.0
RECORDED_WARM_SECONDS = 8.0  # until segments fill up all the time
SPEAKING, QUIET = 25, 75  # -dBov
# Of a delivery: the record's kind, flags and layer.
KIND, FLAGS, LAYER = DELIVERY.size + 1, DELIVERY.size + 3, DELIVERY.size + 4


@dataclass(frozen=True)
class Load:
    obeys: bool  # publishers send only the layers that the server asks for
    pace: float  # of a camera's and a microphone's own


class Person:
    """Publishes layers and a voice; counts what arrives as a decoder would."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.client: WebSocketClient
        self.bytes = 0
        self.messages = 0
        self.seconds: list[float] = []
        self.deliveries: Counter[int] = Counter()  # by kind
        self.undecodable = 0
        self.layers: set[int] | None = None  # told by the server
        self._keys: set[object] = set()  # layers of which one was asked for
        self._shown: dict[int, int] = {}  # participant -> layer that is decoded
        self._numbers = count(1)
        self._phase = random.Random(number)

    def take(self, opcode: int, payload: memoryview) -> None:
        if opcode == TEXT:
            self._hear(json.loads(bytes(payload)))
            return
        arrived_us = time.time_ns() // 1000
        self.bytes += len(payload)
        self.messages += 1
        offset = 0
        while offset < len(payload):
            length, number, _, appended_us = DELIVERY.unpack_from(payload, offset)
            self.seconds.append((arrived_us - appended_us) / 1e6)
            kind = payload[offset + KIND]
            self.deliveries[kind] += 1
            if kind == Kind.CAMERA:
                layer = payload[offset + LAYER] & 0x0F
                if payload[offset + FLAGS] & Flag.KEY:
                    self._shown[number] = layer
                elif self._shown.get(number) != layer:
                    self.undecodable += 1
            offset += 4 + length

    def start_afresh(self) -> None:
        """Forget what was counted, but for what the server is told."""
        self.seconds.clear()
        self.deliveries.clear()
        self.messages = self.undecodable = 0

    def _hear(self, message: dict[str, object]) -> None:
        if message["type"] == "keyframe":
            self._keys.add(message["spatial"])
        if message["type"] == "layers":
            layers = message["spatial"]
            assert isinstance(layers, list)
            self.layers = set(layers)

    def look_at(self, others: list[int], tiles: int) -> None:
        """Tiles for the first of them, nothing of the rest."""
        for index, number in enumerate(others):
            height = TILE_LINES if index < tiles else 0
            self._say(type="view", number=number, kind="camera", height=height)

    async def report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            self._say(type="received", bytes=self.bytes, delay_ms=0)

    async def publish(self, seconds: float, load: "Load") -> None:
        async with asyncio.TaskGroup() as tracks:
            tracks.create_task(self._film(seconds, load))
            tracks.create_task(self._speak(seconds, load))

    async def _film(self, seconds: float, load: "Load") -> None:
        rate, obeys = FRAMES_PER_SECOND * load.pace, load.obeys
        async for index in _ticks(self._phase.random(), rate, seconds):
            records = []
            for spatial, bitrate in enumerate(BITRATES):
                if obeys and self.layers is not None and spatial not in self.layers:
                    continue
                is_due = (index + self.number) % KEYFRAME_FRAMES == 0
                is_key = is_due or spatial in self._keys
                self._keys.discard(spatial)
                size = bitrate // 8 // FRAMES_PER_SECOND
                records.append(
                    self._record(
                        Kind.CAMERA,
                        layer=spatial | (0 if is_key else index % 2) << 4,
                        is_key=is_key,
                        size=size * KEYFRAME_SHARE if is_key else size,
                    )
                )
            if records:
                self.client.send(BINARY, b"".join(records))

    async def _speak(self, seconds: float, load: "Load") -> None:
        rate = PACKETS_PER_SECOND * load.pace
        loudness = SPEAKING if self.number <= VOICES else QUIET
        async for _ in _ticks(self._phase.random(), rate, seconds):
            self.client.send(BINARY, self._record(Kind.MICROPHONE, loudness=loudness))

    def _record(
        self,
        kind: Kind,
        *,
        layer: int = 0,
        is_key: bool = True,
        size: int = PACKET_BYTES,
        loudness: int = SILENT,
    ) -> bytes:
        header = Header(
            kind=kind,
            codec=Codec.VP8 if kind.is_video else Codec.OPUS,
            flags=Flag.KEY if is_key else 0,
            layer=layer,
            loudness=loudness,
            epoch=1,
            number=next(self._numbers),
            captured_us=time.time_ns() // 1000,
        )
        record = header.pack() + bytes(size)
        return LENGTH.pack(len(record)) + record

    def _say(self, **message: object) -> None:
        self.client.send(TEXT, json.dumps(message).encode())


async def _ticks(phase: float, rate: float, seconds: float) -> AsyncIterator[int]:
    """Numbers from 0 on, so many a second; late ones are not left out."""
    began = time.monotonic() + phase / rate
    for index in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + index / rate - time.monotonic()))
        yield index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--tiles", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--obey",
        action="store_true",
        help="publishers send only the layers that are wanted, as browsers do",
    )
    parser.add_argument(
        "--pace",
        type=float,
        default=1.0,
        help="so much slower, on a machine that is too busy for it",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="and for as long again while it is recorded",
    )
    arguments = parser.parse_args()
    with pinned_servers(people=arguments.people) as [server]:
        figures = asyncio.run(_run(server, open_room(), arguments))
    print(json.dumps({**figures, "machine": machine.facts()}))


async def _run(
    server: Server, access: "Access", arguments: argparse.Namespace
) -> dict[str, object]:
    people = [Person(number) for number in range(1, arguments.people + 1)]
    for person in people:
        person.client = await enter(server, access, person.take)
    numbers = [person.number for person in people]
    for person in people:
        others = numbers[person.number :] + numbers[: person.number - 1]
        person.look_at(others, arguments.tiles)
    gc.disable()
    load = Load(arguments.obey, arguments.pace)
    reports = [asyncio.create_task(person.report()) for person in people]
    await _publish(people, WARM_SECONDS, load)
    figures = await _measure(server, people, load, arguments)
    if arguments.record:
        await asyncio.to_thread(_record, server, access)
        await _publish(people, RECORDED_WARM_SECONDS, load)
        recorded = await _measure(server, people, load, arguments)
        cores = [part["server_cpu_cores"] for part in (figures, recorded)]
        figures["recording_x"] = round(cores[1] / cores[0], 2)
        for name in ("server_cpu_cores", "delivery_p99_ms", "undecodable"):
            figures[f"recorded_{name}"] = recorded[name]
    for report in reports:
        report.cancel()
    return {
        "people": len(people),
        "tiles": min(arguments.tiles, len(people) - 1),
        "pace": load.pace,
        "layers": "wanted" if load.obeys else len(BITRATES),
        **figures,
        "server_peak_rss_mb": machine.peak_rss_mb(server.process.pid),
    }


def _record(server: Server, access: "Access") -> None:
    """As the owner's program does it, so that all relays hear of it."""
    from conference.keys import create_key
    from conference.models import Scope

    assert access.user
    _, secret = create_key(
        access.user, name="Benchmark", scopes=[Scope.RECORDINGS_WRITE]
    )
    address = f"{server.url}/api/v1/rooms/{access.room.slug}/recordings/"
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    urllib.request.urlopen(
        urllib.request.Request(address, b"{}", headers), timeout=60
    ).close()


async def _measure(
    server: Server, people: list[Person], load: Load, arguments: argparse.Namespace
) -> dict[str, float]:
    """For ``--seconds``, and nothing of what was before."""
    for person in people:
        person.start_afresh()
    before_bytes = sum(person.bytes for person in people)
    pid = server.process.pid
    cpu, own, began = machine.cpu_seconds(pid), time.process_time(), time.monotonic()
    await _publish(people, arguments.seconds, load)
    took = time.monotonic() - began
    cpu, own = machine.cpu_seconds(pid) - cpu, time.process_time() - own
    latencies = sorted(one for person in people for one in person.seconds)
    if not latencies:
        raise SystemExit("Nothing has arrived: the machine is too busy; see --pace.")
    video, voices = (
        sum(person.deliveries[kind] for person in people)
        for kind in (Kind.CAMERA, Kind.MICROPHONE)
    )
    tiles = min(arguments.tiles, len(people) - 1)
    rate = len(people) * took
    return {
        "seconds": round(took, 1),
        "delivery_p50_ms": machine.percentile_ms(latencies, 0.5),
        "delivery_p99_ms": machine.percentile_ms(latencies, 0.99),
        "server_cpu_cores": round(cpu / took, 3),
        "load_cpu_cores": round(own / took, 3),
        "frames_per_tile_second": round(video / rate / tiles, 1),
        "voices": round(voices / rate / load.pace / PACKETS_PER_SECOND, 2),
        "undecodable": sum(person.undecodable for person in people),
        "messages_per_second": round(sum(one.messages for one in people) / took),
        "deliveries_per_second": round(len(latencies) / took),
        "megabits_out": round(
            (sum(one.bytes for one in people) - before_bytes) * 8 / took / 1e6, 1
        ),
    }


async def _publish(people: list[Person], seconds: float, load: Load) -> None:
    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(person.publish(seconds, load))


if __name__ == "__main__":
    main()
