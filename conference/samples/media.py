"""Media made from formulas: somebody who nods, and a voice of one tone."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from rooms.streams.record import SILENT, Codec, Flag, Kind

WIDTH, HEIGHT = 640, 360
RATE = 15  # pictures a second
NOD = 3 * RATE  # pictures
SKIN = (226, 186, 158)
SAMPLE_RATE = 48_000
PACKETS = 50  # of sound, a second
PACKET = SAMPLE_RATE // PACKETS  # samples
LEVEL = 6_000  # of 32,767
LOUDNESS = 20  # -dBov, of that level
X264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "30"}
OPUS = {"frame_duration": "20", "application": "lowdelay"}

Colour = tuple[int, int, int]
Span = tuple[int, int]  # seconds


@dataclass(frozen=True, slots=True)
class Chunk:
    """An encoded piece of a track; ``at`` is in seconds."""

    kind: Kind
    codec: Codec
    at: float
    payload: bytes
    flags: int = 0
    loudness: int = SILENT


@cache
def camera(colour: Colour, *, seconds: int) -> tuple[Chunk, ...]:
    """A head and shoulders in front of a wall of this colour; a key frame a second."""
    context: Any = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, RATE), RATE
    context.options, context.gop_size, context.max_b_frames = X264, RATE, 0
    nods = [_portrait(colour, number / NOD) for number in range(NOD)]
    packets = []
    for number in range(seconds * RATE):
        picture = nods[number % NOD]
        picture.pts = number
        packets += context.encode(picture)
    return tuple(
        Chunk(
            Kind.CAMERA,
            Codec.H264,
            number / RATE,
            bytes(packet),
            Flag.KEY if packet.is_keyframe else 0,
        )
        for number, packet in enumerate(packets)
    )


def _portrait(colour: Colour, phase: float) -> VideoFrame:
    y, x = np.ogrid[0:HEIGHT, 0:WIDTH]
    shade = np.linspace(1.1, 0.6, HEIGHT)[:, None] * np.array(colour)
    picture = np.repeat(shade[:, None].clip(0, 255).astype(np.uint8), WIDTH, axis=1)
    nod = 10 * math.sin(phase * 2 * math.pi)
    picture[((x - 320) / 170) ** 2 + ((y - 380) / 130) ** 2 < 1] = shade[-1] * 0.7
    picture[((x - 320) / 62) ** 2 + ((y - 150 - nod) / 78) ** 2 < 1] = SKIN
    return VideoFrame.from_ndarray(picture).reformat(format="yuv420p")


@cache
def microphone(
    hertz: float, *, spoken: tuple[Span, ...], seconds: int
) -> tuple[Chunk, ...]:
    """A tone that swells like syllables in the spoken spans, silence between them."""
    context: Any = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = SAMPLE_RATE, "mono", "s16"
    context.options = OPUS
    packets = []
    for number in range(seconds * PACKETS):
        packets += context.encode(_syllable(hertz, number, spoken))
    return tuple(
        Chunk(
            Kind.MICROPHONE,
            Codec.OPUS,
            number / PACKETS,
            bytes(packet),
            loudness=LOUDNESS if _is_in(number / PACKETS, spoken) else SILENT,
        )
        for number, packet in enumerate(packets)
    )


def _syllable(hertz: float, number: int, spoken: tuple[Span, ...]) -> AudioFrame:
    at = (np.arange(PACKET) + number * PACKET) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * hertz * at) * np.abs(np.sin(4 * np.pi * at))
    level = LEVEL if _is_in(number / PACKETS, spoken) else 0
    sound = (wave * level).astype("<i2").reshape(1, -1)
    frame = AudioFrame.from_ndarray(sound, format="s16", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE, number * PACKET
    return frame


def _is_in(at: float, spans: tuple[Span, ...]) -> bool:
    return any(start <= at < end for start, end in spans)
