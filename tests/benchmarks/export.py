"""Exports of a generated meeting; prints one JSON line last.

Four people with 720p30 cameras in three stored layers, as an H.264 and AAC grid of
1280x720. The ``ffmpeg`` command makes the same of the top layers with the same encoder
settings. Both are run in turn, ``--rounds`` times, and the medians compared.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import machine

if TYPE_CHECKING:
    from recordings.models import Export, Recording
    from tests.recordings.meeting import Meeting

PEOPLE = 4
RATE = 30
SIZE = (1280, 720)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--long", type=int, default=600, help="seconds; 0 leaves it out"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        print(json.dumps(measure(Path(folder), arguments)))


def set_up(folder: Path) -> None:
    """The product's own settings on a data folder of its own."""
    os.environ.update(
        DATA_DIR=str(folder),
        SECRET_KEY="only-for-benchmarks-" + "0" * 32,
        DJANGO_SETTINGS_MODULE="conference.settings",
        LOG_LEVEL="WARNING",
    )
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    for queue in settings.QUEUE_FOLDERS:
        queue.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    seconds, cpus = arguments.seconds, len(os.sched_getaffinity(0))
    layered = hold_meeting("Layers", seconds, (0, 1, 2))
    top_only = hold_meeting("Top", seconds, (2,))
    with ExitStack() as workers:
        all_cpus = workers.enter_context(started(threads=cpus))
        one = workers.enter_context(started(threads=1))
        other = workers.enter_context(started(threads=1))
        figures: dict[str, list[float]] = {}

        def note(name: str, value: float) -> None:
            figures.setdefault(name, []).append(value)
            print(f"{name}: {value:.2f} s", file=sys.stderr)

        reference = Reference(folder, seconds, threads=cpus)
        for _ in range(arguments.rounds):
            if reference.is_there:
                note("ffmpeg", reference.run())
            note("layers", export(layered, [all_cpus]))
            note("top_only", export(top_only, [all_cpus]))
            note("one", export(layered, [one]))
            note("two", export(layered, [one, other]))
            note("tracks", export(layered, [one], format="tracks"))
        medians = {name: statistics.median(found) for name, found in figures.items()}
        peak_mb = machine.peak_rss_mb(all_cpus.pid)
        answer = {
            "people": PEOPLE,
            "seconds": seconds,
            "rounds": arguments.rounds,
            "layers_x_ffmpeg": ratio(medians.get("ffmpeg"), medians["layers"]),
            "two_workers_x_ffmpeg": ratio(medians.get("ffmpeg"), medians["two"]),
            "top_only_x_ffmpeg": ratio(medians.get("ffmpeg"), medians["top_only"]),
            "x_realtime": ratio(seconds, medians["layers"]),
            "ffmpeg_x_realtime": ratio(seconds, medians.get("ffmpeg")),
            "peak_rss_mb": peak_mb,
            "tracks_x_realtime": ratio(seconds, medians["tracks"]),
            "hls_first_segment_s": round(first_segment(layered, one), 2),
            "two_workers_x_one": ratio(medians["one"], medians["two"]),
        }
    if arguments.long:
        long = hold_meeting("Long", arguments.long, (0, 1, 2))
        with started(threads=cpus) as worker:
            export(long, [worker])
            answer["peak_rss_mb_10min"] = machine.peak_rss_mb(worker.pid)
    if not reference.is_there:
        answer["note"] = "The ffmpeg command is missing: nothing to compare with."
    return answer | {"machine": machine.facts()}


def ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one / other, 2)


def hold_meeting(
    name: str, seconds: int, layers: tuple[int, ...]
) -> tuple["Meeting", "Recording"]:
    from tests.benchmarks.export_meeting import pictures, sound
    from tests.recordings.meeting import Meeting

    meeting = held(Meeting, name)
    recording = meeting.record(0, seconds)
    for person in range(PEOPLE):
        joined = meeting.join(f"Person {person + 1}")
        tracks = [
            list(pictures(person, seconds, layers)),
            list(sound(person, seconds)),
        ]
        meeting.publish(joined, *tracks)
    meeting.keep(seconds + 200)
    recording.refresh_from_db()
    assert recording.sealed_at is not None, "It was not kept."
    return meeting, recording


def held(make: Any, name: str) -> Any:
    """``make`` signs Alice up, who may be there."""
    from conference.models import User

    User.objects.filter(email="alice@example.com").update(email=f"{name}@example.com")
    return make(name)


@contextmanager
def started(*, threads: int) -> Iterator["subprocess.Popen[str]"]:
    """A worker process that is warm: it works on the export that it is told."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.export_worker"],
        env={**os.environ, "EXPORT_THREADS": str(threads)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def request(
    held: tuple["Meeting", "Recording"], format: str, **options: Any
) -> "Export":
    from recordings.rules import request_export

    meeting, recording = held
    return request_export(meeting.access, recording, format=format, **options)


def export(
    held: tuple["Meeting", "Recording"],
    workers: list["subprocess.Popen[str]"],
    format: str = "mp4",
) -> float:
    """Seconds until the file is there."""
    return work_on(request(held, format), workers)


def work_on(made: "Export", workers: list["subprocess.Popen[str]"]) -> float:
    """Seconds until the file is there."""
    began = time.monotonic()
    for worker in workers:
        tell(worker, made)
    for worker in workers:
        answer = worker.stdout.readline()  # type: ignore[union-attr]
        assert answer == "done\n", answer
    took = time.monotonic() - began
    made.refresh_from_db()
    assert made.state == "ready", (made.state, made.error_detail)
    return took


def tell(worker: "subprocess.Popen[str]", export: "Export") -> None:
    assert worker.stdin is not None
    worker.stdin.write(f"{export.pk}\n")
    worker.stdin.flush()


def first_segment(
    held: tuple["Meeting", "Recording"], worker: "subprocess.Popen[str]"
) -> float:
    """Seconds from the request until pictures and sound of the first piece play."""
    from recordings.archive import archive
    from recordings.export_keys import part_key

    began = time.monotonic()
    made = request(held, "hls")
    tell(worker, made)
    while made.state != "failed":
        made.refresh_from_db()
        parts = list(made.parts.filter(number__lte=1).order_by("number"))
        if len(parts) == 2 and all(part.files for part in parts):
            break
        time.sleep(0.02)
    took = time.monotonic() - began
    for part in parts:
        assert play(archive().read(part_key(made, part, part.files[0]["name"])))
    assert worker.stdout is not None
    assert worker.stdout.readline() == "done\n"
    return took


def play(piece: bytes) -> int:
    """How many frames a player finds in a piece."""
    from io import BytesIO

    import av

    with av.open(BytesIO(piece), "r", format="mpegts") as file:
        return sum(1 for _ in file.decode(file.streams[0]))


class Reference:
    """The ``ffmpeg`` command on the top layers, in files made before."""

    def __init__(self, folder: Path, seconds: int, *, threads: int) -> None:
        self.is_there = shutil.which("ffmpeg") is not None
        self._command: list[str] = []
        if self.is_there:
            files = [write_person(folder, person, seconds) for person in range(PEOPLE)]
            self._command = ffmpeg_command(files, folder / "reference.mp4", threads)

    def run(self) -> float:
        began = time.monotonic()
        subprocess.run(self._command, check=True, stdin=subprocess.DEVNULL)
        return time.monotonic() - began


def write_person(folder: Path, person: int, seconds: int) -> Path:
    from recordings.matroska import MatroskaWriter, TrackId
    from recordings.segment_index import Record, parse
    from rooms.streams.contract import Stored
    from rooms.streams.record import Header
    from tests.benchmarks.export_meeting import pictures, sound

    chunks = sorted(
        [*pictures(person, seconds, (2,)), *sound(person, seconds)], key=lambda c: c.at
    )
    records: list[Record] = []
    for number, chunk in enumerate(chunks, 1):
        at_us = round(chunk.at * 1_000_000)
        header = Header(
            chunk.kind, chunk.codec, chunk.flags, chunk.layer, 0, 1, number, at_us
        )
        records.append(parse(Stored(number, at_us, header.pack() + chunk.payload)))
    openings: dict[TrackId, Record] = {}
    for record in records:
        openings.setdefault((record.header.kind, record.header.codec), record)
    path = folder / f"person-{person}.mkv"
    with MatroskaWriter(path, openings, origin_us=0) as writer:
        for record in records:
            writer.write(record)
    return path


def ffmpeg_command(files: list[Path], path: Path, threads: int) -> list[str]:
    """The tiles where our own grid has them, and the encoder as we set it."""
    from recordings.rects import Rect, grid

    rects = grid(PEOPLE, Rect(0, 0, *SIZE))
    chain = [f"color=c=0x111418:s={SIZE[0]}x{SIZE[1]}:r={RATE}[p0]"]
    for index, rect in enumerate(rects):
        chain.append(
            f"[{index}:v]scale={rect.width}:{rect.height}:flags=fast_bilinear[t{index}]"
        )
        chain.append(
            f"[p{index}][t{index}]overlay={rect.x}:{rect.y}:shortest=1[p{index + 1}]"
        )
    sounds = "".join(f"[{index}:a]" for index in range(PEOPLE))
    chain.append(f"{sounds}amix=inputs={PEOPLE}:normalize=0[sound]")
    inputs = [part for file in files for part in ("-i", str(file))]
    return [
        "ffmpeg",
        *("-v", "error", "-y"),
        *inputs,
        *("-filter_complex", ";".join(chain)),
        *("-map", f"[p{PEOPLE}]", "-map", "[sound]", "-r", str(RATE)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", str(2 * RATE)),
        *("-pix_fmt", "yuv420p", "-threads", str(threads)),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart"),
        str(path),
    ]


if __name__ == "__main__":
    main()
