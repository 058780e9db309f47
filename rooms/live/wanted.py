"""Which layers of video anybody wants: publishers are told to encode no others.

Wants of viewers here, of viewers in other processes, and of a recording add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rooms.live.delivery import Track
from rooms.streams.layers import BEST
from rooms.streams.record import Kind

# What nobody wants any more is still asked for a little while: people turn pages.
LINGER_US = 3_000_000

Wants = Mapping[Track, Iterable[int]]  # spatial layers, by track


class Wanted:
    def __init__(self, *, camera: int) -> None:
        """``camera``: the best layer that is asked of cameras."""
        self._best = {Kind.CAMERA: camera, Kind.SCREEN: BEST}
        self.is_kept = False  # a recording wants the best layer and the smallest
        self._wants: dict[str, Wants] = {}  # by who says so
        self._since_us: dict[Track, dict[int, int]] = {}  # when it was wanted last
        self._told: dict[Track, list[int]] = {}

    def hear(self, source: str, wants: Wants) -> None:
        """What one source wants, instead of what it wanted before."""
        if wants:
            self._wants[source] = wants
        else:
            self._wants.pop(source, None)

    def forget_track(self, track: Track) -> None:
        """It has ended, or its publisher has a new connection that knows nothing."""
        self._told.pop(track, None)
        self._since_us.pop(track, None)

    def news(self, tracks: Iterable[Track], now_us: int) -> dict[Track, list[int]]:
        """Of these tracks, the layers that their publishers are to be told of."""
        wanted = self._add_up()
        changed = {}
        for track in tracks:
            best = self._best[track[1]]
            kept = (0, best) if self.is_kept else ()
            since = self._since_us.setdefault(track, {})
            for layer in (*wanted[track], *kept):
                since[min(layer, best)] = now_us
            layers = sorted(
                layer for layer, at_us in since.items() if now_us - at_us < LINGER_US
            )
            if layers != self._told.get(track):
                self._told[track] = changed[track] = layers
        return changed

    def _add_up(self) -> defaultdict[Track, set[int]]:
        wanted: defaultdict[Track, set[int]] = defaultdict(set)
        for wants in self._wants.values():
            for track, layers in wants.items():
                wanted[track].update(layers)
        return wanted
