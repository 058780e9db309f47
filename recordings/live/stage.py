"""Who is where in the picture at a moment: a room's events and voices as they come, one
scene after the other out. No I/O."""

from collections import deque
from collections.abc import Iterable

from recordings.layout import Look, Scene, make_scenes
from recordings.segment_index import (
    PACKET_US,
    VOICE_DBOV,
    VOICE_GAP_US,
    Record,
    Span,
)
from recordings.speaker import TAKE_US, floor_of, speaker_at
from recordings.timeline import Person, Timeline, TrackSpan
from rooms.state import Message, State, apply_event
from rooms.streams.record import Kind

REVIEW_US = 200_000  # how often it is looked at who speaks
MEMORY_US = 20_000_000  # of voices; who had the floor before keeps it
FAR_US = 1 << 62


class Voices:
    """Who was heard when, of late, and who has the floor."""

    def __init__(self) -> None:
        self._spans: dict[int, deque[Span]] = {}
        self._holder: int | None = None

    def hear(self, number: int, record: Record) -> None:
        header = record.header
        if header.kind is not Kind.MICROPHONE or header.loudness >= VOICE_DBOV:
            return
        spans = self._spans.setdefault(number, deque())
        start_us, end_us = record.media_us, record.media_us + PACKET_US
        if spans and start_us - spans[-1][1] < VOICE_GAP_US:
            start_us, _end = spans.pop()
        spans.append((start_us, end_us))

    def give_to(self, timeline: Timeline, at_us: int) -> None:
        """Fill in when people spoke, so that the floor is whose it was before."""
        since_us = at_us - MEMORY_US
        for person in timeline.people:
            spans = self._spans.get(person.number, deque())
            while spans and spans[0][1] <= since_us:
                spans.popleft()
            person.speaking = [
                (max(start, since_us), min(end, at_us))
                for start, end in spans
                if start < at_us
            ]
            if person.number == self._holder:
                earlier = (since_us - 2 * TAKE_US, since_us - TAKE_US)
                person.speaking.insert(0, earlier)
        self._holder = speaker_at(floor_of(timeline), at_us)

    def forget(self, number: int) -> None:
        self._spans.pop(number, None)


class Stage:
    """``state``: the snapshot that the first event follows. Events are heard in order,
    and take effect at their times."""

    def __init__(self, state: State, size: tuple[int, int], look: Look) -> None:
        self.voices = Voices()
        self.look = look
        self._state = state
        self._size = size
        self._events: deque[Message] = deque()
        self._scene: Scene | None = None
        self._review_us = 0

    @property
    def state(self) -> State:
        return self._state

    def hear(self, events: Iterable[Message]) -> None:
        self._events.extend(events)

    def change(self, look: Look) -> None:
        """What is around the tiles may have changed as well: the next scene is new."""
        self.look, self._scene, self._review_us = look, None, 0

    def scene_at(self, at_us: int) -> Scene:
        """The same object for as long as nothing changes. Times only grow."""
        while self._events and self._events[0]["at_us"] <= at_us:
            self._state = apply_event(self._state, self._events.popleft())
            self._review_us = 0
        if self._scene is not None and at_us < self._review_us:
            return self._scene
        self._review_us = at_us + REVIEW_US
        scene = self._make(at_us)
        last = self._scene
        if last is None or (last.tiles, last.chat) != (scene.tiles, scene.chat):
            self._scene = last = scene
        return last

    def _make(self, at_us: int) -> Scene:
        timeline = timeline_of(self._state)
        self.voices.give_to(timeline, at_us)
        width, height = self._size
        (scene,) = make_scenes(
            timeline,
            start_us=at_us,
            end_us=at_us + 1,
            width=width,
            height=height,
            look=self.look,
        )
        return scene


def timeline_of(state: State) -> Timeline:
    """A state as if it had always been so."""
    session = (state["session"] or {}).get("id")
    chat = [one for one in state["chat"] if one["session"] == session]
    return Timeline(0, FAR_US, [_person(one) for one in state["participants"]], chat)


def _person(told: Message) -> Person:
    always = [(0, FAR_US)]
    return Person(
        told["number"],
        told["id"],
        told["name"],
        told["role"],
        present=always,
        hands=always if told["hand_raised_us"] is not None else [],
        tracks=[
            TrackSpan(
                track["kind"],
                track["codec"],
                track["width"],
                track["height"],
                0,
                FAR_US,
            )
            for track in told["tracks"].values()
        ],
    )
