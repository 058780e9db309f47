"""What of an output can be played over HTTP now, as playlists (RFC 8216). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from typing import Any, Self

INDEX, MEDIA = "index.m3u8", "live.m3u8"
SHOWN = 8  # pieces in the playlist
# And those kept behind them: who has just read a playlist asks for what was in it.
BEHIND = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A piece. ``run``: which worker made it; ``at_us``: when it was seen."""

    number: int
    run: int
    seconds: float
    at_us: int

    @property
    def name(self) -> str:
        return f"{self.number:08}-{self.run}.m4s"


@dataclass(slots=True)
class Window:
    """``inits``: by run, what comes before its pieces, as Base64."""

    codecs: str = ""
    bits: int = 0  # a second, at most
    width: int = 0
    height: int = 0
    inits: dict[str, str] = field(default_factory=dict)
    pieces: list[Listed] = field(default_factory=list)
    # Changes of run before the first piece.
    changes: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        window = cls(**stored)
        window.pieces = [Listed(**one) for one in stored.get("pieces", ())]
        return window

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def next_number(self) -> int:
        return self.pieces[-1].number + 1 if self.pieces else 1

    def add(self, piece: Listed) -> list[Listed]:
        """Returns the pieces that are gone for it."""
        self.pieces.append(piece)
        surplus = max(0, len(self.pieces) - SHOWN - BEHIND)
        gone, self.pieces = self.pieces[:surplus], self.pieces[surplus:]
        self.changes += _changes([*gone, *self.pieces[:1]]) if gone else 0
        runs = {str(one.run) for one in self.pieces}
        self.inits = {run: data for run, data in self.inits.items() if run in runs}
        return gone

    def find(self, name: str) -> Listed | None:
        return next((one for one in self.pieces if one.name == name), None)


def index_of(window: Window) -> str:
    return (
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f"#EXT-X-STREAM-INF:BANDWIDTH={window.bits},"
        f'RESOLUTION={window.width}x{window.height},CODECS="{window.codecs}"\n'
        f"{MEDIA}\n"
    )


def media_of(window: Window, *, is_over: bool) -> str:
    hidden, shown = window.pieces[:-SHOWN], window.pieces[-SHOWN:]
    longest = max((ceil(one.seconds) for one in shown), default=2)
    changes = window.changes + _changes([*hidden, *shown[:1]])
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{longest}",
        f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number if shown else 1}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{changes}",
    ]
    run = None
    for piece in shown:
        if piece.run != run:
            if run is not None:
                lines.append("#EXT-X-DISCONTINUITY")
            lines.append(f'#EXT-X-MAP:URI="init-{piece.run}.mp4"')
            seen = datetime.fromtimestamp(piece.at_us / 1e6, UTC)
            when = seen.isoformat(timespec="milliseconds")
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{when}")
            run = piece.run
        lines += [f"#EXTINF:{piece.seconds:.3f},", piece.name]
    if is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _changes(pieces: Sequence[Listed]) -> int:
    return sum(one.run != other.run for one, other in pairwise(pieces))
