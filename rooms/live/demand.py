"""What viewers want of each track, as publishers here and other processes are told."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from rooms.clock import now_us
from rooms.live.delivery import Track
from rooms.live.handshake import Message
from rooms.live.outbox import Outbox
from rooms.live.pictures import Pictures
from rooms.live.wanted import Wanted, Wants

SayTo = Callable[[int, Message, Hashable], bool]


class Demand:
    def __init__(
        self,
        wanted: Wanted,
        pictures: Pictures,
        *,
        outboxes: Callable[[], Iterable[Outbox]],
        say_to: SayTo,
        tell_others: Callable[[Wants], None],
    ) -> None:
        """``outboxes``: of all viewers here. ``say_to`` tells the participant with a
        number, if it is here, what it publishes is to be like."""
        self.wanted = wanted
        self._pictures = pictures
        self._outboxes = outboxes
        self._say_to = say_to
        self._tell_others = tell_others
        self._here: Wants = {}  # as it was told

    def hear(self, process: str, wants: Wants | None) -> None:
        """The layers that viewers in another process are to get; None: it is gone."""
        self.wanted.hear(process, wants or {})
        self.tell()

    def here(self) -> dict[Track, set[int]]:
        """The layers that viewers in this process are to get."""
        wants: defaultdict[Track, set[int]] = defaultdict(set)
        for outbox in self._outboxes():
            for track, spatial in outbox.selection.wanted():
                wants[track].add(spatial)
        return wants

    def tell(self) -> None:
        """Tell of what has changed."""
        wants = self.here()
        if wants != self._here:
            self._here = wants
            self.wanted.hear("", wants)
            self._tell_others(wants)
        tracks = self._pictures.begun()
        for track, layers in self.wanted.news(tracks, now_us()).items():
            number, kind = track
            if not layers:
                tracks[track].rest()
            message = {"type": "layers", "kind": kind.wire_name, "spatial": layers}
            self._say_to(number, message, kind)
