"""Marks for ``bench-sync``: a flash with a beep, made and found again."""

from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from rooms.streams.record import Codec, Kind
from tests.recordings.media import Chunk, encode_opus, tone, video

INTERVAL_SECONDS = 20  # from one mark of a person to the next
MARK_SECONDS = 0.2  # of a mark, which is one picture of the camera
PACKETS = 10  # of sound in a mark
MARKS = round(INTERVAL_SECONDS / MARK_SECONDS)  # would fill an interval
VOLUME = 0.3
QUIET_SECONDS = 1.0  # of silence at least before a beep
DARK, BRIGHT = (20, 20, 20), (235, 235, 235)
MIDDLE = 128  # luma


@dataclass(frozen=True, slots=True)
class Source:
    """One person's camera and microphone. Pictures and packets of the same moment have
    the same time; ``second`` is how long one of the source is on the server's clock.
    ``first``: the first mark, in seconds of the source."""

    first: float
    second: float

    def due(self, seconds: float) -> list[float]:
        """When marks begin, on the server's clock."""
        every = INTERVAL_SECONDS * self.second
        first = self.first * self.second
        count = int((seconds - first) // every) + 1
        return [first + number * every for number in range(count)]

    def pictures(self, seconds: float) -> list[Chunk]:
        dark, bright = (
            video(colour, start=0, end=0.2, rate=5, codec=Codec.VP8, size=(160, 90))[0]
            for colour in (DARK, BRIGHT)
        )
        return [
            Chunk(
                Kind.CAMERA,
                Codec.VP8,
                index * MARK_SECONDS * self.second,
                (bright if self._is_mark(index) else dark).payload,
            )
            for index in range(int(seconds / self.second / MARK_SECONDS))
        ]

    def sound(self, seconds: float) -> list[Chunk]:
        """Coded with the application that browsers take."""
        beep = tone(1000, start=0, end=MARK_SECONDS, codec=Codec.PCM, volume=VOLUME)
        silence = bytes(len(beep[0].payload))
        pcms = [
            beep[index % PACKETS].payload
            if self._is_mark(index // PACKETS)
            else silence
            for index in range(MARKS * PACKETS)
        ]
        packets = encode_opus(pcms, application="audio")
        each = MARK_SECONDS / PACKETS
        return [
            Chunk(
                Kind.MICROPHONE,
                Codec.OPUS,
                index * each * self.second,
                packets[index % len(packets)],
                loudness=beep[0].loudness if self._is_mark(index // PACKETS) else 127,
            )
            for index in range(int(seconds / self.second / each))
        ]

    def _is_mark(self, index: int) -> bool:
        return index % MARKS == round(self.first / MARK_SECONDS)


def find_flashes(path: str, places: list[tuple[int, int]]) -> list[list[float]]:
    """When each of these places of a film turns bright, in seconds, by the pictures'
    own timestamps."""
    found: list[list[float]] = [[] for _ in places]
    was_bright = [False] * len(places)
    film: Any
    with av.open(path) as film:
        stream = film.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in film.decode(stream):
            plane = frame.planes[0]
            luma = memoryview(plane)
            for number, (x, y) in enumerate(places):
                is_bright = luma[y * plane.line_size + x] > MIDDLE
                if is_bright and not was_bright[number]:
                    found[number].append(frame.time)
                was_bright[number] = is_bright
    return found


def find_beeps(path: str) -> list[float]:
    """When silence ends, in seconds, to about a millisecond: a beep counts from half
    its level on, since what is before may be the encoder's."""
    found: list[float] = []
    last_loud = -QUIET_SECONDS
    film: Any
    with av.open(path) as film:
        for frame in film.decode(film.streams.audio[0]):
            loud = np.abs(frame.to_ndarray()[0]) > VOLUME / 2
            if not loud.any():
                continue
            first = frame.time + int(loud.argmax()) / frame.sample_rate
            if first - last_loud >= QUIET_SECONDS:
                found.append(first)
            last_loud = frame.time + frame.samples / frame.sample_rate
    return found
