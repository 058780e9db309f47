"""One encoder of pictures and one of sound, for all receivers of an output.

A key frame every ``KEY_SECONDS``, no pictures out of order, and at most a second's
bitrate in a second: what RTMP servers ask for, and where pieces of HLS are cut.
"""

import os
from fractions import Fraction
from typing import Any

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.codec.context import Flags
from av.video.frame import VideoFrame

from recordings.decoders import SAMPLE_RATE, Samples
from recordings.live.units import Codecs, Unit

KEY_SECONDS = 2
VIDEO_TICKS = 90_000  # a second
AUDIO_KBIT = 128
AAC_SAMPLES = 1024  # of a frame
# Encoders of sound look back: everything begins here, so that nothing is before zero.
OFFSET_SECONDS = 1


class LiveEncoder:
    """``kbit`` is what pictures take of a second. ``host`` is a container that is never
    written: streams of others are made after its own."""

    def __init__(
        self, size: tuple[int, int], *, rate: int, kbit: int, threads: int
    ) -> None:
        self._tick = VIDEO_TICKS // rate
        self.host: Any = av.open(os.devnull, "w", format="null")
        options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "threads": str(threads),
            "maxrate": f"{kbit}k",
            "bufsize": f"{kbit}k",
            "sc_threshold": "0",  # key frames come where pieces are cut, and only there
            "forced-idr": "1",
        }
        video = self.host.add_stream("libx264", rate=rate, options=options)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, VIDEO_TICKS)
        context.gop_size = rate * KEY_SECONDS
        context.flags |= Flags.global_header
        video.bit_rate = kbit * 1000
        audio = self.host.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        audio.bit_rate = AUDIO_KBIT * 1000
        audio.codec_context.flags |= Flags.global_header
        self.host.start_encoding()
        self.video, self.audio = video, audio
        self._fifo = AudioFifo()
        self._samples = OFFSET_SECONDS * SAMPLE_RATE  # the number of the next one
        self.codecs = Codecs(
            *size,
            rate,
            SAMPLE_RATE,
            kbit,
            AUDIO_KBIT,
            bytes(context.extradata or b""),
            bytes(audio.codec_context.extradata or b""),
        )

    def add_picture(self, frame: VideoFrame, number: int) -> list[Unit]:
        """``number`` rises; what is left out is shown for longer by its neighbour."""
        frame.pts = OFFSET_SECONDS * VIDEO_TICKS + number * self._tick
        frame.time_base = Fraction(1, VIDEO_TICKS)
        return [
            Unit(
                True,
                bytes(packet),
                packet.pts or 0,
                packet.dts or 0,
                self._tick,
                VIDEO_TICKS,
                packet.is_keyframe,
            )
            for packet in self.video.encode(frame)
        ]

    def add_sound(self, samples: Samples) -> list[Unit]:
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, None  # the FIFO counts from zero
        self._fifo.write(frame)
        units = []
        while (full := self._fifo.read(AAC_SAMPLES)) is not None:
            full.pts, full.time_base = self._samples, Fraction(1, SAMPLE_RATE)
            self._samples += full.samples
            units += [
                Unit(
                    False,
                    bytes(packet),
                    packet.pts or 0,
                    packet.dts or 0,
                    AAC_SAMPLES,
                    SAMPLE_RATE,
                    True,
                )
                for packet in self.audio.encode(full)
            ]
        return units

    def close(self) -> None:
        self.host.close()
