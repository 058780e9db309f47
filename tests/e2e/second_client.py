"""A second client, written from docs/protocol.md alone: it proves the document.

Joins a room as a guest, follows its events, sends records and receives others'. It
imports nothing of the product.
"""

import itertools
import json
import struct
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.sync.client import ClientConnection, connect

RECORD = struct.Struct("!BBBBBBHIQ")
DELIVERY = struct.Struct("!IIQQ")  # its length, participant, position, append time
LENGTH = struct.Struct("!I")
MICROPHONE, PCM, KEY, END = 0, 65, 1, 4
SILENT = 127
PATIENCE_SECONDS = 60

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """Somebody's record."""

    participant: int
    position: int
    kind: int
    codec: int
    flags: int
    loudness: int
    epoch: int
    number: int
    captured_us: int
    payload: bytes


@dataclass(slots=True)
class SecondClient:
    """One participant with both sockets open. ``events`` holds what the room did."""

    control: ClientConnection
    media: ClientConnection
    welcome: Json
    ready: Json
    events: list[Json] = field(default_factory=list)
    durable: int = 0
    _ids: Iterator[int] = field(default_factory=itertools.count)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def number(self) -> int:
        """The participant's."""
        value: int = self.welcome["you"]["number"]
        return value

    # The control socket.

    def request(self, type_: str, **fields: Any) -> Json:
        """The ``ok`` or ``error`` that answers; events on the way are kept."""
        id_ = next(self._ids)
        self.control.send(json.dumps({"type": type_, "id": id_, **fields}))
        return self._until(lambda message: message.get("id") == id_)

    def wait_for_event(self, name: str, condition: Callable[[Json], bool]) -> Json:
        """The data of the first such event, from those before on."""

        def fits(message: Json) -> bool:
            return message.get("event") == name and condition(message["data"])

        known = next(filter(fits, self.events), None)
        data: Json = (known or self._until(fits))["data"]
        return data

    def clock_offset_us(self) -> int:
        """The server's clock minus ours, from the shortest of a few round trips."""
        trips: list[tuple[int, int]] = []
        for _ in range(4):
            sent_us = now_us()
            pong = self.request("ping", now_us=sent_us)
            trip_us = now_us() - sent_us
            trips.append((trip_us, pong["server_us"] + trip_us // 2 - now_us()))
        return min(trips)[1]

    def _until(self, condition: Callable[[Json], bool]) -> Json:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            left = max(0.0, deadline - time.monotonic())
            message: Json = json.loads(self.control.recv(timeout=left))
            if message["type"] == "event":
                self.events.append(message)
            if condition(message):
                return message

    # The media socket.

    def send_sound(self, samples: list[int], *, loudness: int, captured_us: int) -> int:
        """20 ms of 48 kHz mono as PCM; returns the record's number."""
        payload = struct.pack(f"<{len(samples)}h", *samples)
        return self._send(payload, KEY, loudness, captured_us)

    def end_sound(self, captured_us: int) -> int:
        return self._send(b"", KEY | END, SILENT, captured_us)

    def receive(self) -> Iterator[Received]:
        """Others' records as they come; acknowledgements are noted on the way."""
        while True:
            message = self.media.recv(timeout=PATIENCE_SECONDS)
            if isinstance(message, bytes):
                yield from split(message)
            else:
                self._note(json.loads(message))

    def wait_until_durable(self, number: int) -> None:
        while self.durable < number:
            message = self.media.recv(timeout=PATIENCE_SECONDS)
            if isinstance(message, str):
                self._note(json.loads(message))

    def _send(self, payload: bytes, flags: int, loudness: int, captured_us: int) -> int:
        number = next(self._numbers)
        epoch = self.welcome["you"]["epoch"]
        header = RECORD.pack(
            1, MICROPHONE, PCM, flags, 0, loudness, epoch, number, captured_us
        )
        record = header + payload
        self.media.send(LENGTH.pack(len(record)) + record)
        return number

    def _note(self, message: Json) -> None:
        if message["type"] == "ack":
            self.durable = message["number"]


def split(message: bytes) -> Iterator[Received]:
    offset = 0
    while offset < len(message):
        length, participant, position, _appended_us = DELIVERY.unpack_from(
            message, offset
        )
        end = offset + LENGTH.size + length
        record = message[offset + DELIVERY.size : end]
        _version, kind, codec, flags, _layer, loudness, epoch, number, captured_us = (
            RECORD.unpack_from(record)
        )
        yield Received(
            participant,
            position,
            kind,
            codec,
            flags,
            loudness,
            epoch,
            number,
            captured_us,
            record[RECORD.size :],
        )
        offset = end


@contextmanager
def enter(site: str, slug: str, name: str) -> Iterator[SecondClient]:
    """Join and open both sockets, the control socket first."""
    joined = join(site, slug, name)
    with open_socket(site, joined["control_url"], joined["ticket"]) as control:
        welcome = json.loads(control.recv(timeout=PATIENCE_SECONDS))
        token = welcome["resume"]
        with open_socket(site, joined["media_url"], token) as media:
            ready = json.loads(media.recv(timeout=PATIENCE_SECONDS))
            yield SecondClient(control, media, welcome, ready)


def join(site: str, slug: str, name: str) -> Json:
    request = urllib.request.Request(
        f"{site}/api/v1/rooms/{slug}/join/",
        data=json.dumps({"name": name, "consent": True}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        joined: Json = json.load(answer)
        return joined


def open_socket(site: str, path: str, token: str) -> ClientConnection:
    return connect(
        site.replace("http", "ws", 1) + path,
        subprotocols=["conference.v1", f"ticket.{token}"],  # type: ignore[list-item]
        max_size=None,
    )


def now_us() -> int:
    return time.time_ns() // 1000
