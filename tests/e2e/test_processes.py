"""A meeting over two server processes and Redis, and what it survives."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from conference.models import User
from recordings.archive import Source
from recordings.reader import read_stream
from recordings.rules.recording import start_recording
from recordings.segment_index import Record
from rooms.access import Access
from rooms.log import stream_log
from rooms.models import Participant, Role, Room
from rooms.rules.rooms import create_room
from tests.e2e.resending import ResendingPublisher, payload
from tests.e2e.second_client import SecondClient, enter, now_us, split
from tests.redis import Redis, running_redis
from tests.server import Server, asgi_server, free_port

# Of kill -9, and how long Redis is away in each: the defaults show that it holds.
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "2"))
PUBLISHERS = 4
RECORDS = 50  # acknowledged to each publisher between two faults
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.timeout(240 + ROUNDS * (60 + int(OUTAGE_SECONDS)))


class Site:
    """Server processes on one data folder, each on a port of its own."""

    def __init__(self, folder: Path, redis: Redis, *, processes: int) -> None:
        self._folder = folder
        self._redis = redis
        self.ports = [free_port() for _ in range(processes)]
        self._running: list[tuple[ExitStack, Server]] = []

    def start(self) -> None:
        self._running = [self._start(port) for port in self.ports]

    def _start(self, port: int) -> tuple[ExitStack, Server]:
        stack = ExitStack()
        server = asgi_server(self._folder, port=port, REDIS_URL=self._redis.url)
        return stack, stack.enter_context(server)

    def kill(self, index: int) -> None:
        """As a crash does; its port is refused until it is started again."""
        stack, server = self._running[index]
        server.kill()
        stack.close()

    def restart(self, index: int) -> None:
        self._running[index] = self._start(self.ports[index])

    def stop(self) -> None:
        for stack, _ in self._running:
            stack.close()

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]


@pytest.fixture
def redis() -> Iterator[Redis]:
    with running_redis() as server:
        yield server


@pytest.fixture
def site(redis: Redis, transactional_db: None, settings: Settings) -> Iterator[Site]:
    # What is read here is what the servers wrote.
    settings.STREAM_LOG_URL = redis.url
    stream_log.cache_clear()
    site = Site(Path(settings.DATA_DIR), redis, processes=2)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        stream_log.cache_clear()


@pytest.fixture
def room(transactional_db: None) -> Room:
    return create_room(User.objects.create_user("alice@example.com"), name="Talk")


def speak(client: SecondClient, count: int) -> list[int]:
    """So many records; their numbers."""
    return [
        client.send_sound([0] * 480, loudness=20, captured_us=now_us())
        for _ in range(count)
    ]


def hear(listener: SecondClient, speaker: SecondClient, numbers: list[int]) -> None:
    """All of these, once and in order."""
    heard: list[int] = []
    for received in listener.receive():
        if received.participant == speaker.number and received.number >= numbers[0]:
            heard.append(received.number)
            if len(heard) == len(numbers):
                break
    assert heard == numbers


def introduce(speaker: SecondClient, listener: SecondClient) -> None:
    """Say something until it is heard: a process that is new to another gets what is
    sent from then on."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        [number] = speak(speaker, 1)
        try:
            while True:
                message = listener.media.recv(timeout=1)
                if isinstance(message, bytes) and any(
                    one.number == number and one.participant == speaker.number
                    for one in split(message)
                ):
                    return
        except TimeoutError:
            continue
    raise AssertionError("nothing is heard")


def test_people_meet_whichever_process_they_reach(site: Site, room: Room) -> None:
    one, two = site.urls
    with (
        enter(one, room.slug, "Grace") as grace,
        enter(two, room.slug, "Heidi") as heidi,
        enter(two, room.slug, "Ivan") as ivan,
    ):
        assert grace.request("chat.send", text="Hello")["type"] == "ok"
        said = heidi.wait_for_event("chat.message", lambda data: True)
        assert said["message"]["text"] == "Hello"
        introduce(grace, heidi)
        numbers = speak(grace, 40)
        hear(heidi, grace, numbers)
        hear(ivan, grace, numbers)
        grace.wait_until_durable(numbers[-1])
        introduce(heidi, grace)
        answers = speak(heidi, 40)
        hear(grace, heidi, answers)
        hear(ivan, heidi, answers)
        grace.request("leave")
        left = heidi.wait_for_event("participant.left", lambda data: True)
        assert left["number"] == grace.number


def test_killed_server_processes_lose_nothing_acknowledged(
    site: Site, room: Room
) -> None:
    async def kill_servers(publishers: list[ResendingPublisher]) -> None:
        for index in range(ROUNDS):
            await reach_more(publishers)
            await asyncio.to_thread(site.kill, index % 2)
            await reach_more(publishers)
            await asyncio.to_thread(site.restart, index % 2)
        await reach_more(publishers)

    publishers = record_while(kill_servers, site, room)
    assert sum(one.connections for one in publishers) >= PUBLISHERS + ROUNDS
    for publisher in publishers:
        check_whole(publisher)


def test_a_redis_that_is_killed_loses_nothing_acknowledged(
    site: Site, redis: Redis, room: Room
) -> None:
    heard_us: list[int] = []

    async def kill_redis(publishers: list[ResendingPublisher]) -> None:
        with enter(site.urls[0], room.slug, "Heidi") as heidi:
            for _ in range(ROUNDS):
                await reach_more(publishers)
                redis.kill()
                # Those in her own process: the call goes on while Redis is away.
                until_us = now_us() + int(OUTAGE_SECONDS * 1_000_000)
                await asyncio.to_thread(listen, heidi, until_us, heard_us)
                await asyncio.to_thread(redis.start)
                await reach_more(publishers)

    publishers = record_while(kill_redis, site, room)
    assert len(heard_us) == ROUNDS
    for publisher in publishers:
        assert publisher.storage[:2] == ["waiting", "ok"]
        check_whole(publisher)


def listen(listener: SecondClient, since_us: int, heard_us: list[int]) -> None:
    """Until something is heard that was said after this time."""
    for received in listener.receive():
        if received.captured_us > since_us:
            heard_us.append(received.captured_us)
            return


def record_while(
    work: Callable[[list[ResendingPublisher]], Awaitable[None]], site: Site, room: Room
) -> list[ResendingPublisher]:
    """People publish, and are recorded, until the work is done."""
    publishers = [
        ResendingPublisher(
            [*site.urls[number % 2 :], *site.urls[: number % 2]],
            room.slug,
            f"Person {number}",
        )
        for number in range(PUBLISHERS)
    ]
    for publisher in publishers:
        publisher.enter()
    start_recording(Access(room, Role.OWNER, room.owner))

    async def hold() -> None:
        publishing = [asyncio.create_task(one.publish()) for one in publishers]
        await work(publishers)
        for publisher in publishers:
            publisher.stop()
        _, late = await asyncio.wait(publishing, timeout=PATIENCE_SECONDS)
        assert not late, [one.troubles[-5:] for one in publishers]

    asyncio.run(hold())
    return publishers


async def reach_more(publishers: list[ResendingPublisher]) -> None:
    """So many records more are acknowledged to everybody."""
    for publisher in publishers:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await publisher.reach(publisher.acknowledged + RECORDS)


def check_whole(publisher: ResendingPublisher) -> None:
    """All of it is there, once, in order, each record as it was sent."""
    participant = Participant.objects.get(pk=publisher.participant)
    records: list[Record] = [
        record for batch in read_stream(Source.of(participant)) for record in batch
    ]
    positions = [record.stored.position for record in records]
    numbers = [record.header.number for record in records]
    assert positions == list(range(1, len(positions) + 1))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= publisher.acknowledged > 0
    for record in records:
        assert bytes(record.payload) == payload(publisher.name, record.header.number)
