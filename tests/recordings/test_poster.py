"""Posters: one picture, at the moment that shows the most."""

from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from recordings.archive import archive, recording_keys
from recordings.kept_pictures import keep_picture, without
from recordings.models import Recording
from recordings.poster import HEIGHT, WIDTH, make_poster
from tests.recordings.media import BLUE, RED, video
from tests.recordings.meeting import Meeting

LEFT, RIGHT = (WIDTH // 4, HEIGHT // 2), (WIDTH * 3 // 4, HEIGHT // 2)


def colour(picture: bytes, where: tuple[int, int]) -> tuple[int, int, int]:
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    red, green, blue = pixels[where[1], where[0]]
    return int(red), int(green), int(blue)


def held(meeting: Meeting) -> Recording:
    """Bob alone for three seconds, then Carol beside him for two."""
    recording = meeting.record(0, 5)
    bob, carol = meeting.join("Bob"), meeting.join("Carol", 3)
    meeting.publish(bob, video(RED, start=0, end=6))
    meeting.publish(carol, video(BLUE, start=3, end=6))
    meeting.keep()
    recording.refresh_from_db()
    return recording


def test_poster_shows_all_who_are_there_at_its_best_moment(meeting: Meeting) -> None:
    recording = held(meeting)
    keep_picture("poster", str(recording.pk))
    recording.refresh_from_db()
    with archive().open(recording.poster) as file:
        picture = file.read()
    assert Image.open(BytesIO(picture)).size == (WIDTH, HEIGHT)
    assert colour(picture, LEFT) == pytest.approx(RED, abs=6)
    assert colour(picture, RIGHT) == pytest.approx(BLUE, abs=6)
    assert recording.poster in recording_keys(recording)


def test_poster_is_made_once(meeting: Meeting) -> None:
    recording = held(meeting)
    for _ in range(2):
        keep_picture("poster", str(recording.pk))
    folder, _name = Recording.objects.get().poster.rsplit("/", 1)
    assert len(archive().listdir(folder)[1]) == 1


def test_there_is_none_of_nobody_or_of_what_is_not_ready(meeting: Meeting) -> None:
    recording = meeting.record(0, 5)
    keep_picture("poster", str(recording.pk))
    meeting.keep()
    recording.refresh_from_db()
    assert recording.sealed_at
    assert make_poster(recording) is None
    keep_picture("poster", str(recording.pk))
    recording.refresh_from_db()
    assert recording.poster == ""


def test_one_that_was_lost_is_asked_for_again_for_a_while(meeting: Meeting) -> None:
    recording = held(meeting)
    assert recording.sealed_at
    later = [recording.sealed_at + timedelta(minutes=one) for one in (5, 15, 70)]
    assert [without("poster", now=now) for now in later] == [[], [recording.pk], []]
    keep_picture("poster", str(recording.pk))
    assert without("poster", now=later[1]) == []
