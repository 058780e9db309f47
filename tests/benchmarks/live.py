"""A live output of four people at 720p30; prints one JSON line last.

Generated people with cameras in three stored layers send to the log at the clock's
pace. A worker, held to one CPU, pushes their 1280x720 grid to an nginx with its RTMP
module, where it is read back. A tone that comes and goes tells how old what arrives is;
then the worker is killed, as often as ``--kills`` says, and another started, as the
supervisor does.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import machine
from tests.benchmarks.export import PEOPLE, RATE, SIZE, set_up
from tests.rtmp import RtmpServer, rtmp_server

if TYPE_CHECKING:
    from recordings.models import LiveOutput

TURN_SECONDS = 10  # of the tone: half of it on, half of it off
ON_SECONDS = 5
HERTZ = 880.0
WARM_SECONDS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--layers", default="0,1,2", help="that are stored")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, rtmp_server() as server:
        os.environ["LIVE_PRIVATE_TARGETS"] = "1"
        set_up(Path(folder))
        print(json.dumps(measure(server, arguments)))


def measure(server: RtmpServer, arguments: argparse.Namespace) -> dict[str, Any]:
    from recordings.rules.outputs import start_output
    from recordings.rules.targets import TargetAddress
    from tests.recordings.outputs.live import LiveRoom

    room = LiveRoom.opened()
    layers = tuple(map(int, arguments.layers.split(",")))
    for person in range(PEOPLE):
        room.join(f"Person {person + 1}", *tracks_of(person, layers))
    began_us = room.began_us()
    target = TargetAddress(server.url, "bench")
    output = start_output(room.access, targets=[target])
    with running_worker() as worker:
        reader = Reader(f"{server.url}/bench", began_us)
        reader.wait_for_pictures()
        time.sleep(WARM_SECONDS)
        before = (machine.cpu_seconds(worker.pid), reader.pictures)
        dropped = dropped_of(output)
        began = time.monotonic()
        time.sleep(arguments.seconds)
        took = time.monotonic() - began
        cores = (machine.cpu_seconds(worker.pid) - before[0]) / took
        pictures = reader.pictures - before[1]
        answer = {
            "people": PEOPLE,
            "layers": len(layers),
            "seconds": arguments.seconds,
            "x_realtime": round(pictures / RATE / took, 3),
            "cpu_cores": round(cores, 2),
            "dropped_pictures": dropped_of(output) - dropped,
            "end_to_end_delay_s": reader.delay(),
            "peak_rss_mb": machine.peak_rss_mb(worker.pid),
        }
    answer["replaced_s"] = replaced(output, server, began_us, arguments.kills)
    room.close()
    return answer | {"size": SIZE, "machine": machine.facts()}


def replaced(
    output: "LiveOutput", server: RtmpServer, began_us: int, kills: int
) -> float | None:
    """Seconds from the death of a worker to pictures of the next, the longest."""
    from recordings.models import LiveOutput

    times = []
    for _kill in range(kills):
        with running_worker() as worker, looked_after():
            Reader(f"{server.url}/bench", began_us).wait_for_pictures()
            runs = LiveOutput.objects.get(pk=output.pk).runs
            worker.kill()
            worker.wait()
            died = time.monotonic()
            with running_worker():
                while LiveOutput.objects.get(pk=output.pk).runs == runs:
                    time.sleep(0.05)
                Reader(f"{server.url}/bench", began_us).wait_for_pictures()
                times.append(time.monotonic() - died)
    return round(max(times), 1) if times else None


@contextmanager
def looked_after() -> Iterator[None]:
    """As server processes do it."""
    from django.utils import timezone

    from recordings.live.running import PERIOD_SECONDS, look_after

    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(PERIOD_SECONDS):
            look_after(now=timezone.now())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def tracks_of(person: int, layers: tuple[int, ...]) -> list[Any]:
    """The first one's tone comes and goes; the others are silent."""
    from tests.benchmarks.export_meeting import pictures
    from tests.recordings.media import tone

    on = tone(HERTZ, start=0, end=ON_SECONDS, volume=0.0 if person else 0.3)
    off = tone(HERTZ, start=ON_SECONDS, end=TURN_SECONDS, volume=0.0)
    return [list(pictures(person, TURN_SECONDS, layers)), [*on, *off]]


def dropped_of(output: "LiveOutput") -> int:
    output.refresh_from_db()
    return output.dropped


@contextmanager
def running_worker() -> Iterator["subprocess.Popen[bytes]"]:
    """On the last CPU alone."""
    from tests.recordings.outputs.live import live_worker

    with live_worker() as worker:
        os.sched_setaffinity(worker.pid, {max(os.sched_getaffinity(0))})
        yield worker


class Reader(threading.Thread):
    """Watches the stream: counts pictures, notes when the tone is heard to begin."""

    def __init__(self, url: str, began_us: int) -> None:
        super().__init__(daemon=True)
        self.pictures = 0
        self._url = url
        self._began_us = began_us
        self._delays: list[float] = []
        self.start()

    def wait_for_pictures(self) -> None:
        deadline = time.monotonic() + 60
        while not self.pictures:
            assert time.monotonic() < deadline, "Nothing came."
            time.sleep(0.02)

    def delay(self) -> float | None:
        return round(statistics.median(self._delays), 2) if self._delays else None

    def run(self) -> None:
        import av

        while True:
            try:
                self._watch()
                return
            except av.FFmpegError as error:
                if self.pictures:
                    return
                print(f"waiting: {error}", file=sys.stderr)
                time.sleep(0.2)

    def _watch(self) -> None:
        import av
        import numpy as np

        was_on = True
        with av.open(self._url, timeout=(10.0, 10.0)) as source:
            for packet in source.demux():
                if packet.stream.type == "video":
                    self.pictures += bool(packet.size)
                    continue
                for frame in packet.decode():
                    assert isinstance(frame, av.AudioFrame)
                    is_on = bool(np.abs(frame.to_ndarray()).max() > 0.1)
                    if is_on and not was_on:
                        self._note_tone()
                    was_on = is_on

    def _note_tone(self) -> None:
        seconds = (time.time_ns() // 1000 - self._began_us) / 1e6
        self._delays.append(seconds % TURN_SECONDS)


if __name__ == "__main__":
    main()
