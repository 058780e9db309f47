"""Storyboards: small pictures all along a recording, and the times of them."""

from io import BytesIO

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from recordings.archive import archive, recording_keys
from recordings.kept_pictures import keep_picture
from recordings.models import Recording
from recordings.storyboard import (
    HEIGHT,
    MOST,
    WIDTH,
    as_webvtt,
    make_storyboard,
    times_of,
)
from rooms.streams.record import Kind
from tests.recordings.media import BLUE, GREEN, RED, video
from tests.recordings.meeting import Meeting


def colour(picture: bytes, index: int) -> tuple[int, int, int]:
    """In the middle of a picture of the storyboard, above the name."""
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    red, green, blue = pixels[HEIGHT // 3, index * WIDTH + WIDTH // 2]
    return int(red), int(green), int(blue)


def held(meeting: Meeting) -> Recording:
    """Bob alone for eight seconds, then he shares his screen for another eight."""
    recording = meeting.record(0, 16)
    bob = meeting.join("Bob")
    meeting.publish(
        bob,
        video(RED, start=0, end=16),
        video(GREEN, start=0, end=16, size=(640, 360), layer=1),
        video(BLUE, start=8, end=16, kind=Kind.SCREEN),
    )
    meeting.keep()
    recording.refresh_from_db()
    return recording


def test_pictures_show_what_there_was_at_their_times(meeting: Meeting) -> None:
    recording = held(meeting)
    keep_picture("storyboard", str(recording.pk))
    recording.refresh_from_db()
    picture = archive().read(recording.storyboard)
    assert Image.open(BytesIO(picture)).size == (8 * WIDTH, HEIGHT)
    # The smallest layer while the camera is all there is, then the screen.
    assert [colour(picture, index) for index in range(8)] == [
        *[pytest.approx(RED, abs=12)] * 4,
        *[pytest.approx(BLUE, abs=12)] * 4,
    ]
    assert recording.storyboard in recording_keys(recording)


def test_it_is_made_once(meeting: Meeting) -> None:
    recording = held(meeting)
    for _ in range(2):
        keep_picture("storyboard", str(recording.pk))
    folder, _name = Recording.objects.get().storyboard.rsplit("/", 1)
    assert len(archive().listdir(folder)[1]) == 1


def test_there_is_none_of_nobody(meeting: Meeting) -> None:
    recording = meeting.record(0, 5)
    meeting.keep()
    recording.refresh_from_db()
    assert make_storyboard(recording) is None


def test_what_is_missing_in_the_archive_is_shown_as_missing(meeting: Meeting) -> None:
    recording = held(meeting)
    for key in recording.segments.values_list("key", flat=True):
        archive().delete(key)
    picture = make_storyboard(recording)
    assert picture is not None
    assert colour(picture, 1) != pytest.approx(RED, abs=40)


def test_however_long_it_is_there_are_not_too_many() -> None:
    assert times_of(3) == [(0, 1.5), (1.5, 3)]
    assert times_of(0.4) == [(0, 0.4)]
    hour = times_of(3600)
    assert len(hour) == MOST
    assert hour[0] == (0, 24)
    assert hour[-1] == (3576, 3600)


def test_times_are_told_as_webvtt() -> None:
    text = as_webvtt(3600, "/a.jpg")
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:24.000\n")
    assert "00:00:24.000 --> 00:00:48.000\n/a.jpg#xywh=160,0,160,90\n" in text
    assert text.endswith(
        "00:59:36.000 --> 01:00:00.000\n/a.jpg#xywh=1440,1260,160,90\n"
    )


def test_who_may_see_the_recording_gets_it(meeting: Meeting) -> None:
    recording = held(meeting)
    keep_picture("storyboard", str(recording.pk))
    alices = Client()
    alices.force_login(meeting.alice)
    address = f"/recordings/{recording.pk}/storyboard"
    times = alices.get(f"{address}.vtt")
    assert times["Content-Type"] == "text/vtt; charset=utf-8"
    assert f"{address}.jpg#xywh=0,0,160,90" in times.text
    picture = alices.get(f"{address}.jpg")
    assert Image.open(BytesIO(picture.content)).size == (8 * WIDTH, HEIGHT)
