"""A meeting for ``bench-export``: generated people who move and speak, in layers."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from recordings.compositor import frame_planes
from rooms.streams.record import Codec, Kind
from tests.recordings.media import Chunk, tone

RATE = 30
LOOP_SECONDS = 10  # of pictures, which then come again
# By spatial number: size, and kbit/s.
LAYERS = {0: ((320, 180), 150), 1: ((640, 360), 500), 2: ((1280, 720), 1500)}
HERTZ = (220, 330, 440, 550)


@lru_cache
def loop(person: int) -> dict[int, list[tuple[bytes, bool]]]:
    """Encoded pictures of one person, by layer, with a key frame every 2 s."""
    encoders = {layer: _encoder(*what) for layer, what in LAYERS.items()}
    coded: dict[int, list[tuple[bytes, bool]]] = {layer: [] for layer in LAYERS}
    for index in range(LOOP_SECONDS * RATE):
        frame = moving_picture(person, index)
        for layer, encoder in encoders.items():
            (width, height), _kbit = LAYERS[layer]
            scaled = frame.reformat(width, height)
            scaled.pts = index
            for packet in encoder.encode(scaled):
                coded[layer].append((bytes(packet), packet.is_keyframe))
    return coded


def _encoder(size: tuple[int, int], kbit: int) -> Any:
    context: Any = av.CodecContext.create("libx264", "w")
    context.width, context.height = size
    context.pix_fmt, context.bit_rate = "yuv420p", kbit * 1000
    context.time_base, context.framerate = Fraction(1, RATE), RATE
    context.options = {"preset": "veryfast", "tune": "zerolatency", "profile": "main"}
    context.gop_size, context.max_b_frames = 2 * RATE, 0
    return context


def moving_picture(person: int, index: int) -> VideoFrame:
    """A head that sways before a room with some grain, as a camera shows it."""
    width, height = LAYERS[2][0]
    frame = VideoFrame(width, height, "yuv420p")
    luma, cb, cr = frame_planes(frame)
    luma[:] = _room()[person * 40 : person * 40 + height, :width]
    luma[:] += np.random.default_rng(index).integers(0, 4, luma.shape, np.uint8)
    cb[:], cr[:] = 110 + 10 * person, 140 - 8 * person
    at = 2 * np.pi * index / (LOOP_SECONDS * RATE)
    x = round(640 + 120 * np.sin(3 * at + person))
    y = round(360 + 40 * np.sin(5 * at))
    luma[y - 200 : y + 240, x - 150 : x + 150] = 150 + (index % 8)
    cr[y // 2 - 100 : y // 2 + 120, x // 2 - 75 : x // 2 + 75] = 155
    mouth = round(20 + 15 * np.sin(9 * at))
    luma[y + 90 : y + 90 + mouth, x - 50 : x + 50] = 60
    return frame


@lru_cache
def _room() -> Any:
    """Soft stripes and corners, larger than a picture."""
    y, x = np.mgrid[0:900, 0:1280]
    waves = 90 + 30 * np.sin(x / 90) + 25 * np.sin(y / 55) + 12 * np.sin((x + y) / 17)
    return waves.astype(np.uint8)


def pictures(person: int, seconds: float, layers: tuple[int, ...]) -> Iterator[Chunk]:
    coded = loop(person)
    for index in range(round(seconds * RATE)):
        for layer in layers:
            payload, is_key = coded[layer][index % len(coded[layer])]
            yield Chunk(
                Kind.CAMERA, Codec.H264, index / RATE, payload, is_key, layer=layer
            )


def sound(person: int, seconds: float) -> Iterator[Chunk]:
    packets = tone(HERTZ[person], start=0, end=LOOP_SECONDS)
    for index in range(round(seconds * 50)):
        one = packets[index % len(packets)]
        yield Chunk(one.kind, one.codec, index / 50, one.payload, loudness=one.loudness)
