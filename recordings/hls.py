"""Playlists of an HLS export (RFC 8216), as far as its pieces have been made. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from recordings.options import ExportOptions, frame_size

INDEX = "index.m3u8"
TARGET_SECONDS = 7  # no piece is longer
CODECS = "avc1.640028,mp4a.40.2"
# Bits of pictures, the most of a second.
KBIT = {"360p": 900, "480p": 1500, "720p": 3000, "1080p": 6000}
AUDIO_KBIT = 140
# What is offered beside the quality asked for, to those with a worse network.
SMALLER = {"480p": ("360p",), "720p": ("360p",), "1080p": ("720p", "360p")}


class Part(Protocol):
    number: int
    kind: str
    files: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rendition:
    name: str
    size: tuple[int, int]
    kbit: int


def renditions_of(options: ExportOptions) -> list[Rendition]:
    names = (options.quality, *SMALLER.get(options.quality, ()))
    return [
        Rendition(
            name,
            frame_size(name, is_portrait=options.is_portrait),
            (options.bitrate or KBIT[name]) if name == options.quality else KBIT[name],
        )
        for name in names
    ]


def index_of(renditions: Sequence[Rendition]) -> str:
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,'
        'AUTOSELECT=YES,URI="sound.m3u8"',
    ]
    for rendition in renditions:
        bits = (rendition.kbit + AUDIO_KBIT) * 1000
        width, height = rendition.size
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={bits},RESOLUTION={width}x{height},"
            f'CODECS="{CODECS}",AUDIO="sound"'
        )
        lines.append(f"{rendition.name}.m3u8")
    return "\n".join(lines) + "\n"


def playlist_of(name: str, parts: Sequence[Part], *, is_whole: bool) -> str:
    """Of the sound, or of a rendition's pictures up to the first that is missing.

    ``parts`` in order, the final one left out.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        f"#EXT-X-TARGETDURATION:{TARGET_SECONDS}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_whole else 'EVENT'}",
    ]
    for part, piece in _pieces(name, parts):
        lines.append(f"#EXTINF:{piece['seconds']:.5f},")
        lines.append(f"{part.number:05}/{piece['name']}")
    if is_whole:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _pieces(name: str, parts: Sequence[Part]) -> Iterator[tuple[Part, dict[str, Any]]]:
    for part in parts:
        if (part.kind == "sound") != (name == "sound"):
            continue
        found = [piece for piece in part.files if name in ("sound", piece["name"][:-3])]
        if not found:
            return
        yield from ((part, piece) for piece in found)
