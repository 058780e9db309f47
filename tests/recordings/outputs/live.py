"""People who are in a session right now, a worker for it, and what comes out."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone

from conference.models import User
from rooms.access import Access
from rooms.clock import now_us
from rooms.log import stream_log
from rooms.models import Participant, Role, Room
from rooms.rules.lifecycle import connect, join
from rooms.rules.tracks import Announcement, start_track
from rooms.streams.contract import Entry
from rooms.streams.record import Header
from tests.recordings.media import Chunk

Worker = subprocess.Popen[bytes]
ROOT = Path(__file__).parent.parent.parent.parent
PATIENCE = 60  # seconds, on a busy machine
BATCH_SECONDS = 0.1


@dataclass
class LiveRoom:
    """Alice's room. ``publish`` sends tracks over and over, at the clock's pace."""

    room: Room
    access: Access
    people: dict[str, Participant] = field(default_factory=dict)
    _senders: list["Sender"] = field(default_factory=list)

    @classmethod
    def opened(cls) -> "LiveRoom":
        alice = User.objects.create_user("alice@example.com", "secret", name="Alice")
        room = Room.objects.create(name="Weekly sync", owner=alice)
        return cls(room, Access(room, Role.OWNER, alice))

    def join(self, name: str, *tracks: Sequence[Chunk]) -> Participant:
        access = Access(self.room, Role.GUEST, None)
        person = connect(join(access, name=name, consent=True))
        self.people[name] = person
        # There is no socket that a server could see; none takes them for gone.
        later = timezone.now() + timedelta(hours=1)
        Participant.objects.filter(pk=person.pk).update(seen_at=later)
        for track in tracks:
            first = track[0]
            is_video = first.kind.is_video
            size = (320, 180) if is_video else (0, 0)
            start_track(
                person,
                Announcement(first.kind.wire_name, first.codec.wire_name, *size),
            )
        if tracks:
            sender = Sender(person.stream, tracks)
            self._senders.append(sender)
            sender.start()
        return person

    def began_us(self) -> int:
        """When the first of them began to send."""
        return self._senders[0].began_us

    def close(self) -> None:
        for sender in self._senders:
            sender.stop()


class Sender(threading.Thread):
    """Appends tracks of whole seconds to a stream, again and again, as they become
    due."""

    def __init__(self, stream: str, tracks: Sequence[Sequence[Chunk]]) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        chunks = sorted((c for track in tracks for c in track), key=lambda c: c.at)
        self._chunks = chunks
        self.began_us = now_us()
        self._seconds = round(chunks[-1].at - chunks[0].at)
        self._numbers = 0
        self._is_stopping = threading.Event()

    def stop(self) -> None:
        self._is_stopping.set()
        self.join()

    def run(self) -> None:
        append = async_to_sync(stream_log().append)
        began_us, waiting = self.began_us, self._endless()
        following = next(waiting)
        while not self._is_stopping.wait(BATCH_SECONDS):
            due = []
            while began_us + following.at * 1e6 <= now_us():
                due.append(self._entry(following, began_us))
                following = next(waiting)
            if due:
                append(self._stream, due, fence=1)

    def _endless(self) -> Iterator[Chunk]:
        turn = 0
        while True:
            for chunk in self._chunks:
                yield replace(chunk, at=chunk.at + turn * self._seconds)
            turn += 1

    def _entry(self, chunk: Chunk, began_us: int) -> Entry:
        self._numbers += 1
        at_us = began_us + round(chunk.at * 1e6)
        header = Header(
            chunk.kind,
            chunk.codec,
            chunk.flags,
            chunk.layer,
            chunk.loudness,
            1,
            self._numbers,
            at_us,
        )
        return Entry(1, self._numbers, now_us(), header.pack() + chunk.payload)


@contextmanager
def live_worker(**environment: str) -> Iterator[Worker]:
    """A worker of the queue ``live`` on the tests' own data folder, as ``serve`` runs
    it."""
    command = [
        *(sys.executable, "-m", "celery", "--app", "conference", "--quiet", "worker"),
        *("--loglevel", "INFO", "--pool", "solo", "--queues", "live"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    settings_ = {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "LIVE_PRIVATE_TARGETS": "1",
    }
    with (Path(settings.DATA_DIR) / "live-worker.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | settings_ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Seen:
    """What was read of a stream: its pictures and its sound."""

    pictures: list[Any]
    sound: Any  # (channels, samples)

    def colour(self, x: int, y: int, picture: int = -1) -> tuple[int, int, int]:
        """Y, Cb, Cr of a place in one of the pictures, the last by default."""
        frame = self.pictures[picture]
        planes = frame.to_ndarray()
        height, width = frame.height, frame.width
        cb = planes[height : height * 5 // 4].reshape(height // 2, width // 2)
        cr = planes[height * 5 // 4 :].reshape(height // 2, width // 2)
        return int(planes[y, x]), int(cb[y // 2, x // 2]), int(cr[y // 2, x // 2])

    def ink(self, top: int, bottom: int) -> float:
        """The part of some rows of the last picture that is as bright as letters."""
        return float((self.pictures[-1].to_ndarray()[top:bottom] > 200).mean())

    def level(self, hertz: float) -> float:
        """How strong a tone is in the last 0.8 s, 0 to 1."""
        part = self.sound[0, -38_400:]
        wave = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / 48_000)
        return float(2 * abs(np.dot(part, wave)) / max(1, len(part)))


def play(url: str, seconds: float = 1.0) -> Seen:
    """Watch a stream; waits until somebody publishes it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(av.FFmpegError):
            seen = _play(url, seconds)
            if len(seen.pictures) > 1 and seen.sound.shape[1] >= 40_000 * seconds:
                return seen
        assert time.monotonic() < deadline, f"nothing came from {url}"
        time.sleep(0.2)


def _play(url: str, seconds: float) -> Seen:
    # Pictures come with the next key frame, sound at once.
    patient = {"analyzeduration": "3000000"}
    with av.open(url, "r", timeout=(30.0, 10.0), container_options=patient) as source:
        return joined(source.decode(), seconds)


def joined(frames: Iterable[Any], seconds: float = np.inf) -> Seen:
    """So much of a film."""
    pictures, sound, start = [], [], None
    for frame in frames:
        start = frame.time if start is None else start
        if isinstance(frame, av.VideoFrame):
            pictures.append(frame)
        else:
            sound.append(frame.to_ndarray())
        if frame.time - start >= seconds:
            break
    heard = np.concatenate(sound, axis=1) if sound else np.zeros((2, 0))
    return Seen(pictures, heard)


def plays(url: str) -> bool:
    """Whether anybody publishes a stream at this moment."""
    try:
        seen = _play(url, 0.2)
        return bool(seen.pictures) or bool(seen.sound.size)
    except av.FFmpegError:
        return False
