"""Scenes: everybody who is there is shown, and no tile covers another."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.layout import ARRANGEMENTS, Look, Scene, make_scenes
from recordings.rects import Rect, grid
from recordings.speaker import floor_of
from recordings.timeline import Person, Timeline, TrackSpan

END = 100
spans = st.tuples(st.integers(0, END), st.integers(1, END)).map(
    lambda pair: (min(pair), max(pair) + 1)
)
KINDS = ("camera", "microphone", "screen")


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    people = []
    for number in range(1, draw(st.integers(0, 60)) + 1):
        present = draw(spans)
        tracks = [
            TrackSpan(kind, "vp8", 640, 360, *draw(spans))
            for kind in draw(st.lists(st.sampled_from(KINDS), max_size=3, unique=True))
        ]
        person = Person(number, str(number), f"P{number}", "guest", [present])
        person.tracks = tracks
        people.append(person)
    return Timeline(0, END, people, [])


def scenes_of(timeline: Timeline, width: int = 1280, height: int = 720) -> list[Scene]:
    return make_scenes(timeline, start_us=0, end_us=END, width=width, height=height)


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(timelines(), st.sampled_from([(1280, 720), (1920, 1080), (640, 360)]))
def test_tiles_are_in_the_frame_and_apart(
    timeline: Timeline, size: tuple[int, int]
) -> None:
    for scene in scenes_of(timeline, *size):
        rects = [tile.rect for tile in scene.tiles]
        for rect in rects:
            assert rect.x >= 0 and rect.x + rect.width <= size[0]
            assert rect.y >= 0 and rect.y + rect.height <= size[1]
            assert rect.width >= 2 and rect.height >= 2
            assert not any(
                side % 2 for side in (rect.x, rect.y, rect.width, rect.height)
            )
        assert not any(overlap(*pair) for pair in combinations(rects, 2))


@given(timelines())
def test_everybody_who_is_there_is_shown_once(timeline: Timeline) -> None:
    for scene in scenes_of(timeline):
        at = scene.start_us
        there = [person.number for person in timeline.people if person.is_present(at)]
        sharing = [
            person.number
            for person in timeline.people
            if person.is_present(at) and person.has_track("screen", at)
        ]
        shown = [tile.number for tile in scene.tiles if tile.kind == "camera"]
        screens = [tile.number for tile in scene.tiles if tile.kind == "screen"]
        assert (shown, screens) == (there, sharing)


@given(timelines())
def test_scenes_follow_each_other_without_gap(timeline: Timeline) -> None:
    scenes = scenes_of(timeline)
    ends = [scene.end_us for scene in scenes]
    assert [scene.start_us for scene in scenes] == [0, *ends[:-1]]
    assert ends[-1] == END
    for before, after in pairwise(scenes):
        assert before.tiles != after.tiles


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 16, 25, 49])
def test_the_grid_wastes_no_more_than_it_must(count: int) -> None:
    """A tile is at least as large as in a plain square arrangement."""
    side = next(n for n in range(1, 10) if n * n >= count)
    rects = grid(count, Rect(0, 0, 1280, 720))
    assert rects[0].width >= (1280 - 8 * (side + 1)) // side - 40
    assert all(abs(rect.width / rect.height - 16 / 9) < 0.05 * 16 / 9 for rect in rects)


def test_muted_is_who_has_no_microphone() -> None:
    person = Person(1, "1", "Bob", "guest", [(0, END)])
    person.tracks = [TrackSpan("microphone", "opus", 0, 0, 20, 60)]
    timeline = Timeline(0, END, [person], [])
    assert [
        (scene.start_us, scene.tiles[0].muted) for scene in scenes_of(timeline)
    ] == [
        (0, True),
        (20, False),
        (60, True),
    ]


def layouts() -> st.SearchStrategy[Look]:
    return st.sampled_from([Look(layouts=((0, name),)) for name in ARRANGEMENTS])


@settings(max_examples=25)
@given(timelines(), layouts(), st.sampled_from([(1280, 720), (720, 1280)]))
def test_every_layout_stays_in_the_frame(
    timeline: Timeline, look: Look, size: tuple[int, int]
) -> None:
    scenes = make_scenes(
        timeline, start_us=0, end_us=END, width=size[0], height=size[1], look=look
    )
    assert [scene.start_us for scene in scenes[1:]] == [
        scene.end_us for scene in scenes[:-1]
    ]
    for scene in scenes:
        for tile in scene.tiles:
            rect = tile.rect
            assert 0 <= rect.x <= rect.x + rect.width <= size[0]
            assert 0 <= rect.y <= rect.y + rect.height <= size[1]
            assert min(rect.width, rect.height) >= 2
            assert not any(
                side % 2 for side in (rect.x, rect.y, rect.width, rect.height)
            )
        flat = [tile.rect for tile in scene.tiles if not tile.inset]
        assert not any(overlap(*pair) for pair in combinations(flat, 2))
        is_anybody = any(one.is_present(scene.start_us) for one in timeline.people)
        assert bool(scene.tiles) == is_anybody


def talking(number: int, *spans: tuple[float, float]) -> Person:
    person = Person(number, str(number), f"P{number}", "guest", [(0, 60_000_000)])
    person.speaking = [(round(start * 1e6), round(end * 1e6)) for start, end in spans]
    return person


def floor(*people: Person) -> list[tuple[float, int]]:
    timeline = Timeline(0, 60_000_000, list(people), [])
    return [(at_us / 1e6, number) for at_us, number in floor_of(timeline)]


def test_a_cough_does_not_take_the_floor() -> None:
    assert floor(talking(1, (0, 20)), talking(2, (5, 5.5))) == [(0.8, 1)]


def test_who_goes_on_speaking_gets_it() -> None:
    assert floor(talking(1, (0, 5)), talking(2, (6, 20))) == [(0.8, 1), (6.8, 2)]


def test_an_interruption_must_last() -> None:
    short = floor(talking(1, (0, 30)), talking(2, (10, 12)))
    long = floor(talking(1, (0, 12)), talking(2, (10, 20)))
    assert short == [(0.8, 1)]
    assert long == [(0.8, 1), (12.4, 2)]


def test_in_silence_it_stays() -> None:
    assert floor(talking(1, (0, 5)), talking(2, (30, 40))) == [(0.8, 1), (30.8, 2)]
