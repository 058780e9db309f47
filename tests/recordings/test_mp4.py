"""From records in the log to an MP4 that was opened again."""

from dataclasses import replace

import pytest
from av.video.frame import VideoFrame
from pytest_django.fixtures import Settings

from recordings.compositor import fits_as_it_is
from recordings.layout import Tile
from recordings.plates import AVATARS, MUTED, TILE
from recordings.rects import Rect
from rooms.streams.record import Codec, Kind
from tests.recordings.films import make_film
from tests.recordings.media import (
    BLUE,
    GREEN,
    RED,
    is_like,
    tone,
    video,
)
from tests.recordings.meeting import Meeting

LEFT, RIGHT, MIDDLE = (322, 330), (958, 330), (640, 330)


@pytest.mark.parametrize("threads", [1, 2])
def test_everybody_is_seen_and_heard_in_their_tile(
    meeting: Meeting, settings: Settings, threads: int
) -> None:
    settings.EXPORT_THREADS = threads
    recording = meeting.record(1, 5)
    bob, carol = meeting.join("Bob"), meeting.join("Carol", 2)
    meeting.publish(bob, video(RED, start=0, end=6), tone(440, start=0, end=6))
    meeting.publish(
        carol,
        video(BLUE, start=2, end=6, codec=Codec.VP8),
        tone(1000, start=2, end=6),
    )
    meeting.keep()
    recording.refresh_from_db()
    film = make_film(meeting, recording)

    assert film.codecs == ["h264", "aac"]
    assert len(film.pictures) == 4 * 30
    assert (film.pictures[0].width, film.pictures[0].height) == (1280, 720)
    assert film.seconds == pytest.approx(4, abs=0.1)
    assert is_like(film.colour(0.9, *MIDDLE), RED)
    assert is_like(film.colour(1.5, *LEFT), RED)
    assert is_like(film.colour(1.5, *RIGHT), BLUE)
    assert film.level(440, 0.1, 0.9) == pytest.approx(0.3, abs=0.05)
    assert film.level(1000, 0.1, 0.9) < 0.01
    assert film.level(440, 1.5, 3.5) == pytest.approx(0.3, abs=0.05)
    assert film.level(1000, 1.5, 3.5) == pytest.approx(0.3, abs=0.05)


def test_who_leaves_is_gone_and_who_comes_is_there(meeting: Meeting) -> None:
    recording = meeting.record(0, 6)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=4), tone(440, start=0, end=4))
    carol = meeting.join("Carol", 2)
    meeting.publish(carol, video(BLUE, start=2, end=6), tone(1000, start=2, end=6))
    meeting.leave(bob, 4)
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(1.5, *MIDDLE), RED)
    assert is_like(film.colour(3.5, *LEFT), RED)
    assert is_like(film.colour(3.5, *RIGHT), BLUE)
    assert is_like(film.colour(5.5, *MIDDLE), BLUE)
    assert film.level(440, 4.5, 5.9) < 0.01
    assert film.level(1000, 4.5, 5.9) == pytest.approx(0.3, abs=0.05)


def test_a_shared_screen_is_large_with_people_beside_it(meeting: Meeting) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    screen = video(GREEN, start=1, end=3, kind=Kind.SCREEN, size=(640, 360))
    meeting.publish(bob, video(RED, start=0, end=4), screen)
    meeting.stop_track(bob, "screen", 3)
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(0.5, *MIDDLE), RED)
    assert is_like(film.colour(2, 500, 330), GREEN)
    assert is_like(film.colour(2, 1150, 330), RED)
    assert is_like(film.colour(3.5, *MIDDLE), RED)


def test_without_a_camera_there_are_initials(meeting: Meeting) -> None:
    recording = meeting.record(0, 2)
    bob = meeting.join("Bob Stone")
    meeting.publish(bob, tone(440, start=0, end=2))
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(1, 100, 100), TILE)
    assert is_like(film.colour(1, 520, 360), AVATARS[1])


def test_nobody_sent_anything_and_the_tiles_still_tell_who_was_there(
    meeting: Meeting,
) -> None:
    recording = meeting.record(0, 2)
    meeting.join("Bob")
    meeting.keep()
    film = make_film(meeting, recording)

    assert len(film.pictures) == 60
    assert is_like(film.colour(1, 520, 360), AVATARS[1])
    assert abs(film.sound).max() < 0.001


def test_the_mute_mark_comes_and_goes(meeting: Meeting) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=4), tone(440, start=0, end=2))
    meeting.stop_track(bob, "microphone", 2)
    meeting.keep()
    film = make_film(meeting, recording)

    def has_mark(at: float) -> bool:
        return any(
            is_like(film.colour(at, x, y), MUTED[:3])
            for x in range(20, 60, 2)
            for y in range(670, 710, 2)
        )

    assert not has_mark(1)
    assert has_mark(3)
    assert film.level(440, 2.3, 3.9) < 0.01


def test_a_recording_that_begins_between_key_frames_waits_for_the_next(
    meeting: Meeting,
) -> None:
    recording = meeting.record(0.5, 3)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=3))
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(0.2, 100, 100), TILE)
    assert is_like(film.colour(1, *MIDDLE), RED)


def test_a_size_that_changes_in_the_middle_fills_the_tile_again(
    meeting: Meeting,
) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    meeting.start_track(bob, video(RED, start=0, end=2)[0], 0)
    meeting.send(bob, video(RED, start=0, end=2))
    meeting.send(bob, video(BLUE, start=2, end=4, size=(240, 240)))
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(1, *MIDDLE), RED)
    assert is_like(film.colour(3, *MIDDLE), BLUE)
    assert is_like(film.colour(3, 100, 330), TILE)


def test_a_codec_that_changes_in_the_middle_goes_on(meeting: Meeting) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=2, codec=Codec.VP8))
    meeting.publish(bob, video(BLUE, start=2, end=4, codec=Codec.JPEG))
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(1, *MIDDLE), RED)
    assert is_like(film.colour(3, *MIDDLE), BLUE)


def test_what_is_missing_is_shown_as_missing(meeting: Meeting) -> None:
    recording = meeting.record(0, 8)
    bob = meeting.join("Bob")
    camera = [*video(RED, start=0, end=1), *video(BLUE, start=6, end=8)]
    meeting.publish(bob, camera, [*tone(440, start=0, end=1)])
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(0.5, *MIDDLE), RED)
    assert is_like(film.colour(2, *MIDDLE), RED)
    assert is_like(film.colour(5, 100, 100), TILE)
    assert is_like(film.colour(7, *MIDDLE), BLUE)


def test_chunks_that_are_not_media_cost_only_themselves(meeting: Meeting) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    camera = video(RED, start=0, end=4, codec=Codec.VP8)
    camera[20] = replace(camera[20], payload=b"\xff" * 40)
    voice = tone(440, start=0, end=4)
    voice[50] = replace(voice[50], payload=b"")
    meeting.publish(bob, camera, voice)
    meeting.keep()
    film = make_film(meeting, recording)

    assert is_like(film.colour(1, *MIDDLE), RED)
    assert is_like(film.colour(3, *MIDDLE), RED)
    assert film.level(440, 2, 3.9) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("kind", "is_cut"), [("camera", True), ("screen", False)])
def test_a_camera_may_lose_its_edges_and_a_screen_nothing(
    kind: str, is_cut: bool
) -> None:
    rect = Rect(0, 0, 618, 346)
    tile = Tile(1, kind, rect, "Bob", muted=False, has_video=True)
    assert fits_as_it_is(VideoFrame(640, 360), tile) is is_cut
    assert fits_as_it_is(VideoFrame(618, 346), tile)
    assert not fits_as_it_is(VideoFrame(616, 346), tile)
    assert not fits_as_it_is(VideoFrame(660, 372), tile)
