"""Malformed and hostile messages on both sockets: the server stays up and flat, and
others notice nothing.

HOSTILE_MESSAGES says how many, floods aside (10,000 to be sure), and HOSTILE_SEED
which ones.
"""

import json
import os
import random
import socket
from collections.abc import Callable
from itertools import count

import pytest
from websockets.exceptions import ConnectionClosed

from conference.models import User
from rooms.models import Participant, Room
from rooms.streams.record import HEADER, LENGTH
from rooms.tickets import make_resume
from tests.benchmarks.machine import rss_mb
from tests.rooms.live.control_client import ControlClient, joined, open_control
from tests.rooms.live.media_client import MediaClient, message, on_media, open_media
from tests.rooms.live.media_client import record as make_record
from tests.rooms.people import admit
from tests.server import Server

MESSAGES = int(os.environ.get("HOSTILE_MESSAGES", "400"))
SEED = int(os.environ.get("HOSTILE_SEED", "1"))
WARM = MESSAGES // 3  # after which memory is not to grow any more
GROWTH_MB = 16  # of arenas and caches; 10,000 leaks of a connection would be far more
PROBE_EVERY = 10  # attacks between two looks at the others

FLOOD = 700  # requests at once: more than the server takes
# What JSON can be, where a request wants something else.
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    1e308,
    "",
    "x" * 5000,
    "\x00",
    [],
    [[]],
    {},
    {"a": 1},
)
REQUESTS = (
    "ping",
    "events",
    "attendees",
    "chat.send",
    "chat.history",
    "hand.lower",
    "track.start",
    "track.stop",
    "participant.mute",
    "participant.remove",
    "participant.role",
    "participants.mute",
    "session.lock",
    "session.end",
    "no.such.request",
)
FIELDS = ("number", "kind", "codec", "width", "height", "after", "before", "text")
MEDIA_TEXTS = ("view", "received", "keyframe", "dance")


def odd_json(chance: random.Random, types: tuple[str, ...]) -> str:
    """An object with a known type, and fields as they should not be."""
    fields = {name: chance.choice(ODD) for name in chance.sample(FIELDS, 4)}
    fields["id"] = chance.choice((1, "a", *ODD))
    fields["type"] = chance.choice((*types, *types, *ODD))
    return json.dumps(fields)


def broken_text(chance: random.Random) -> str:
    depth = chance.choice((10, 20_000))
    return chance.choice(
        (
            "",
            "{",
            "null",
            "[" * depth,
            '{"type":' * 3,
            '{"type": "ping", "id": NaN}',
            "x" * 70_000,
        )
    )


def mutated(chance: random.Random, number: int) -> bytes:
    """A message of a record of which some bytes are others."""
    data = bytearray(message(make_record(number)))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(LENGTH.size + HEADER.size)
        data[at] = chance.randrange(256)
    return bytes(data)


def cut(chance: random.Random, number: int) -> bytes:
    data = message(make_record(number), make_record(number + 1))
    return data[: chance.randrange(len(data))]


def wrong_lengths(chance: random.Random, number: int) -> bytes:
    length = chance.choice((0, 1, HEADER.size - 1, 2**31, 2**32 - 1))
    return LENGTH.pack(length) + make_record(number)


def wrong_numbers(chance: random.Random, number: int) -> bytes:
    epoch = chance.choice((0, 2, 65535))
    records = [make_record(number + 1), make_record(number), make_record(0)]
    return chance.choice((message(*records), message(make_record(1, epoch=epoch))))


def noise(chance: random.Random, number: int) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 100, 5000)))


BAD_RECORDS: tuple[Callable[[random.Random, int], bytes], ...] = (
    mutated,
    mutated,
    cut,
    wrong_lengths,
    wrong_numbers,
    noise,
)


class Attacker:
    """Somebody in the meeting, who comes back after each refusal."""

    def __init__(
        self, server: Server, participant: Participant, chance: random.Random
    ) -> None:
        self.server = server
        self.chance = chance
        self.slug = participant.session.room.slug
        self.token = make_resume(participant)
        self.number = 0
        self.sent = 0  # hostile messages, floods aside

    def attack(self) -> None:
        attacks = (self.on_control, self.on_media, self.media_text, self.below)
        rarely = self.chance.random() < 0.02
        (self.flood if rarely else self.chance.choice(attacks))()

    def on_control(self) -> None:
        """Ten messages, unless the first ones end the connection."""
        with open_control(self.server, self.slug, self.token) as client:
            try:
                for _ in range(10):
                    self._send_control(client)
            except ConnectionClosed:
                pass  # a refusal, as it should be

    def _send_control(self, client: ControlClient) -> None:
        self.sent += 1
        if self.chance.random() < 0.8:
            client.connection.send(odd_json(self.chance, REQUESTS))
        elif self.chance.random() < 0.5:
            client.connection.send(broken_text(self.chance))
        else:
            client.connection.send(self.chance.randbytes(100))

    def on_media(self) -> None:
        self.number += 10
        bad = self.chance.choice(BAD_RECORDS)(self.chance, self.number)
        self._on_media(lambda client: client.connection.send(bad))

    def media_text(self) -> None:
        chance = self.chance
        text = chance.choice((odd_json(chance, MEDIA_TEXTS), broken_text(chance)))
        self._on_media(lambda client: client.connection.send(text))

    def _on_media(self, attack: Callable[[MediaClient], None]) -> None:
        with open_media(self.server, self.slug, self.token) as client:
            try:
                client.receive()  # ready
                self.sent += 1
                attack(client)
                client.say("no more")  # unknown: the end, whatever came of the attack
                client.closed()
            except ConnectionClosed:
                pass  # while it was still sending

    def flood(self) -> None:
        with open_control(self.server, self.slug, self.token) as client:
            try:
                for number in range(FLOOD):
                    client.send("ping", now_us=number)
            except ConnectionClosed:
                pass  # too many, as it should be

    def below(self) -> None:
        """What is no WebSocket, or no HTTP, at all."""
        handshake = (
            f"GET /ws/rooms/{self.slug}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: conference.v1, ticket.{self.token}\r\n\r\n"
        ).encode()
        junk = self.chance.randbytes(self.chance.choice((1, 50, 4000)))
        # A text of 2^63 bytes, an unmasked one, and opcodes that are none.
        frames = (b"\x81\xff" + b"\xff" * 12, b"\x81\x02hi", b"\x8b\x80abcd", junk)
        with socket.create_connection(("127.0.0.1", self.server.port), 10) as raw:
            self.sent += 1
            raw.sendall(
                self.chance.choice((b"", handshake)) + self.chance.choice(frames)
            )


def next_of(viewer: MediaClient, publisher: Participant) -> int:
    """The position of the publisher's next record; some of Mallory's arrive, too."""
    while True:
        arrived = viewer.deliveries(1)[0]
        if arrived.participant == publisher.number:
            return arrived.position


@pytest.mark.django_db(transaction=True)
def test_hostile_messages_hurt_nobody_else(
    server: Server, room: Room, alice: User
) -> None:
    grace, heidi = admit(room, alice), admit(room, name="Heidi")
    mallory = admit(room, name="Mallory")
    chance = random.Random(SEED)
    warm_mb = 0.0
    probes = 0
    with (
        joined(server, grace) as host,
        joined(server, heidi) as guest,
        on_media(server, heidi) as viewer,
        on_media(server, grace) as publisher,
        joined(server, mallory),
    ):
        attacker = Attacker(server, mallory, chance)
        for attack in count():
            attacker.attack()
            if not warm_mb and attacker.sent > WARM:
                warm_mb = rss_mb(server.process.pid)
            if attacker.sent > MESSAGES:
                break
            if attack % PROBE_EVERY == 0:
                probes += 1
                publisher.publish(make_record(probes))
                publisher.acknowledged(probes)
                assert next_of(viewer, grace) == probes
                for client in (host, guest):
                    assert client.request("ping", now_us=1)["type"] == "pong"
        grown_mb = rss_mb(server.process.pid) - warm_mb
    assert grown_mb < GROWTH_MB
    assert server.process.poll() is None
    log = server.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:5000]
