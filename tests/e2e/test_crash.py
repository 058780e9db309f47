"""The server process dies in a recorded meeting; nothing it acknowledged is lost."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection
from playwright.sync_api import expect

from recordings.models import Recording
from recordings.recorded import read_recorded, streams_of
from recordings.segment_index import Record
from tests.browser import Devices, Launch
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.people import Person, Traffic
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

RED, GREEN = (200, 40, 40), (40, 160, 60)
ACKNOWLEDGED_BEFORE = 200  # records of each person; some seconds of a meeting
DELIVERED_AFTER = 100


def test_a_recorded_meeting_survives_kill_9_of_the_server(
    whole: Server, launch: Launch
) -> None:
    alice = Person(launch(Devices(RED, 440)), "Alice", site=whole.url)
    bob = Person(launch(Devices(GREEN, 750)), "Bob", site=whole.url)
    alice.sign_in(EMAIL, PASSWORD)
    room = alice.open_a_meeting()
    host = alice.name_on_tile()
    bob.join(room)
    alice.wait_to_see("Bob", GREEN)
    bob.wait_to_see(host, RED)
    alice.press("Start recording")
    expect(alice.button("Stop recording")).to_be_visible()
    started = {person: person.traffic.acknowledged_number for person in (alice, bob)}
    alice.wait_for(
        lambda: all(
            person.traffic.acknowledged_number > first + ACKNOWLEDGED_BEFORE
            for person, first in started.items()
        ),
    )

    killed_us = time.time_ns() // 1000
    os.kill(whole.children()["server"], signal.SIGKILL)
    acknowledged = {
        person: person.traffic.acknowledged_number for person in (alice, bob)
    }
    delivered = {person: person.traffic.deliveries for person in (alice, bob)}
    alice.wait_for(
        lambda: all(
            person.traffic.deliveries > before + DELIVERED_AFTER
            and person.traffic.media_sockets >= 2
            for person, before in delivered.items()
        ),
    )
    alice.wait_to_see("Bob", GREEN)
    bob.wait_to_see(host, RED)
    alice.press("Stop recording")
    expect(alice.button("Start recording")).to_be_visible()
    alice.wait_for(lambda: Recording.objects.filter(sealed_at__isnull=False).exists())

    # In a thread: the reader waits for the log's event loop, and Playwright has ours.
    with ThreadPoolExecutor(1) as thread:
        kept = thread.submit(read_recording).result()
    assert set(kept) == {person.traffic.participant for person in acknowledged}
    for person, number in acknowledged.items():
        records = kept[person.traffic.participant]
        check_complete(records, person.traffic)
        assert number in {record.header.number for record in records}
        assert max(record.media_us for record in records) > killed_us + 1_000_000
    for person in (alice, bob):
        assert not person.errors


def read_recording() -> dict[str, list[Record]]:
    """All records of each participant."""
    recording = Recording.objects.get()
    try:
        return {
            str(stream.participant.pk): [
                record for batch in read_recorded(recording, stream) for record in batch
            ]
            for stream in streams_of(recording)
        }
    finally:
        connection.close()


def check_complete(records: list[Record], traffic: Traffic) -> None:
    """Everything that was acknowledged and captured in the recorded time is kept, once
    and in order."""
    recording = Recording.objects.get()
    assert recording.ended_us
    recorded = range(recording.started_us, recording.ended_us + 1)
    expected = {
        number
        for number, captured_us in traffic.sent.items()
        if captured_us in recorded and number <= traffic.acknowledged_number
    }
    assert {record.header.epoch for record in records} == {records[0].header.epoch}
    numbers = [record.header.number for record in records]
    assert all(a < b for a, b in pairwise(numbers))
    assert len(expected) > ACKNOWLEDGED_BEFORE
    assert not expected.difference(numbers)
