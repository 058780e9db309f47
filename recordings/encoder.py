"""Pictures and sound to an MP4 file: H.264 and AAC."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from recordings.decoders import SAMPLE_RATE, Samples

X264 = {"preset": "veryfast", "crf": "23"}
AAC_BITS = 128_000  # a second
AAC_FRAME = 1024  # samples


class Mp4Encoder:
    """Constant frame rate; the file is whole when the ``with`` block has ended."""

    def __init__(self, path: Path, *, width: int, height: int, rate: int) -> None:
        # The index goes in front, so that a player can begin before the end is there.
        self._file = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart"}
        )
        video = self._file.add_stream("libx264", rate=rate, options=X264)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.time_base = self._tick = Fraction(1, rate)
        video.gop_size = rate * 2
        audio = self._file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        audio.bit_rate = AAC_BITS
        self._video, self._audio = video, audio
        self._fifo = AudioFifo()
        self._frames = 0
        self._samples = 0

    def add_picture(self, canvas: NDArray[np.uint8]) -> None:
        """``canvas``: planes Y, U, V one below the other, as PyAV has yuv420p."""
        frame = VideoFrame.from_ndarray(canvas, format="yuv420p")
        frame.pts, frame.time_base = self._frames, self._tick
        self._frames += 1
        self._file.mux(self._video.encode(frame))

    def add_sound(self, samples: Samples) -> None:
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = self._samples, Fraction(1, SAMPLE_RATE)
        self._samples += samples.shape[1]
        self._fifo.write(frame)
        for full in self._whole_frames():
            self._file.mux(self._audio.encode(full))

    def _whole_frames(self) -> Iterator[AudioFrame]:
        while (frame := self._fifo.read(AAC_FRAME)) is not None:
            yield frame

    def __enter__(self) -> "Mp4Encoder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._file.close()

    def _finish(self) -> None:
        rest = self._fifo.read(0, partial=True)
        if rest is not None:
            self._file.mux(self._audio.encode(rest))
        self._file.mux(self._audio.encode(None))
        self._file.mux(self._video.encode(None))
