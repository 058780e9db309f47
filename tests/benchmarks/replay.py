"""Seeks in a long meeting, from a folder and from an S3 server; one JSON line last.

The segments are generated once, as objects that both archives are made of. A seek's
time is from the command on an open replay socket to the first record; ``shown`` is
when everybody's pictures of that moment have come.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.benchmarks import machine
from tests.s3 import BUCKET, s3_server
from tests.server import Server, asgi_server

if TYPE_CHECKING:
    from recordings.models import Segment
    from rooms.streams.contract import Stored
    from tests.recordings.meeting import Meeting, Person

SEGMENT_SECONDS = 4
VIDEO_PER_SECOND, AUDIO_PER_SECOND = 30, 50
KEYFRAME_RECORDS = 60  # every 2 s
AUDIO_BYTES = 80  # 32 kbit/s
TIMEOUT_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--kbits", type=int, default=400, help="of each camera")
    parser.add_argument("--seeks", type=int, default=60)
    arguments = parser.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, s3_server() as s3:
        _set_up(Path(folder))
        bucket = s3.folder / "data" / BUCKET
        (Path(folder) / "archive").symlink_to(bucket)
        meeting = _make_meeting(arguments, bucket)
        environments: dict[str, dict[str, Any]] = {"folder": {}, "s3": s3.environment}
        for name, environment in environments.items():
            with asgi_server(Path(folder), **environment) as server:
                cpu = machine.cpu_seconds(server.process.pid)
                first, shown = _seek_often(server, meeting, arguments)
                cpu = machine.cpu_seconds(server.process.pid) - cpu
            figures |= {
                f"seek_p50_ms_{name}": machine.percentile_ms(first, 0.5),
                f"seek_p95_ms_{name}": machine.percentile_ms(first, 0.95),
                f"shown_p95_ms_{name}": machine.percentile_ms(shown, 0.95),
                f"cpu_ms_per_seek_{name}": round(cpu * 1000 / arguments.seeks, 1),
            }
    print(json.dumps({**vars(arguments), **figures, "machine": machine.facts()}))


def _set_up(folder: Path) -> None:
    """A migrated data folder, and Django on it."""
    os.environ.update(
        DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="conference.settings"
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, stdout=sys.stderr)


def _make_meeting(arguments: argparse.Namespace, bucket: Path) -> "Meeting":
    from django.utils import timezone

    from recordings.models import Segment
    from rooms.streams.record import Codec, Kind
    from tests.recordings.media import Chunk
    from tests.recordings.meeting import Meeting

    seconds = arguments.minutes * 60
    meeting = Meeting()
    recording = meeting.record(0, seconds)
    recording.sealed_at = timezone.now()
    recording.save()
    for number in range(arguments.people):
        person = meeting.join(f"Person {number}")
        for kind, codec in (
            (Kind.CAMERA, Codec.VP8),
            (Kind.MICROPHONE, Codec.OPUS),
        ):
            meeting.start_track(person, Chunk(kind, codec, 0, b""), 0)
        segments = _make_segments(meeting, person, arguments, bucket)
        Segment.objects.bulk_create(segments, batch_size=200)
        print(f"{person.participant.name} is there.", file=sys.stderr)
    return meeting


def _make_segments(
    meeting: "Meeting", person: "Person", arguments: argparse.Namespace, bucket: Path
) -> Iterator["Segment"]:
    from recordings.archive import session_folder
    from recordings.models import Segment
    from recordings.segment_format import pack_segment
    from recordings.segment_index import index_tracks, parse

    recording = meeting.session.recordings.get()
    who = person.participant.pk
    folder = session_folder(meeting.room.pk, meeting.session.pk)
    (bucket / folder / str(who)).mkdir(parents=True)
    position = 1
    for at in range(0, arguments.minutes * 60, SEGMENT_SECONDS):
        stored = list(_make_records(at, position, arguments.kbits))
        key = f"{folder}/{who}/{position:012}.seg"
        data = pack_segment(stored)
        (bucket / key).write_bytes(data)
        records = [parse(one) for one in stored]
        yield Segment(
            participant_id=who,
            recording=recording,
            first_position=position,
            last_position=stored[-1].position,
            start_us=min(record.media_us for record in records),
            end_us=max(record.media_us for record in records),
            bytes=len(data),
            records=len(stored),
            key=key,
            tracks=index_tracks(records),
        )
        position = stored[-1].position + 1


def _make_records(at: int, position: int, kbits: int) -> Iterator["Stored"]:
    """Of one segment: the camera's and the microphone's in order of time."""
    from rooms.streams.contract import Stored
    from rooms.streams.record import Codec, Flag, Header, Kind
    from tests.recordings.meeting import us

    video = os.urandom(kbits * 1000 // 8 // VIDEO_PER_SECOND)
    audio = os.urandom(AUDIO_BYTES)
    times = [
        (number / VIDEO_PER_SECOND, number % KEYFRAME_RECORDS == 0, True)
        for number in range(SEGMENT_SECONDS * VIDEO_PER_SECOND)
    ] + [
        (number / AUDIO_PER_SECOND, True, False)
        for number in range(SEGMENT_SECONDS * AUDIO_PER_SECOND)
    ]
    for after, is_key, is_video in sorted(times, key=lambda one: (one[0], not one[2])):
        time_us = us(at + after)
        kind, codec = (
            (Kind.CAMERA, Codec.VP8) if is_video else (Kind.MICROPHONE, Codec.OPUS)
        )
        flags = Flag.KEY if is_key else Flag(0)
        header = Header(kind, codec, flags, 0, 30, 1, position, time_us)
        payload = header.pack() + (video if is_video else audio)
        yield Stored(position, time_us + 30_000, payload)
        position += 1


def _seek_often(
    server: Server, meeting: "Meeting", arguments: argparse.Namespace
) -> tuple[list[float], list[float]]:
    from tests.recordings.meeting import us

    places = random.Random(7)
    first, shown = [], []
    received = 0
    with _opened(server, meeting) as connection:
        for _seek in range(arguments.seeks):
            at_us = us(places.uniform(1, arguments.minutes * 60 - 1))
            began = time.monotonic()
            connection.send(json.dumps({"type": "seek", "at_us": at_us, "id": at_us}))
            first_at, shown_at, count = _first_and_all(connection, at_us)
            first.append(first_at - began)
            shown.append(shown_at - began)
            received += count
            connection.send(json.dumps({"type": "received", "bytes": received}))
    return sorted(first), sorted(shown)


def _first_and_all(connection: ClientConnection, seek: int) -> tuple[float, float, int]:
    """When the first record after a seek came, and when the moment was there; and how
    many bytes have come meanwhile."""
    has_begun = False
    first, count = 0.0, 0
    while True:
        message = connection.recv(TIMEOUT_SECONDS)
        if isinstance(message, bytes):
            count += len(message)
            first = first or (time.monotonic() if has_begun else 0.0)
            continue
        text = json.loads(message)
        has_begun = has_begun or (text["type"] == "seeked" and text["id"] == seek)
        if text["type"] == "play_from" and has_begun:
            return first, time.monotonic(), count


@contextmanager
def _opened(server: Server, meeting: "Meeting") -> Iterator[ClientConnection]:
    from django.test import Client

    client = Client()
    client.force_login(meeting.alice)
    with connect(
        f"{server.ws_url}/ws/sessions/{meeting.session.pk}/replay/",
        subprotocols=[Subprotocol("conference.v1")],
        additional_headers={"Cookie": f"sessionid={client.cookies['sessionid'].value}"},
        max_size=None,
        compression=None,
    ) as connection:
        assert json.loads(connection.recv(TIMEOUT_SECONDS))["type"] == "welcome"
        yield connection


if __name__ == "__main__":
    main()
