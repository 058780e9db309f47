"""What a video file shows and sounds like at a given time."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 48_000
TOLERANCE = 40  # of a colour channel: encoders and colour spaces move them
SILENCE = 1e-3  # of a spectrum, so that the logarithm of none is a number
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """The rectangle around all pixels of a colour, and how much of it they fill."""

    left: int
    top: int
    right: int
    bottom: int
    filled: float
    share: float  # of the whole picture


class Film:
    """A file decoded whole: pictures once a second, and its sound mixed to mono."""

    def __init__(self, path: Path) -> None:
        with av.open(str(path)) as file:
            self.video_codec = file.streams.video[0].codec_context.name
            self.audio_codec = file.streams.audio[0].codec_context.name
            self.size = (file.streams.video[0].width, file.streams.video[0].height)
            self.seconds = (file.duration or 0) / av.time_base
            self._pictures = self._decode_pictures(file)
        with av.open(str(path)) as file:
            self._sound = self._decode_sound(file)

    @staticmethod
    def _decode_pictures(
        file: av.container.InputContainer,
    ) -> dict[int, npt.NDArray[np.uint8]]:
        """Half past each second."""
        pictures: dict[int, npt.NDArray[np.uint8]] = {}
        for frame in file.decode(video=0):
            second = int(frame.time or 0)
            if second not in pictures and (frame.time or 0) % 1 >= 0.5:
                pictures[second] = frame.to_ndarray(format="rgb24").astype(np.uint8)
        return pictures

    @staticmethod
    def _decode_sound(file: av.container.InputContainer) -> npt.NDArray[np.float32]:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
        parts = [
            part.to_ndarray()[0]
            for frame in file.decode(audio=0)
            for part in resampler.resample(frame)
        ]
        return np.concatenate(parts)

    def area(self, colour: Colour, *, second: int) -> Area | None:
        """Where a colour is in that second's picture; None: nowhere to speak of."""
        picture = self._pictures[second].astype(np.int16)
        alike = (np.abs(picture - np.array(colour)) <= TOLERANCE).all(axis=2)
        share = float(alike.mean())
        if share < 0.01:
            return None
        rows, columns = np.where(alike.any(axis=1))[0], np.where(alike.any(axis=0))[0]
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        left, right = int(columns[0]), int(columns[-1]) + 1
        filled = float(alike[top:bottom, left:right].mean())
        return Area(left, top, right, bottom, filled, share)

    def loudness(self, tone_hz: int, *, start: int, end: int) -> float:
        """Decibels of a tone above the typical frequency, in these seconds."""
        part = self._sound[start * SAMPLE_RATE : end * SAMPLE_RATE]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)))) + SILENCE
        hz = np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE)
        tone = spectrum[np.abs(hz - tone_hz) < 10].max()
        typical = np.median(spectrum[(hz > 100) & (hz < 4000)])
        return float(20 * np.log10(tone / typical))
