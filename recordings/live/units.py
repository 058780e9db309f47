"""What an encoder gives: units of picture and sound, the same for all receivers.

Pure.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Unit:
    """One encoded picture (Annex B) or AAC frame. Times and ``duration`` are in ticks,
    ``ticks`` of them a second, from a moment before all; ``dts`` never falls."""

    is_video: bool
    data: bytes
    pts: int
    dts: int
    duration: int
    ticks: int
    is_key: bool

    @property
    def pts_ms(self) -> int:
        return self.pts * 1000 // self.ticks

    @property
    def dts_ms(self) -> int:
        return self.dts * 1000 // self.ticks


@dataclass(frozen=True, slots=True)
class Codecs:
    """What a receiver has to know first. ``video_header``: Annex B parameter sets;
    ``audio_header``: AudioSpecificConfig (ISO/IEC 14496-3)."""

    width: int
    height: int
    rate: int  # pictures a second
    sample_rate: int
    video_kbit: int
    audio_kbit: int
    video_header: bytes
    audio_header: bytes


class Receiver(Protocol):
    def take(self, unit: Unit) -> None:
        """At once: it keeps what it needs, and drops what is too much."""

    def end(self) -> None:
        """There is no more. Returns at once."""

    def close(self) -> None:
        """``end``, and wait until all is let go of, within seconds."""
