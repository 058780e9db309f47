"""Background, title card, banner, logo, texts and chat, where and when they belong."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from conference.errors import Invalid
from recordings.branding import wrap
from recordings.models import ExportState
from recordings.plates import TILE
from recordings.rules import request_export
from tests.recordings.films import make_film
from tests.recordings.media import RED, Film, is_like, video
from tests.recordings.meeting import Meeting, us

YELLOW, VIOLET = (230, 200, 20), (90, 40, 140)


def picture(colour: tuple[int, int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 40), colour).save(file, "PNG")
    return file.getvalue()


def ink(film: Film, at: float, rows: slice, columns: slice) -> float:
    """The part of a place that is about as bright as our letters."""
    height = film.pictures[0].height
    luma = film.pictures[round(at * film.rate)].to_ndarray()[:height]
    return float((luma[rows, columns] > 200).mean())


def test_everything_is_at_its_place_and_time(meeting: Meeting) -> None:
    recording = meeting.record(0, 6)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=6, rate=10))
    message = {"name": "Bob", "text": "Good morning everybody", "sent_us": us(1)}
    meeting._emit(1, "chat.message", {"message": message})
    meeting.keep()
    film = make_film(
        meeting,
        recording,
        quality="360p",
        rate=10,
        background="#5a288c",
        title="Plans",
        banner="Weekly sync",
        chat=True,
        texts=[{"start": 4, "end": 5, "text": "שלום नमस्ते", "position": "top"}],
        pictures={"logo": picture(YELLOW)},
    )
    assert len(film.pictures) == 60
    card = (slice(150, 210), slice(200, 440))
    assert is_like(film.colour(1, 100, 100), VIOLET)
    assert ink(film, 1, *card) > 0.01
    assert is_like(film.colour(3.5, 240, 165), RED)
    assert ink(film, 3.5, *card) == 0
    assert is_like(film.colour(3.5, 602, 30), YELLOW)
    assert is_like(film.colour(3.5, 4, 4), VIOLET)
    assert is_like(film.colour(3.5, 5, 345), TILE)
    assert ink(film, 3.5, slice(332, 360), slice(0, 640)) > 0.005
    assert ink(film, 3.5, slice(150, 330), slice(485, 640)) > 0.002
    above = (slice(25, 62), slice(200, 440))
    assert [ink(film, at, *above) > 0.005 for at in (3.5, 4.5, 5.5)] == [
        False,
        True,
        False,
    ]


def test_a_background_picture_lies_behind_the_tiles(meeting: Meeting) -> None:
    recording = meeting.record(0, 1)
    for name in ("Bob", "Eve"):
        meeting.join(name)
    meeting.keep()
    film = make_film(
        meeting,
        recording,
        quality="360p",
        rate=10,
        pictures={"background": picture(YELLOW)},
    )
    assert is_like(film.colour(0.5, 320, 10), YELLOW)
    assert is_like(film.colour(0.5, 30, 110), TILE)


def test_what_is_no_picture_or_too_long_is_refused(meeting: Meeting) -> None:
    recording = meeting.record(0, 1)
    meeting.join("Bob")
    meeting.keep()
    recording.refresh_from_db()
    for wrong in (
        {"pictures": {"logo": b"<svg/>"}},
        {"title": "x" * 201},
        {"background": "red"},
        {"texts": [{"start": 2, "end": 1, "text": "x"}]},
        {"layouts": [{"at": 0, "layout": "portrait"}]},
        {"person": 9},
        {"rate": 7},
        {"bitrate": 10},
        {"quality": "8k"},
        {"sparkle": True},
    ):
        with pytest.raises(Invalid):
            request_export(meeting.access, recording, format="mp4", **wrong)
    assert not recording.exports.filter(state=ExportState.QUEUED).exists()


def test_long_words_are_cut_and_lines_fit() -> None:
    lines = wrap("a " * 30 + "w" * 200, 20, 200)
    assert "".join(lines).replace(" ", "") == "a" * 30 + "w" * 200
    assert len(lines) > 5
    assert np.all([len(line) < 40 for line in lines])
