"""Which layer of a track is decoded, and when another takes over."""

from recordings.picture import PictureTrack
from recordings.segment_index import parse
from rooms.streams.contract import Stored
from rooms.streams.record import Header
from tests.recordings.media import RED, Chunk, video

SIZES = {0: (160, 90), 1: (320, 180), 2: (640, 360)}


def filled(*chunks: list[Chunk]) -> PictureTrack:
    track = PictureTrack()
    ordered = sorted((one for some in chunks for one in some), key=lambda one: one.at)
    for number, one in enumerate(ordered, 1):
        at_us = round(one.at * 1_000_000)
        header = Header(one.kind, one.codec, one.flags, one.layer, 0, 1, number, at_us)
        track.push(parse(Stored(number, at_us, header.pack() + one.payload)))
    return track


def layer(
    number: int, start: float = 0, end: float = 6, size: tuple[int, int] | None = None
) -> list[Chunk]:
    size = size or SIZES[number]
    return video(RED, start=start, end=end, size=size, layer=number, rate=10)


def shown(track: PictureTrack, at: float, height: int) -> tuple[int, int] | None:
    """The size of the picture in a place of 16:9 at a time."""
    frame = track.at(round(at * 1_000_000), width=height * 16 // 9, height=height)
    return (frame.width, frame.height) if frame else None


def test_the_smallest_layer_that_fills_the_place_is_taken() -> None:
    track = filled(layer(0), layer(1), layer(2))
    assert shown(track, 0.5, 80) == SIZES[0]
    assert shown(track, 1.5, 100) == SIZES[1]
    assert shown(track, 2.5, 200) == SIZES[2]
    assert shown(track, 3.5, 1080) == SIZES[2]
    assert shown(track, 4.5, 90) == SIZES[0]


def test_a_picture_is_there_at_once_when_the_place_grows() -> None:
    track = filled(layer(0), layer(2))
    assert shown(track, 1.7, 90) == SIZES[0]
    assert shown(track, 1.8, 360) == SIZES[2]


def test_a_layer_that_is_not_sent_any_more_is_replaced() -> None:
    track = filled(layer(0), layer(2, end=2), layer(2, start=4, end=6))
    assert shown(track, 1.5, 360) == SIZES[2]
    for tenth in range(16, 35):
        assert shown(track, tenth / 10, 360) is not None
    assert shown(track, 3.5, 360) == SIZES[0]
    assert shown(track, 5.5, 360) == SIZES[2]


def test_one_layer_is_shown_whatever_its_number_and_size() -> None:
    track = filled(layer(0, size=(640, 360)))
    assert shown(track, 1, 90) == (640, 360)


def test_a_lost_key_frame_costs_no_picture_while_there_is_another_layer() -> None:
    large = [one for one in layer(2) if not (one.is_key and 0.9 < one.at < 1.1)]
    large = [one for one in large if not 0 <= one.at < 1]
    track = filled(layer(0), large)
    assert shown(track, 1.5, 360) == SIZES[0]
    assert shown(track, 2.6, 360) == SIZES[2]


def test_a_camera_that_is_turned_is_measured_again() -> None:
    track = filled(
        layer(0, end=2),
        layer(2, end=2),
        layer(0, start=2, size=(90, 160)),
        layer(2, start=2, size=(360, 640)),
    )
    assert shown(track, 1.5, 90) == SIZES[0]
    assert shown(track, 3.5, 360) == (360, 640)
    assert shown(track, 4.5, 90) == (90, 160) or shown(track, 5.5, 90) == (90, 160)
