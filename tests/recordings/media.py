"""Media made from formulas: pictures of one colour, sounds of one tone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from recordings.plates import to_yuv
from rooms.streams.record import Codec, Flag, Kind

RED, GREEN, BLUE = (200, 30, 30), (30, 170, 60), (40, 60, 210)

_ENCODERS: dict[Codec, tuple[str, dict[str, str]]] = {
    Codec.H264: ("libx264", {"preset": "ultrafast", "tune": "zerolatency"}),
    Codec.VP8: ("libvpx", {"deadline": "realtime", "lag-in-frames": "0"}),
    Codec.VP9: (
        "libvpx-vp9",
        {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"},
    ),
    Codec.AV1: ("libsvtav1", {"preset": "12", "svtav1-params": "pred-struct=1:lp=1"}),
    Codec.JPEG: ("mjpeg", {}),
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """An encoded piece of a track; ``at`` is in seconds."""

    kind: Kind
    codec: Codec
    at: float
    payload: bytes
    is_key: bool = True
    loudness: int = 127
    is_end: bool = False
    layer: int = 0

    @property
    def flags(self) -> int:
        return (Flag.KEY if self.is_key else 0) | (Flag.END if self.is_end else 0)


def video(
    colour: tuple[int, int, int],
    *,
    start: float,
    end: float,
    codec: Codec = Codec.H264,
    kind: Kind = Kind.CAMERA,
    size: tuple[int, int] = (320, 180),
    rate: int = 15,
    layer: int = 0,
) -> list[Chunk]:
    """A picture of one colour, with a key frame each second."""
    count = round((end - start) * rate)
    coded = _encode_video(colour, codec, size, rate, count)
    return [
        Chunk(kind, codec, start + index / rate, payload, is_key, layer=layer)
        for index, (payload, is_key) in enumerate(coded)
    ]


@lru_cache
def _encode_video(
    colour: tuple[int, int, int],
    codec: Codec,
    size: tuple[int, int],
    rate: int,
    count: int,
) -> list[tuple[bytes, bool]]:
    name, options = _ENCODERS[codec]
    context: Any = av.CodecContext.create(name, "w")
    context.width, context.height = size
    context.pix_fmt = "yuvj420p" if codec is Codec.JPEG else "yuv420p"
    context.time_base, context.framerate = Fraction(1, rate), rate
    context.options, context.gop_size, context.max_b_frames = options, rate, 0
    packets = [
        packet
        for index in range(count)
        for packet in context.encode(_picture(colour, size, index, context.pix_fmt))
    ]
    packets += context.encode(None)
    return [(bytes(packet), packet.is_keyframe) for packet in packets]


def _picture(
    colour: tuple[int, int, int], size: tuple[int, int], index: int, pix_fmt: str
) -> VideoFrame:
    width, height = size
    luma, cb, cr = to_yuv(colour)
    planes = np.empty((height * 3 // 2, width), np.uint8)
    planes[:height] = luma
    planes[height : height * 5 // 4] = cb
    planes[height * 5 // 4 :] = cr
    frame = VideoFrame.from_ndarray(planes, format="yuv420p")
    if pix_fmt != "yuv420p":
        frame = frame.reformat(format=pix_fmt)
    frame.pts = index
    return frame


def tone(
    hertz: float,
    *,
    start: float,
    end: float,
    codec: Codec = Codec.OPUS,
    kind: Kind = Kind.MICROPHONE,
    volume: float = 0.3,
) -> list[Chunk]:
    """A sine in packets of 20 ms, with its loudness in the header."""
    count = round((end - start) * 50)
    packets = (
        _encode_opus(hertz, count, volume)
        if codec is Codec.OPUS
        else list(_pcm(hertz, count, volume))
    )
    loudness = round(-20 * np.log10(volume / np.sqrt(2))) if volume else 127
    return [
        Chunk(kind, codec, start + index / 50, payload, loudness=loudness)
        for index, payload in enumerate(packets)
    ]


@lru_cache
def _encode_opus(hertz: float, count: int, volume: float) -> list[bytes]:
    return encode_opus(list(_pcm(hertz, count, volume)), application="lowdelay")


def encode_opus(pcms: Sequence[bytes], *, application: str) -> list[bytes]:
    """A packet of Opus for each of PCM. Decoded, they are 2.5 ms late with the
    application "lowdelay", and 6.5 ms with the others (RFC 6716, 2.1.2)."""
    context: Any = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = 48_000, "mono", "s16"
    context.options = {"frame_duration": "20", "application": application}
    packets = []
    for index, pcm in enumerate(pcms):
        frame = AudioFrame.from_ndarray(
            np.frombuffer(pcm, "<i2").reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = 48_000, index * 960
        packets += context.encode(frame)
    packets += context.encode(None)
    return [bytes(packet) for packet in packets][: len(pcms)]


def _pcm(hertz: float, count: int, volume: float) -> Iterator[bytes]:
    for index in range(count):
        at = (np.arange(960) + index * 960) / 48_000
        wave = np.sin(2 * np.pi * hertz * at) * volume * 32767
        yield wave.astype("<i2").tobytes()


def shifted(chunks: list[Chunk], seconds: float) -> list[Chunk]:
    return [replace(chunk, at=chunk.at + seconds) for chunk in chunks]


@dataclass(frozen=True, slots=True)
class Film:
    """A file that was opened again."""

    pictures: list[VideoFrame]
    sound: Any  # (channels, samples)
    rate: float
    codecs: list[str]
    seconds: float

    def colour(self, at: float, x: int, y: int) -> tuple[int, int, int]:
        """Y, Cb, Cr at a time and place."""
        picture = self.pictures[round(at * self.rate)].to_ndarray()
        height, width = self.pictures[0].height, self.pictures[0].width
        cb = picture[height : height * 5 // 4].reshape(height // 2, width // 2)
        cr = picture[height * 5 // 4 :].reshape(height // 2, width // 2)
        return int(picture[y, x]), int(cb[y // 2, x // 2]), int(cr[y // 2, x // 2])

    def level(self, hertz: float, start: float, end: float) -> float:
        """How strong a tone is between two times, 0 to 1."""
        part = self.sound[0, round(start * 48_000) : round(end * 48_000)]
        at = np.arange(len(part)) / 48_000
        wave = np.exp(-2j * np.pi * hertz * at)
        return float(2 * abs(np.dot(part, wave)) / max(1, len(part)))


def open_film(path: str) -> Film:
    with av.open(path, "r") as file:
        codecs = [
            stream.codec_context.name
            for stream in (*file.streams.video, *file.streams.audio)
        ]
        pictures = list(file.decode(video=0))
        rate = float(file.streams.video[0].average_rate or 0)
        seconds = (file.duration or 0) / 1_000_000
    with av.open(path, "r") as file:
        sound = np.concatenate(
            [frame.to_ndarray() for frame in file.decode(audio=0)], axis=1
        )
    return Film(pictures, sound, rate, codecs, seconds)


def is_like(seen: tuple[int, int, int], colour: tuple[int, int, int]) -> bool:
    return all(
        abs(one - other) <= 12 for one, other in zip(seen, to_yuv(colour), strict=True)
    )
