"""A media client over a real socket, and records for it to send."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from rooms.clock import now_us
from rooms.models import Participant
from rooms.streams.record import (
    DELIVERY,
    LENGTH,
    SILENT,
    Codec,
    Flag,
    Header,
    Kind,
)
from rooms.tickets import make_ticket
from tests.server import Server

SECONDS = 10
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery, as a viewer takes it apart."""

    participant: int
    position: int
    appended_us: int
    record: bytes


def record(
    number: int,
    kind: Kind = Kind.MICROPHONE,
    *,
    key: bool = True,
    end: bool = False,
    epoch: int = 1,
    ago_us: int = 0,
    layer: int = 0,
    loudness: int | None = None,
    payload: bytes | None = None,
) -> bytes:
    """Captured now, or ``ago_us`` earlier; its payload names its number."""
    header = Header(
        kind=kind,
        codec=Codec.VP8 if kind.is_video else Codec.OPUS,
        flags=(Flag.KEY if key else 0) | (Flag.END if end else 0),
        layer=layer,
        loudness=(SILENT if kind.is_video else 30) if loudness is None else loudness,
        epoch=epoch,
        number=number,
        captured_us=now_us() - ago_us,
    )
    return header.pack() + (b"record %d" % number if payload is None else payload)


def video(number: int, *, key: bool = False, **options: Any) -> bytes:
    return record(number, Kind.CAMERA, key=key, **options)


def message(*records: bytes) -> bytes:
    return b"".join(LENGTH.pack(len(one)) + one for one in records)


def split_deliveries(data: bytes) -> list[Arrived]:
    arrived = []
    offset = 0
    while offset < len(data):
        (length,) = LENGTH.unpack_from(data, offset)
        offset += LENGTH.size
        participant, position, appended_us = DELIVERY.unpack_from(data, offset)
        body = data[offset + DELIVERY.size : offset + length]
        arrived.append(Arrived(participant, position, appended_us, body))
        offset += length
    return arrived


class MediaClient:
    """Texts and deliveries are kept apart, each in the order of arrival."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.texts: list[Message] = []
        self.arrived: list[Arrived] = []

    def receive(self) -> None:
        data = self.connection.recv(SECONDS)
        if isinstance(data, str):
            self.texts.append(json.loads(data))
        else:
            self.arrived += split_deliveries(data)

    def publish(self, *records: bytes) -> None:
        self.connection.send(message(*records))

    def say(self, type_: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": type_, **fields}))

    def text(self, type_: str, **fields: Any) -> Message:
        """Wait for a text with these fields, which is then forgotten."""
        wanted = {"type": type_, **fields}
        while True:
            for text in self.texts:
                if wanted.items() <= text.items():
                    self.texts.remove(text)
                    return text
            self.receive()

    def acknowledged(self, number: int) -> None:
        self.text("ack", number=number)

    def deliveries(self, count: int) -> list[Arrived]:
        """Wait for so many; gives them, and forgets them."""
        while len(self.arrived) < count:
            self.receive()
        taken, self.arrived = self.arrived[:count], self.arrived[count:]
        return taken

    def records(self, count: int) -> list[bytes]:
        return [one.record for one in self.deliveries(count)]

    def closed(self) -> tuple[int, str | None]:
        """Read to the end: the close code, and the code of the error before it."""
        try:
            while True:
                self.receive()
        except ConnectionClosed as end:
            assert end.rcvd is not None
            errors = [text["code"] for text in self.texts if text["type"] == "error"]
            return end.rcvd.code, errors[-1] if errors else None


@contextmanager
def open_media(
    server: Server,
    slug: str,
    token: str | None,
    *,
    origin: str | None = None,
    protocol: str = "conference.v1",
) -> Iterator[MediaClient]:
    """A socket that may be refused: nothing has been received yet."""
    offers = [protocol] + ([f"ticket.{token}"] if token is not None else [])
    with connect(
        f"{server.ws_url}/ws/rooms/{slug}/media/",
        subprotocols=[Subprotocol(offer) for offer in offers],
        origin=Origin(origin) if origin else None,
        compression=None,
        max_size=None,
    ) as connection:
        yield MediaClient(connection)


@contextmanager
def on_media(server: Server, participant: Participant) -> Iterator[MediaClient]:
    """A socket that is ready."""
    token = make_ticket(participant)
    with open_media(server, participant.session.room.slug, token) as client:
        client.text("ready")
        yield client
