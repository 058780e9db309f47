"""Pictures and sound to packets in a file of their own, and how formats code them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from recordings.decoders import SAMPLE_RATE, Samples

KEY_SECONDS = 2  # from key frame to key frame: what a player seeks by
KBIT = 1000


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """``options`` hold for a constant quality; ``container`` is for a part's file."""

    encoder: str
    container: str
    options: Mapping[str, str]
    with_bitrate: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AudioCodec:
    encoder: str
    container: str
    bits: int  # a second
    options: Mapping[str, str] = field(default_factory=dict)


H264 = VideoCodec(
    "libx264", "mp4", {"preset": "veryfast", "crf": "23"}, {"preset": "veryfast"}
)
_VP9 = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "lag-in-frames": "0"}
VP9 = VideoCodec("libvpx-vp9", "matroska", {**_VP9, "crf": "33", "b": "0"}, _VP9)
AAC = AudioCodec("aac", "mp4", 128_000)
OPUS = AudioCodec("libopus", "matroska", 96_000)
MP3 = AudioCodec("libmp3lame", "mp3", 128_000)


class _Output:
    """A file that is whole when the ``with`` block ends without an exception."""

    def __init__(self, path: Path, container: str, options: dict[str, str]) -> None:
        self._file: Any = av.open(str(path), "w", format=container, options=options)

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.finish()
        finally:
            self._file.close()

    def finish(self) -> None:
        raise NotImplementedError


class VideoEncoder(_Output):
    """Constant frame rate. ``first`` is the number of the first picture. A picture of
    another size than the encoder's is scaled to it."""

    def __init__(
        self,
        path: Path,
        codec: VideoCodec,
        *,
        size: tuple[int, int],
        rate: int,
        first: int = 0,
        kbit: int | None = None,
        most_kbit: int | None = None,
        threads: int = 1,
        container: str = "",
    ) -> None:
        super().__init__(path, container or codec.container, {})
        options = dict(codec.with_bitrate if kbit else codec.options)
        options["threads"] = str(threads)
        if most_kbit:  # within any two seconds
            options |= {"maxrate": f"{most_kbit}k", "bufsize": f"{2 * most_kbit}k"}
        video: Any = self._file.add_stream(codec.encoder, rate=rate, options=options)
        video.width, video.height = self._size = size
        video.pix_fmt = "yuv420p"
        # Several pictures at once: PyAV's own choice, to cut each into slices, leaves
        # threads waiting for each other at the end of each, and takes more bits.
        video.codec_context.thread_type = "FRAME"
        video.codec_context.time_base = self._tick = Fraction(1, rate)
        video.gop_size = rate * KEY_SECONDS
        if kbit:
            video.bit_rate = kbit * KBIT
        self._video = video
        self._number = first
        self._scaler = VideoReformatter()

    def add(self, frame: VideoFrame) -> None:
        width, height = self._size
        if (frame.width, frame.height) != self._size:
            frame = self._scaler.reformat(
                frame,
                width,
                height,
                interpolation=Interpolation.FAST_BILINEAR,
                threads=1,
            )
        frame.pts, frame.time_base = self._number, self._tick
        self._number += 1
        self._file.mux(self._video.encode(frame))

    def finish(self) -> None:
        self._file.mux(self._video.encode(None))


class SoundEncoder(_Output):
    """48 kHz stereo."""

    def __init__(
        self,
        path: Path,
        codec: AudioCodec,
        *,
        container: str = "",
        options: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(path, container or codec.container, dict(options or {}))
        self._audio: Any = self._file.add_stream(
            codec.encoder,
            rate=SAMPLE_RATE,
            layout="stereo",
            options=dict(codec.options),
        )
        self._audio.bit_rate = codec.bits
        self._audio.codec_context.open()
        self._fifo = AudioFifo()
        self._number = 0  # of the next sample

    def add(self, samples: Samples) -> None:
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, None  # the FIFO counts from zero
        self._fifo.write(frame)
        size = self._audio.codec_context.frame_size or 1024
        while (full := self._fifo.read(size)) is not None:
            self._encode(full)

    def _encode(self, frame: AudioFrame) -> None:
        frame.pts, frame.time_base = self._number, Fraction(1, SAMPLE_RATE)
        self._number += frame.samples
        self._file.mux(self._audio.encode(frame))

    def finish(self) -> None:
        rest = self._fifo.read(0, partial=True)
        if rest is not None:
            self._encode(rest)
        self._file.mux(self._audio.encode(None))
