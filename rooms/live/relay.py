"""The relay: one per process and room. Who publishes, who views, and the fan-out.

The fan-out awaits nobody: it offers the same bytes to every outbox, and an outbox
takes what its viewer is to get and has room for. What the room decides reaches the
relay through ``relays``.
"""

import asyncio
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings

from rooms.access import participant_left, replaced
from rooms.clock import now_us
from rooms.live.backlog import STALE_US
from rooms.live.delivery import Batch, Delivery, Track
from rooms.live.demand import Demand
from rooms.live.handshake import Message
from rooms.live.outbox import Outbox
from rooms.live.pictures import Pictures
from rooms.live.publication import Publication, Publisher
from rooms.live.speakers import Speakers
from rooms.live.tracks import VideoTrack
from rooms.live.wanted import Wanted, Wants
from rooms.streams.layers import HEIGHTS
from rooms.streams.record import Kind

# Deliveries wait this long for others and travel together, since it is messages that
# cost: about 30 us of CPU for each viewer's. Ten times as long between them keeps the
# fan-out of a room near a tenth of a core, however many records there are; in a room
# of ten that is 3 ms.
JOIN_SECONDS_PER_VIEWER = 0.0003
JOIN_SECONDS_MOST = 0.04
LOOK_SECONDS = 0.25  # as often as viewers report
LOOK_ROUNDS = 8  # of the sound's rate


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
    """The relays of the same room in other processes. No call waits.

    What viewers there want comes back by ``Demand.hear``.
    """

    def forward(self, deliveries: list[Delivery]) -> None:
        """Send them what a publisher in this process has sent."""

    def request_keyframe(self, track: Track, spatial: int) -> None:
        """Ask for a key frame of a track whose publisher is not in this process."""

    def tell_wants(self, wants: Wants) -> None:
        """The layers that viewers in this process are to get have changed."""


class Relay:
    def __init__(self, room_id: UUID) -> None:
        self.room_id = room_id
        self.connections: dict[UUID, Connection] = {}  # participant id ->
        self.others: Others | None = None
        self.speakers = Speakers(settings.VOICES_LIMIT)
        self.pictures = Pictures(self._outboxes, self._ask_for_keyframe)
        self.demand = Demand(
            Wanted(camera=HEIGHTS.index(settings.CAMERA_HEIGHT)),
            self.pictures,
            outboxes=self._outboxes,
            say_to=self._say_to,
            tell_others=self._tell_others,
        )
        self._pending: list[Delivery] = []
        self._sound_bytes = 0.0  # of late
        self._told_speaker: int | None = None
        self._looking: asyncio.TimerHandle | None = None

    def enter(self, connection: Connection) -> None:
        """Begin to forward to and from a connection; ends its participant's older
        one. The viewer first gets every video track since a key frame."""
        publisher = connection.publisher
        other = self.connections.get(publisher.participant_id)
        if other and other.publisher.fence > publisher.fence:
            connection.outbox.end(replaced())  # overtaken on its way here
            return
        self.fence_off(publisher.participant_id, publisher.fence)
        self._flush()  # what the groups below hold must not come a second time
        self.connections[publisher.participant_id] = connection
        for track, video in self.pictures.tracks.items():
            if track[0] == publisher.number:
                self.demand.wanted.forget_track(track)
            else:
                self._begin(connection, video, least=True)
        if self._told_speaker is not None:
            _tell_speaker(connection, self._told_speaker)
        if self._looking is None:
            self._look_later()

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
                self.speakers.forget(connection.publisher.number)
            else:
                self.fence_off(participant_id, seat.fence)
        numbers = {seat.number for seat in present.values()}
        for track in list(self.pictures.tracks):
            if track[0] not in numbers:
                self._forget(track)

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
        now = now_us()
        for delivery in deliveries:
            if not self._note(delivery, now):
                continue
            if not self._pending:
                self._flush_later()
            self._pending.append(delivery)
            if delivery.is_end:
                self._flush()
                self._forget(delivery.track)

    def _note(self, delivery: Delivery, now: int) -> bool:
        """Remember a record for viewers to come; whether those here are to get it."""
        if delivery.is_end:
            return True
        is_stale = delivery.time_us < now - STALE_US
        if delivery.is_video:
            return self.pictures.note(delivery, is_stale=is_stale)
        number, kind = delivery.track
        if is_stale:
            return False
        if kind is Kind.MICROPHONE and not self.speakers.hear(
            number, delivery.loudness, delivery.time_us
        ):
            return False
        self._sound_bytes += len(delivery.frame)
        return True

    def lose(self, number: int) -> None:
        """Records of this participant are missing."""
        self.pictures.lose(number)

    def groups(self, number: int) -> list[Delivery]:
        """What this participant's tracks need for a picture, in order of position."""
        groups = [
            delivery
            for video in self.pictures.of(number)
            for layer in video.layers.values()
            for delivery in layer.group
        ]
        return sorted(groups, key=lambda delivery: delivery.position)

    def layers(self, number: int) -> dict[Track, list[int]]:
        """The layers of this participant's tracks, also where nobody wants them."""
        return {one.track: list(one.layers) for one in self.pictures.of(number)}

    def expect(self, track: Track, layers: list[int]) -> None:
        """There is a track of which nothing may come until somebody here wants it."""
        self.pictures.expect(track, layers)
        self.demand.tell()

    def _flush_later(self) -> None:
        wait = min(JOIN_SECONDS_MOST, JOIN_SECONDS_PER_VIEWER * len(self.connections))
        asyncio.get_running_loop().call_later(wait, self._flush)

    def _flush(self) -> None:
        if not self._pending:
            return
        batch, self._pending = Batch(self._pending), []
        for connection in self.connections.values():
            connection.outbox.offer(batch)

    def _forget(self, track: Track) -> None:
        """A track has ended."""
        self.demand.wanted.forget_track(track)
        if track[1] is Kind.MICROPHONE:
            self.speakers.forget(track[0])
        self.pictures.forget(track)

    # What viewers ask for.

    def view(self, viewer: Connection, track: Track, *, height: int) -> None:
        """Send a track to a viewer for a place of this height, or not (0)."""
        selection = viewer.outbox.selection
        selection.wish(track, height)
        video = self.pictures.tracks.get(track)
        if video is None or track[0] == viewer.publisher.number:
            return
        if height and selection.shown(track) is None:
            self._flush()
            self._begin(viewer, video, least=False)
        elif (spatial := selection.aim(video)) is not None:
            self.request_keyframe(track, spatial)

    def request_keyframe(self, track: Track, spatial: int | None = None) -> None:
        """Ask a track's publisher for a key frame of a layer, or of all."""
        self.pictures.request_keyframe(track, spatial)

    def request_keyframe_for(self, viewer: Connection, track: Track) -> None:
        """A viewer's decoder needs a key frame."""
        self.request_keyframe(track, viewer.outbox.selection.shown(track))

    def request_keyframes(self) -> None:
        """Ask every publisher in this process: somebody begins to keep or to view."""
        for track in self.pictures.tracks:
            self.request_keyframe(track)

    def _begin(self, viewer: Connection, video: VideoTrack, *, least: bool) -> None:
        if not self.pictures.begin(viewer.outbox, video, least=least):
            self.demand.tell()

    def _outboxes(self) -> list[Outbox]:
        return [connection.outbox for connection in self.connections.values()]

    def _ask_for_keyframe(self, track: Track, spatial: int) -> None:
        number, kind = track
        wish = {"type": "keyframe", "kind": kind.wire_name, "spatial": spatial}
        if not self._say_to(number, wish, (kind, spatial)) and self.others:
            self.others.request_keyframe(track, spatial)

    def _say_to(self, number: int, message: Message, about: Hashable) -> bool:
        """To the participant with this number; whether it is in this process."""
        for connection in self.connections.values():
            if connection.publisher.number == number:
                connection.outbox.say(message, about=about)
                return True
        return False

    def _tell_others(self, wants: Wants) -> None:
        if self.others:
            self.others.tell_wants(wants)

    # A few times a second.

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        if not self.connections:
            return
        self._look_later()
        self.pictures.drop_gone()
        self._look_at_viewers()
        self._look_at_speaker()
        self.demand.tell()

    def _look_at_viewers(self) -> None:
        sound = self._sound_bytes / (LOOK_ROUNDS * LOOK_SECONDS)
        self._sound_bytes -= self._sound_bytes / LOOK_ROUNDS
        for connection in self.connections.values():
            if connection.outbox.look(sound):
                for track, spatial in connection.outbox.selection.aim_all():
                    self.request_keyframe(track, spatial)

    def _look_at_speaker(self) -> None:
        speaker = self.speakers.look(now_us())
        if speaker != self._told_speaker:
            self._told_speaker = speaker
            for connection in self.connections.values():
                _tell_speaker(connection, speaker)


def _tell_speaker(connection: Connection, number: int | None) -> None:
    connection.outbox.say({"type": "speaker", "number": number})
