"""Tracks: what a participant publishes, as the others are told.

Muted is who has no microphone track, without picture who has no camera track. A lost
connection keeps the tracks: the page restates them when it is back.
"""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid
from rooms.access import publishable
from rooms.clock import to_us
from rooms.models import Participant
from rooms.rules.events import Data
from rooms.rules.seat import take_seat, tell
from rooms.streams.record import AUDIO_CODECS, Codec, Kind

SIDE_LIMIT = 8192  # pixels
_KINDS = {kind.wire_name: kind for kind in Kind}
_CODECS = {codec.wire_name: codec for codec in Codec}


@dataclass(frozen=True, slots=True)
class Announcement:
    """What ``track.start`` says; checked as it is made."""

    kind: str
    codec: str
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise Invalid(_("There is no such kind of track."), field="kind")
        if self.codec not in _CODECS:
            raise Invalid(_("There is no such codec."), field="codec")
        is_video = _KINDS[self.kind].is_video
        if is_video == (_CODECS[self.codec] in AUDIO_CODECS):
            raise Invalid(_("The codec does not fit the kind of track."), field="codec")
        sizes = range(1, SIDE_LIMIT + 1) if is_video else range(1)
        for field in ("width", "height"):
            if getattr(self, field) not in sizes:
                raise Invalid(_("The size does not fit the track."), field=field)


def start_track(participant: Participant, announcement: Announcement) -> Data:
    """Announce a track, or a new codec or size of it; restating one changes nothing.

    Returns it as a TRACK of docs/protocol.md.
    """
    with transaction.atomic():
        seat = take_seat(participant)
        if announcement.kind not in publishable(seat):
            raise Denied(_("You may not publish that here."), code="kind_not_allowed")
        now = timezone.now()
        current = seat.tracks.get(announcement.kind)
        started_us = current["started_us"] if current else to_us(now)
        track: Data = {**asdict(announcement), "started_us": started_us}
        if track != current:
            seat.tracks[announcement.kind] = track
            seat.save(update_fields=["tracks"])
            tell(seat, "track.started", {"number": seat.number, "track": track}, now)
    return track


def stop_track(participant: Participant, *, kind: str) -> None:
    """Stopping a track that is not there changes nothing."""
    with transaction.atomic():
        seat = take_seat(participant)
        if kind in seat.tracks:
            _stop(seat, [kind])


def stop_all(seat: Participant) -> None:
    """Stop the tracks of somebody whose session is locked."""
    if seat.tracks:
        _stop(seat, list(seat.tracks))


def _stop(seat: Participant, kinds: list[str]) -> None:
    now = timezone.now()
    for kind in kinds:
        del seat.tracks[kind]
        tell(seat, "track.stopped", {"number": seat.number, "kind": kind}, now)
    seat.save(update_fields=["tracks"])
