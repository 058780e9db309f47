"""Reactions in exports: on the tile of whoever sent one, for as long as it is shown."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recordings import fonts
from recordings.plates import reaction_picture
from rooms.rules.reactions import REACTIONS
from tests.recordings.films import make_film
from tests.recordings.media import BLUE, RED, is_like, video
from tests.recordings.meeting import Meeting


def test_it_is_on_the_senders_tile_while_it_is_shown(meeting: Meeting) -> None:
    recording = meeting.record(0, 8)
    bob, carol = meeting.join("Bob"), meeting.join("Carol")
    meeting.publish(bob, video(RED, start=0, end=8, rate=10))
    meeting.publish(carol, video(BLUE, start=0, end=8, rate=10))
    number = carol.participant.number
    meeting._emit(2, "reaction.sent", {"number": number, "emoji": "👍"})
    meeting.keep()
    film = make_film(meeting, recording, quality="360p", rate=10)
    bobs, carols = (285, 110), (597, 110)  # where the mark's edge is in their tiles
    assert is_like(film.colour(1.5, *carols), BLUE)
    assert not is_like(film.colour(3, *carols), BLUE)
    assert is_like(film.colour(3, *bobs), RED)
    assert is_like(film.colour(6.5, *carols), BLUE)


@pytest.mark.parametrize("emoji", REACTIONS)
def test_each_has_ink_in_any_tile(emoji: str) -> None:
    for width, height in ((16, 16), (160, 90), (1280, 720)):
        overlay = reaction_picture(emoji, width, height)
        rows, columns = overlay.planes[0].shape
        assert overlay.x + columns <= width
        assert overlay.y + rows <= height
        assert not overlay.x % 2 and not overlay.y % 2
    assert int(overlay.planes[0].max()) > 150


def test_without_any_font_that_has_them_they_are_letters(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    caches = (fonts._colour_font, fonts._font_files, fonts.font_for)
    for cached in caches:
        cached.cache_clear()
    try:
        drawn = {emoji: fonts.draw_emoji(emoji, 48) for emoji in fonts.LETTERS}
    finally:
        for cached in caches:
            cached.cache_clear()
    assert set(fonts.LETTERS) == set(REACTIONS)
    for picture in drawn.values():
        assert ink(picture) > 0.01
    assert drawn["👍"].tobytes() != drawn["👎"].tobytes()


def ink(picture: Image.Image) -> float:
    return float((np.asarray(picture)[..., 3] > 128).mean())
