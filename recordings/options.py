"""What an export is to be like. Pure: no I/O, no Django.

Kept as JSON in the export's row; ``recordings/rules/export_options.py`` checks what
people ask for.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

LAYOUTS = ("grid", "speaker", "single", "screen", "portrait", "pip")
# Name: height of a wide frame, width of one in portrait; pixels.
QUALITIES = {"360p": 360, "480p": 480, "720p": 720, "1080p": 1080}
RATES = (10, 15, 20, 24, 25, 30, 50, 60)  # pictures a second
# kbit/s of pictures; without one, as many as a constant quality takes.
LEAST_BITRATE, MOST_BITRATE = 100, 20_000
POSITIONS = ("top", "middle", "bottom")
VIDEO_FORMATS = ("mp4", "webm", "hls")
# What a format's file can be, the first unless said otherwise.
FILE_TYPES = {"audio": ("m4a", "mp3", "ogg"), "chat": ("txt", "vtt")}
MOST_LAYOUTS = 100
MOST_TEXTS = 50
MOST_LETTERS = 200  # of a title, a banner, a text


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Times are seconds from the recording's start. ``layouts`` holds changes of the
    layout: (at, name). ``texts``: (from, to or None, position, text)."""

    layout: str = "grid"
    layouts: tuple[tuple[float, str], ...] = ()
    person: int | None = None  # participant number, for the layout "single"
    start: float = 0.0
    end: float | None = None  # the recording's own
    quality: str = "720p"
    rate: int = 30
    bitrate: int | None = None
    file_type: str = ""
    chat: bool = False
    background: str = ""  # "#rrggbb"
    title: str = ""
    banner: str = ""
    texts: tuple[tuple[float, float | None, str, str], ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in stored.items() if name in known}
        for name in ("layouts", "texts"):
            given[name] = tuple(tuple(entry) for entry in given.get(name, ()))
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        """What differs from the defaults."""
        default = asdict(type(self)())
        return {
            name: value
            for name, value in asdict(self).items()
            if value != default[name]
        }

    @property
    def is_portrait(self) -> bool:
        return self.layout == "portrait"

    @property
    def size(self) -> tuple[int, int]:
        return frame_size(self.quality, is_portrait=self.is_portrait)


def frame_size(quality: str, *, is_portrait: bool) -> tuple[int, int]:
    """Width and height of 16:9 or 9:16, both even."""
    short = QUALITIES[quality]
    long = (short * 16 // 9 + 1) // 2 * 2
    return (short, long) if is_portrait else (long, short)
