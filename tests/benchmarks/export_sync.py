"""Whether picture and sound of a long meeting are together in its export; prints one
JSON line last.

Two people flash and beep at the same moment every 20 s, by turns. The clock of one's
devices is ``--ppm`` slower than the server's, the other's is as much faster: chunks
have the server's time, but in that time come fewer or more samples than belong there.
The meeting is exported at 360p by a worker process; the film is opened again, and
every mark is looked for in its pictures and in its sound.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import machine
from tests.benchmarks.export import held, request, set_up, started, work_on

if TYPE_CHECKING:
    from recordings.models import Export, Recording
    from tests.benchmarks.export_marks import Source
    from tests.recordings.meeting import Meeting


@dataclass(frozen=True, slots=True)
class Mark:
    """When it was due, seen and heard; seconds."""

    due: float
    flash: float
    beep: float

    @property
    def offset(self) -> float:
        """How much later than its picture the sound is."""
        return self.beep - self.flash


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=int, default=30, help="pictures a second")
    parser.add_argument("--ppm", type=float, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        figures = measure(arguments.minutes * 60, arguments.rate, arguments.ppm)
    print(json.dumps({**vars(arguments), **figures}))


def measure(seconds: int, rate: int, ppm: float) -> dict[str, Any]:
    sources = make_sources(ppm)
    meeting, recording = hold_meeting(sources, seconds)
    print("The meeting is kept.", file=sys.stderr)
    with started(threads=len(os.sched_getaffinity(0))) as worker:
        made = request((meeting, recording), "mp4", quality="360p", rate=rate)
        took = work_on(made, [worker])
    print(f"It was exported in {took:.0f} s.", file=sys.stderr)
    by_person = find_marks(made, sources, seconds)
    marks = [mark for person in by_person for mark in person]
    offsets = [abs(mark.offset) for mark in marks]
    return {
        "marks": len(marks),
        "sync_worst_ms": worst_ms(offsets),
        "sync_p50_ms": ms(statistics.median(offsets)),
        "sound_worst_ms": worst_ms(mark.beep - mark.due for mark in marks),
        "picture_worst_ms": worst_ms(mark.flash - mark.due for mark in marks),
        "drift_of_end_ms": worst_ms(map(drift_of_end, by_person)),
        "seconds": seconds,
        "export_seconds": round(took, 1),
        "machine": machine.facts(),
    }


def make_sources(ppm: float) -> list["Source"]:
    from tests.benchmarks.export_marks import INTERVAL_SECONDS, Source

    quarter = INTERVAL_SECONDS / 4
    return [Source(quarter, 1 + ppm / 1e6), Source(3 * quarter, 1 - ppm / 1e6)]


def hold_meeting(
    sources: Sequence["Source"], seconds: int
) -> tuple["Meeting", "Recording"]:
    from tests.recordings.meeting import Meeting

    meeting = held(Meeting, "Sync")
    recording = meeting.record(0, seconds)
    for name, source in zip(("Slow", "Fast"), sources, strict=True):
        person = meeting.join(name)
        meeting.publish(person, source.pictures(seconds), source.sound(seconds))
    meeting.keep(seconds + 200)
    recording.refresh_from_db()
    assert recording.sealed_at is not None, "It was not kept."
    return meeting, recording


def find_marks(
    made: "Export", sources: Sequence["Source"], seconds: int
) -> list[list[Mark]]:
    """Of each person. Raises ValueError where one was not found, or was not due."""
    from recordings.archive import archive
    from tests.benchmarks.export_marks import find_beeps, find_flashes

    path = archive().path(made.key)
    due = [source.due(seconds) for source in sources]
    flashes = find_flashes(path, middles_of_tiles(made))
    beeps = find_beeps(path)
    if [len(one) for one in flashes] != [len(one) for one in due]:
        raise ValueError(f"due were {due}, seen were {flashes}")
    if len(beeps) != sum(map(len, due)):
        raise ValueError(f"due were {due}, heard were {beeps}")
    heard = iter(beeps)
    beep_of = {at: next(heard) for at in sorted(at for one in due for at in one)}
    return [
        [Mark(at, flash, beep_of[at]) for at, flash in zip(*person, strict=True)]
        for person in zip(due, flashes, strict=True)
    ]


def middles_of_tiles(made: "Export") -> list[tuple[int, int]]:
    from recordings.exporting import job_of

    scene = job_of(made).scenes[-1]
    tiles = sorted(scene.tiles, key=lambda tile: tile.number)
    return [
        (tile.rect.x + tile.rect.width // 2, tile.rect.y + tile.rect.height // 2)
        for tile in tiles
    ]


def drift_of_end(marks: Sequence[Mark]) -> float:
    """By how much the offset of the last sixth differs from that of the first, on
    average: of an hour, ten minutes."""
    count = max(1, len(marks) // 6)
    first, last = marks[:count], marks[-count:]
    return statistics.mean(mark.offset for mark in last) - statistics.mean(
        mark.offset for mark in first
    )


def worst_ms(seconds: Iterable[float]) -> float:
    return ms(max(map(abs, seconds)))


def ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


if __name__ == "__main__":
    main()
