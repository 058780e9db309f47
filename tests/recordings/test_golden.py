"""A meeting with all that happens in meetings, in every layout: the colour of each tile
and the tone of each person, second by second.

Alice (red, in three layers, 220 Hz) is there all the time. Bob (blue, 660 Hz) comes at
4 s, shares a green screen from 10 to 14 s, mutes from 16 s on and loses five seconds
from 20 to 25 s; his codec changes at 8 s. Carol has no camera (990 Hz, 8 to 30 s) and
leaves at 28 s; her clock is 200 ppm off.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recordings.models import Recording
from recordings.options import LAYOUTS
from recordings.plates import AVATARS
from rooms.streams.record import Codec, Kind
from tests.recordings.films import job_for, make_film
from tests.recordings.media import BLUE, GREEN, RED, Chunk, Film, is_like, tone, video
from tests.recordings.meeting import Meeting, us

SECONDS = 30
COLOURS: dict[tuple[int, str], tuple[int, int, int]] = {
    (1, "camera"): RED,
    (2, "camera"): BLUE,
    (2, "screen"): GREEN,
}

HERTZ = {"Alice": 220, "Bob": 660, "Carol": 990}
HEARD = {"Alice": [(0, 30)], "Bob": [(4, 16)], "Carol": [(8, 28)]}


def drifting(chunks: list[Chunk], ppm: float) -> list[Chunk]:
    start = chunks[0].at
    return [
        replace(one, at=start + (one.at - start) * (1 + ppm / 1e6)) for one in chunks
    ]


def between(chunks: list[Chunk], *spans: tuple[float, float]) -> list[Chunk]:
    return [one for one in chunks if any(start <= one.at < end for start, end in spans)]


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(0, SECONDS)
    alice, bob = meeting.join("Alice"), meeting.join("Bob", 4)
    carol = meeting.join("Carol", 8)
    layers = [
        video(RED, start=0, end=SECONDS, size=size, layer=layer, rate=10)
        for layer, size in enumerate([(160, 90), (320, 180), (640, 360)])
    ]
    meeting.publish(
        alice,
        [one for layer in layers for one in layer],
        tone(220, start=0, end=SECONDS, volume=0.2),
    )
    first = video(BLUE, start=4, end=8, codec=Codec.VP8, rate=10)
    rest = video(BLUE, start=8, end=SECONDS, rate=10)
    screen = video(GREEN, start=10, end=14, kind=Kind.SCREEN, size=(640, 360), rate=5)
    meeting.start_track(bob, first[0], 4)
    meeting.start_track(bob, rest[0], 8)
    meeting.start_track(bob, screen[0], 10)
    meeting.start_track(bob, tone(660, start=4, end=16, volume=0.2)[0], 4)
    meeting.send(
        bob,
        first,
        between(rest, (8, 20), (25, SECONDS)),
        screen,
        tone(660, start=4, end=16, volume=0.2),
    )
    meeting.stop_track(bob, "screen", 14)
    meeting.stop_track(bob, "microphone", 16)
    voice = drifting(tone(990, start=8, end=28, volume=0.2), 200)
    meeting.publish(carol, voice)
    meeting.leave(carol, 28)
    meeting.keep()
    recording.refresh_from_db()
    return recording


def is_shown(film: Film, at: float, tile: Any, colour: tuple[int, int, int]) -> bool:
    """A place in the upper half, where no name and no inset is."""
    x = tile.rect.x + tile.rect.width // 2
    return is_like(film.colour(at, x, tile.rect.y + tile.rect.height // 4), colour)


def expected(tile: Any, at: float) -> tuple[int, int, int] | None:
    """None where it is not asked: in the seconds in which a picture grows old."""
    if tile.number == 2 and tile.kind == "camera" and 20 <= at < 25.2:
        return None
    return COLOURS.get((tile.number, tile.kind))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_tile_shows_its_person_at_every_second(
    meeting: Meeting, recording: Recording, layout: str
) -> None:
    options = {"layout": layout, "quality": "360p", "rate": 10}
    film = make_film(meeting, recording, **options)
    job = job_for(recording, **options)
    assert film.seconds == pytest.approx(SECONDS, abs=0.05)
    checked = 0
    for second in range(SECONDS):
        at = second + 0.5
        scene = next(one for one in job.scenes if one.start_us <= us(at) < one.end_us)
        for tile in scene.tiles:
            colour = expected(tile, at)
            if colour is not None:
                assert is_shown(film, at, tile, colour), (at, tile)
                checked += 1
    assert checked >= SECONDS * 2 // 3
    for name, spans in HEARD.items():
        for second in range(1, SECONDS - 1):
            heard = film.level(HERTZ[name], second + 0.2, second + 0.8)
            if any(start <= second < end for start, end in spans):
                assert heard == pytest.approx(0.2, abs=0.05), (name, second)
            else:
                assert heard < 0.02, (name, second)


def test_what_is_missing_is_shown_as_missing(
    meeting: Meeting, recording: Recording
) -> None:
    """From a while after the last picture on, Bob's tile shows his initials."""
    options = {"quality": "360p", "rate": 10, "start": 23, "end": 27}
    film = make_film(meeting, recording, **options)
    scene = job_for(recording, **options).scenes[0]
    tile = next(one for one in scene.tiles if one.number == 2)
    avatar = AVATARS[2 % len(AVATARS)]
    x = tile.rect.x + tile.rect.width * 2 // 5
    y = tile.rect.y + tile.rect.height // 2
    assert is_like(film.colour(1, x, y), avatar)
    assert is_like(film.colour(3, x, y), BLUE)


def test_the_layout_changes_on_the_way(meeting: Meeting, recording: Recording) -> None:
    film = make_film(
        meeting,
        recording,
        quality="360p",
        rate=10,
        end=8,
        layouts=[{"at": 6, "layout": "single"}],
        person=1,
    )
    assert is_like(film.colour(5.5, 480, 170), BLUE)
    assert is_like(film.colour(6.5, 480, 170), RED)
    assert is_like(film.colour(6.5, 160, 170), RED)


def test_pictures_and_sound_of_a_moment_are_together(meeting: Meeting) -> None:
    """A flash with a beep each two seconds, across the borders of chunks."""
    recording = meeting.record(0, 24)
    bob = meeting.join("Bob")
    beeps = range(1, 24, 2)
    flashes: list[Chunk] = []
    for at in range(24):
        colour = RED if at in beeps else BLUE
        flashes += video(colour, start=at, end=at + 1, rate=30, size=(160, 90))
    sounds = [
        one
        for at in range(24)
        for one in tone(
            440,
            start=at,
            end=at + 1,
            volume=0.3 if at in beeps else 0.0,
            codec=Codec.PCM,
        )
    ]
    meeting.publish(bob, flashes, sounds)
    meeting.keep()
    film = make_film(meeting, recording, quality="360p", rate=30)
    loud = np.abs(film.sound[0]) > 0.1
    for at in beeps:
        window = loud[round((at - 0.5) * 48_000) : round((at + 0.5) * 48_000)]
        beep = at - 0.5 + int(np.argmax(window)) / 48_000
        frames = range(round((at - 0.5) * 30), round((at + 0.5) * 30))
        flash = next(n for n in frames if is_like(film.colour(n / 30, 320, 90), RED))
        assert beep == pytest.approx(flash / 30, abs=0.04), (at, beep, flash / 30)
