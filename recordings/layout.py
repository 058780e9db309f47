"""Who is where in the picture, when: timeline in, scenes out. Pure.

Every layout shows whoever is there; what does not fit beside a large picture is left
out by order: who speaks, then who has a camera, then who came first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from recordings.rects import Rect, corner, grid, split, stack
from recordings.speaker import Floor, floor_of, speaker_at
from recordings.timeline import Person, Timeline

SCREEN_PART = 0.8  # of the width, for a shared screen
STRIP_PART = 0.2  # of the height, for the people below a large picture
CHAT_PART = 0.25  # of the width
INSET_PART = 0.24  # of the width, for a picture in the picture
BANNER_PART = 0.08  # of the height
BESIDE_MOST = 4  # people beside a screen in the layout of that name
STRIP_MOST = 6
PORTRAIT_MOST = 3  # people in the row below the speaker
CHAT_LINES = 12
REACTION_STEP_US = 500_000


@dataclass(frozen=True, slots=True)
class Tile:
    """``kind`` is the track that it shows, ``camera`` or ``screen``; ``has_video``
    says whether that track is there, else the tile shows the initials. A picture is
    shown whole, or ``cropped`` to fill its tile. An ``inset`` lies on other tiles."""

    number: int
    kind: str
    rect: Rect
    name: str
    muted: bool
    has_video: bool
    hand: bool = False
    reaction: str = ""  # an emoji
    cropped: bool = False
    inset: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    start_us: int
    end_us: int
    tiles: tuple[Tile, ...]
    chat: tuple[tuple[str, str], ...] = ()  # (name, text), the newest last


@dataclass(frozen=True, slots=True)
class Look:
    """``layouts``: (from, name) in order of time. ``person``: whom ``single`` shows
    instead of who speaks."""

    layouts: tuple[tuple[int, str], ...] = ((0, "grid"),)
    person: int | None = None
    has_chat: bool = False
    has_banner: bool = False

    def layout_at(self, at_us: int) -> str:
        return [name for since, name in self.layouts if since <= at_us][-1]


@dataclass(frozen=True, slots=True)
class Areas:
    """Parts of the frame; ``chat`` and ``banner`` are there where they are wanted."""

    people: Rect
    chat: Rect | None
    banner: Rect | None


def areas_of(look: Look, width: int, height: int) -> Areas:
    people, chat, banner = Rect(0, 0, width, height), None, None
    if look.has_banner:
        people, banner = stack(people, 1 - BANNER_PART)
    if look.has_chat and width > height:
        people, chat = split(people, 1 - CHAT_PART)
    elif look.has_chat:
        people, chat = stack(people, 1 - CHAT_PART)
    return Areas(people, chat, banner)


DEFAULT_LOOK = Look()


def make_scenes(
    timeline: Timeline,
    *,
    start_us: int,
    end_us: int,
    width: int,
    height: int,
    look: Look = DEFAULT_LOOK,
) -> list[Scene]:
    """The scenes of a range, without gaps; neighbours differ."""
    scenes: list[Scene] = []
    floor = floor_of(timeline)
    area = areas_of(look, width, height).people
    inside = (at for at in _changes(timeline, look, floor) if start_us < at < end_us)
    marks = sorted({start_us, *inside, end_us})
    for begin_us, until_us in pairwise(marks):
        view = _view(timeline, look, floor, begin_us, area)
        tiles = tuple(ARRANGEMENTS[look.layout_at(begin_us)](view))
        scene = Scene(begin_us, until_us, tiles, _chat(timeline, look, begin_us))
        if scenes and (scenes[-1].tiles, scenes[-1].chat) == (tiles, scene.chat):
            scenes[-1] = replace(scenes[-1], end_us=until_us)
        else:
            scenes.append(scene)
    return scenes


def _changes(timeline: Timeline, look: Look, floor: Floor) -> Iterator[int]:
    for person in timeline.people:
        tracks = ((track.start_us, track.end_us) for track in person.tracks)
        reactions = ((_up(one.start_us), _up(one.end_us)) for one in person.reactions)
        for span in (*person.present, *person.hands, *tracks, *reactions):
            yield from span
    yield from (since_us for since_us, _name in look.layouts)
    if any(name != "grid" for _since, name in look.layouts):
        yield from (since_us for since_us, _number in floor)
    if look.has_chat:
        yield from (message["sent_us"] for message in timeline.chat)


def _up(at_us: int) -> int:
    """However many people react, there are few scenes a second because of it."""
    return -(-at_us // REACTION_STEP_US) * REACTION_STEP_US


def _chat(timeline: Timeline, look: Look, at_us: int) -> tuple[tuple[str, str], ...]:
    if not look.has_chat:
        return ()
    sent = [message for message in timeline.chat if message["sent_us"] <= at_us]
    return tuple((line["name"], line["text"]) for line in sent[-CHAT_LINES:])


@dataclass(frozen=True, slots=True)
class View:
    """What there is to show at a time. ``ranked``: the people, first things first."""

    at_us: int
    area: Rect
    people: Sequence[Person]
    ranked: Sequence[Person]
    screens: Sequence[Person]

    def camera(self, person: Person, rect: Rect) -> Tile:
        return Tile(
            person.number,
            "camera",
            rect,
            person.name,
            muted=not person.has_track("microphone", self.at_us),
            has_video=person.has_track("camera", self.at_us),
            hand=person.has_hand_up(self.at_us),
            reaction=person.reaction_at(self.at_us),
        )

    def cropped(self, person: Person, rect: Rect) -> Tile:
        return replace(self.camera(person, rect), cropped=True)

    def cameras(self, people: Sequence[Person], area: Rect) -> Iterator[Tile]:
        for person, rect in zip(people, grid(len(people), area), strict=True):
            yield self.camera(person, rect)

    def shared(self, area: Rect) -> Iterator[Tile]:
        rects = grid(len(self.screens), area)
        for person, rect in zip(self.screens, rects, strict=True):
            yield Tile(person.number, "screen", rect, person.name, False, True)


def _view(timeline: Timeline, look: Look, floor: Floor, at_us: int, area: Rect) -> View:
    people = [person for person in timeline.people if person.is_present(at_us)]
    first = look.person if look.person is not None else speaker_at(floor, at_us)
    ranked = sorted(
        people,
        key=lambda person: (
            person.number != first,
            not person.has_track("camera", at_us),
        ),
    )
    screens = [person for person in people if person.has_track("screen", at_us)]
    return View(at_us, area, people, ranked, screens)


def _grid(view: View) -> Iterator[Tile]:
    """Everybody alike, beside the screens where any are shared."""
    if not view.screens:
        yield from view.cameras(view.people, view.area)
        return
    large, beside = split(view.area, SCREEN_PART)
    yield from view.shared(large)
    yield from view.cameras(view.people, beside)


def _speaker(view: View) -> Iterator[Tile]:
    """A screen or who speaks large, the others in a strip below."""
    in_strip = view.ranked if view.screens else view.ranked[1:]
    if not in_strip:
        yield from view.cameras(view.ranked[:1], view.area)
        return
    large, strip = stack(view.area, 1 - STRIP_PART)
    if view.screens:
        yield from view.shared(large)
    else:
        yield from view.cameras(view.ranked[:1], large)
    yield from view.cameras(_in_order(in_strip[:STRIP_MOST]), strip)


def _single(view: View) -> Iterator[Tile]:
    """Who speaks, or the person chosen, and nobody else."""
    for person in view.ranked[:1]:
        yield view.camera(person, view.area)


def _screen(view: View) -> Iterator[Tile]:
    """A screen as large as it can be with a few people beside; else ``speaker``."""
    if not view.screens:
        yield from _speaker(view)
        return
    large, beside = split(view.area, SCREEN_PART)
    yield from view.shared(large)
    yield from view.cameras(_in_order(view.ranked[:BESIDE_MOST]), beside)


def _portrait(view: View) -> Iterator[Tile]:
    """For frames that are taller than wide: faces fill their tiles."""
    if view.screens:
        above, below = stack(view.area, 0.4)
        yield from view.shared(above)
        for person in view.ranked[:1]:
            yield view.cropped(person, below)
        return
    others = _in_order(view.ranked[1 : 1 + PORTRAIT_MOST])
    above, below = stack(view.area, 0.5 if len(others) == 1 else 0.75)
    for person in view.ranked[:1]:
        yield view.cropped(person, above if others else view.area)
    rest = below
    for index, person in enumerate(others):
        place, rest = split(rest, 1 / (len(others) - index))
        yield view.cropped(person, place)


def _pip(view: View) -> Iterator[Tile]:
    """A screen or who speaks in the whole frame, one more person in its corner."""
    if view.screens:
        yield from view.shared(view.area)
    else:
        yield from _single(view)
    in_corner = view.ranked[:1] if view.screens else view.ranked[1:2]
    for person in in_corner:
        place = corner(view.area, INSET_PART)
        yield replace(view.camera(person, place), cropped=True, inset=True)


def _in_order(people: Sequence[Person]) -> list[Person]:
    """Of arrival: those who stay do not move when another speaks."""
    return sorted(people, key=lambda person: person.number)


ARRANGEMENTS: dict[str, Callable[[View], Iterator[Tile]]] = {
    "grid": _grid,
    "speaker": _speaker,
    "single": _single,
    "screen": _screen,
    "portrait": _portrait,
    "pip": _pip,
}
