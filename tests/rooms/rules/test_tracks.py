"""Tracks as they are announced."""

from typing import Any

import pytest

from conference.errors import Invalid
from rooms.models import Event, Room
from rooms.rules.tracks import Announcement, start_track, stop_track
from tests.rooms.people import seat

CAMERA = Announcement("camera", "h264", 1280, 720)


def track_events(room: Room) -> list[tuple[str, dict[str, Any]]]:
    events = Event.objects.filter(room=room, type__startswith="track.")
    return list(events.order_by("position").values_list("type", "data"))


def test_a_track_is_told_with_its_codec_and_size(room: Room) -> None:
    participant = seat(room)
    track = start_track(participant, CAMERA)
    assert track.pop("started_us") > 0
    assert track == {"kind": "camera", "codec": "h264", "width": 1280, "height": 720}
    [(type_, data)] = track_events(room)
    assert (type_, data["number"]) == ("track.started", participant.number)


def test_restating_a_track_tells_nothing_new(room: Room) -> None:
    participant = seat(room)
    assert start_track(participant, CAMERA) == start_track(participant, CAMERA)
    assert len(track_events(room)) == 1


def test_a_new_size_is_the_same_track_told_again(room: Room) -> None:
    participant = seat(room)
    before = start_track(participant, CAMERA)
    after = start_track(participant, Announcement("camera", "h264", 640, 360))
    assert after == before | {"width": 640, "height": 360}
    assert len(track_events(room)) == 2


def test_stopping_a_track_twice_tells_it_once(room: Room) -> None:
    participant = seat(room)
    start_track(participant, CAMERA)
    stop_track(participant, kind="camera")
    stop_track(participant, kind="camera")
    stop_track(participant, kind="no such kind")
    assert track_events(room)[1:] == [
        ("track.stopped", {"number": participant.number, "kind": "camera"})
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (("hologram", "h264", 640, 360), "kind"),
        (("camera", "h265", 640, 360), "codec"),
        (("camera", "opus", 640, 360), "codec"),
        (("microphone", "vp8", 0, 0), "codec"),
        (("microphone", "opus", 1, 0), "width"),
        (("camera", "h264", 0, 360), "width"),
        (("camera", "h264", 640, 10_000), "height"),
        (("camera", "h264", 640, -1), "height"),
    ],
)
def test_a_track_that_cannot_be_is_refused(
    fields: tuple[str, str, int, int], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        Announcement(*fields)
    assert refusal.value.field == field
