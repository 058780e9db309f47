"""The relay: one per process and room. Who publishes, who views, and the fan-out.

The fan-out awaits nobody: it offers the same bytes to every outbox, and an outbox
drops what its viewer has no room for. What the room decides reaches the relay through
``relays``.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rooms.access import participant_left, replaced
from rooms.clock import now_us
from rooms.live.delivery import Batch, Delivery, Track
from rooms.live.outbox import STALE_US, Outbox
from rooms.live.publication import Publication, Publisher
from rooms.live.tracks import VideoTrack

# Deliveries wait this long for others and travel together, since it is messages that
# cost: about 30 us of CPU for each viewer's. Five times as long between them keeps the
# fan-out of a room below a fifth of a core, however many records there are; in
# a room of twenty that is 3 ms.
JOIN_SECONDS_PER_VIEWER = 0.00015
JOIN_SECONDS_MOST = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """A media socket that is open: it publishes and views."""

    publication: Publication
    outbox: Outbox

    @property
    def publisher(self) -> Publisher:
        return self.publication.publisher


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant's number, and the fence of its newest media socket."""

    number: int
    fence: int


class Others(Protocol):
    """The relays of the same room in other processes. Neither call waits."""

    def forward(self, deliveries: list[Delivery]) -> None:
        """Send them what a publisher in this process has sent."""

    def request_keyframe(self, track: Track) -> None:
        """Ask for a key frame of a track whose publisher is not in this process."""


class Relay:
    def __init__(self, room_id: UUID) -> None:
        self.room_id = room_id
        self.connections: dict[UUID, Connection] = {}  # participant id ->
        self.others: Others | None = None
        self._video: dict[Track, VideoTrack] = {}
        self._pending: list[Delivery] = []

    def enter(self, connection: Connection) -> None:
        """Begin to forward to and from a connection; ends its participant's older
        one. The viewer first gets every video track since its last key frame."""
        publisher = connection.publisher
        other = self.connections.get(publisher.participant_id)
        if other and other.publisher.fence > publisher.fence:
            connection.outbox.end(replaced())  # overtaken on its way here
            return
        self.fence_off(publisher.participant_id, publisher.fence)
        self._flush()  # what the groups below hold must not come a second time
        for track in self._video:
            if track[0] != publisher.number:
                self._catch_up(connection.outbox, track)
        self.connections[publisher.participant_id] = connection

    def leave(self, connection: Connection) -> None:
        """Forget a connection. Its tracks stay for a reconnect, with their last
        picture for those who arrive meanwhile."""
        participant_id = connection.publisher.participant_id
        if self.connections.get(participant_id) is connection:
            del self.connections[participant_id]

    def keep_only(self, present: Mapping[UUID, Seat]) -> None:
        """End the connections and forget the tracks of all others: they have left.
        Of those who are present, end the connections that a newer one has replaced."""
        for participant_id, connection in self.connections.items():
            seat = present.get(participant_id)
            if seat is None:
                connection.outbox.end(participant_left())
            else:
                self.fence_off(participant_id, seat.fence)
        numbers = {seat.number for seat in present.values()}
        for track in list(self._video):
            if track[0] not in numbers:
                del self._video[track]

    def fence_off(self, participant_id: UUID, fence: int) -> None:
        """End this participant's connection if it is older than ``fence``."""
        connection = self.connections.get(participant_id)
        if connection and connection.publisher.fence < fence:
            connection.outbox.end(replaced())

    # Records.

    def publish(self, deliveries: list[Delivery]) -> None:
        """Forward records of a publisher in this process that have been given to the
        log, in their order."""
        if self.others:
            self.others.forward(deliveries)
        self.accept(deliveries)

    def accept(self, deliveries: list[Delivery]) -> None:
        """Offer records to the viewers in this process, wherever they come from."""
        stale_us = now_us() - STALE_US
        offered = [one for one in deliveries if self._note(one, stale_us)]
        if not offered:
            return
        if not self._pending:
            wait = min(
                JOIN_SECONDS_MOST, JOIN_SECONDS_PER_VIEWER * len(self.connections)
            )
            asyncio.get_running_loop().call_later(wait, self._flush)
        self._pending += offered

    def _note(self, delivery: Delivery, stale_us: int) -> bool:
        """Remember a record for viewers to come; whether those here are to get it."""
        is_stale = delivery.time_us < stale_us and not delivery.is_end
        if not delivery.is_video:
            return not is_stale
        if delivery.is_end:
            self._video.pop(delivery.track, None)
            return True
        video = self._video.setdefault(delivery.track, VideoTrack())
        if is_stale:
            video.pass_over()
        is_offered = not is_stale and video.add(delivery)
        self._ask_for_keyframe(delivery.track, video)
        return is_offered

    def lose(self, number: int) -> None:
        """Records of this participant are missing: its video breaks off until its
        next key frames."""
        for track, video in self._video.items():
            if track[0] == number:
                video.pass_over()
                self._ask_for_keyframe(track, video)

    def groups(self, number: int) -> list[Delivery]:
        """What this participant's tracks need for a picture, in order of position."""
        groups = [
            delivery
            for track, video in self._video.items()
            if track[0] == number
            for delivery in video.group
        ]
        return sorted(groups, key=lambda delivery: delivery.position)

    def _flush(self) -> None:
        if not self._pending:
            return
        batch, self._pending = Batch(self._pending), []
        for connection in self.connections.values():
            connection.outbox.offer(batch)

    # What viewers ask for.

    def view(self, viewer: Connection, track: Track, *, height: int) -> None:
        """Send a track to a viewer, or not (height 0). Layers will be chosen here."""
        if track[0] == viewer.publisher.number:
            return  # nobody gets anything of their own
        if not height:
            viewer.outbox.turn_off(track)
        elif viewer.outbox.turn_on(track) and track in self._video:
            self._flush()
            self._catch_up(viewer.outbox, track)

    def request_keyframe(self, track: Track) -> None:
        """Ask a track's publisher for a key frame, at most once a second."""
        video = self._video.get(track)
        if video:
            video.want_keyframe()
            self._ask_for_keyframe(track, video)

    def request_keyframes(self) -> None:
        """Ask every publisher in this process: somebody begins to keep or to view."""
        for track in self._video:
            self.request_keyframe(track)

    def _catch_up(self, outbox: Outbox, track: Track) -> None:
        if not outbox.catch_up(track, self._video[track].group):
            self.request_keyframe(track)

    def _ask_for_keyframe(self, track: Track, video: VideoTrack) -> None:
        if not video.take_request():
            return
        number, kind = track
        publisher = self._connection_of(number)
        if publisher:
            publisher.outbox.say(
                {"type": "keyframe", "kind": kind.wire_name}, about=kind
            )
        elif self.others:
            self.others.request_keyframe(track)

    def _connection_of(self, number: int) -> Connection | None:
        for connection in self.connections.values():
            if connection.publisher.number == number:
                return connection
        return None


open_relays: dict[UUID, Relay] = {}  # by room; kept by ``relays``


def relay_for(room_id: UUID) -> Relay:
    """The relay of a room in this process; an empty one where no socket is open."""
    return open_relays.get(room_id) or Relay(room_id)


def local_publications() -> list[Publisher]:
    """Whose streams this process writes now; empty ones are left out."""
    return [
        connection.publisher
        for relay in open_relays.values()
        for connection in relay.connections.values()
        if not connection.publication.is_empty
    ]
