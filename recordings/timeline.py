"""What happened in a session, as intervals: events and voice in, timeline out. Pure.

Times are microseconds since the Unix epoch; what has not ended has an end at
``until_us``, the moment up to which the timeline was asked for.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REACTION_US = 4_000_000  # for so long one is shown

Span = tuple[int, int]
Message = Mapping[str, Any]


@dataclass(slots=True)
class TrackSpan:
    kind: str
    codec: str
    width: int
    height: int
    start_us: int
    end_us: int

    def covers(self, at_us: int) -> bool:
        return self.start_us <= at_us < self.end_us


@dataclass(frozen=True, slots=True)
class Reaction:
    emoji: str
    start_us: int
    end_us: int


@dataclass(slots=True)
class Person:
    """A participant. ``away`` are the times with a lost connection."""

    number: int
    id: str
    name: str
    role: str
    present: list[Span] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    hands: list[Span] = field(default_factory=list)
    speaking: list[Span] = field(default_factory=list)
    tracks: list[TrackSpan] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)  # in order of time

    def is_present(self, at_us: int) -> bool:
        return covers(self.present, at_us)

    def has_hand_up(self, at_us: int) -> bool:
        return covers(self.hands, at_us)

    def reaction_at(self, at_us: int) -> str:
        """The newest that is shown, or nothing."""
        index = bisect_right(self.reactions, at_us, key=lambda one: one.start_us) - 1
        if index < 0 or self.reactions[index].end_us <= at_us:
            return ""
        return self.reactions[index].emoji

    def has_track(self, kind: str, at_us: int) -> bool:
        return any(t.kind == kind and t.covers(at_us) for t in self.tracks)


@dataclass(slots=True)
class Timeline:
    start_us: int
    end_us: int
    people: list[Person]
    chat: list[Message]


def covers(spans: Iterable[Span], at_us: int) -> bool:
    return any(start <= at_us < end for start, end in spans)


def build_timeline(
    events: Iterable[Message],
    *,
    start_us: int,
    until_us: int,
    voices: Mapping[int, Sequence[Span]] | None = None,
) -> Timeline:
    """``events``: a session's event messages in order. ``voices``: spans by number."""
    builder = _Builder(until_us)
    for event in events:
        builder.apply(event)
    builder.close()
    for number, spans in (voices or {}).items():
        if number in builder.people:
            builder.people[number].speaking = list(spans)
    people = sorted(builder.people.values(), key=lambda person: person.number)
    return Timeline(start_us, until_us, people, builder.chat)


class _Builder:
    """Folds events. What is open is held by (number, what) until it ends."""

    def __init__(self, until_us: int) -> None:
        self.people: dict[int, Person] = {}
        self.chat: list[Message] = []
        self._until_us = until_us
        self._open: dict[tuple[int, str], int] = {}
        self._tracks: dict[tuple[int, str], TrackSpan] = {}

    def apply(self, event: Message) -> None:
        apply = _APPLY.get(event["event"])
        if apply is not None and event["at_us"] <= self._until_us:
            apply(self, event["data"], event["at_us"])

    def close(self) -> None:
        for number in self.people:
            self._depart(number, self._until_us)

    def joined(self, data: Message, at_us: int) -> None:
        who = data["participant"]
        person = Person(who["number"], who["id"], who["name"], who["role"])
        self.people.setdefault(person.number, person)
        self._begin(person.number, "present", at_us)
        for track in who["tracks"].values():
            self._start_track(person.number, track, at_us)
        if who["hand_raised_us"] is not None:
            self._begin(person.number, "hands", at_us)

    def updated(self, data: Message, at_us: int) -> None:
        person = self.people.get(data["number"])
        if person is None:
            return
        person.name = data.get("name", person.name)
        person.role = data.get("role", person.role)
        if "connected" in data:
            self._switch(person.number, "away", not data["connected"], at_us)
        if "hand_raised_us" in data:
            raised = data["hand_raised_us"] is not None
            self._switch(person.number, "hands", raised, at_us)

    def left(self, data: Message, at_us: int) -> None:
        if data["number"] in self.people:
            self._depart(data["number"], at_us)

    def track_started(self, data: Message, at_us: int) -> None:
        if data["number"] in self.people:
            self._start_track(data["number"], data["track"], at_us)

    def track_stopped(self, data: Message, at_us: int) -> None:
        self._stop_track(data["number"], data["kind"], at_us)

    def chatted(self, data: Message, at_us: int) -> None:
        self.chat.append(data["message"])

    def reacted(self, data: Message, at_us: int) -> None:
        person = self.people.get(data["number"])
        if person is not None:
            end_us = min(at_us + REACTION_US, self._until_us)
            person.reactions.append(Reaction(data["emoji"], at_us, end_us))

    def ended(self, data: Message, at_us: int) -> None:
        for number in self.people:
            self._depart(number, at_us)

    def _depart(self, number: int, at_us: int) -> None:
        for what in ("present", "away", "hands"):
            self._end(number, what, at_us)
        for kind in [kind for person, kind in self._tracks if person == number]:
            self._stop_track(number, kind, at_us)

    def _switch(self, number: int, what: str, on: bool, at_us: int) -> None:
        (self._begin if on else self._end)(number, what, at_us)

    def _begin(self, number: int, what: str, at_us: int) -> None:
        self._open.setdefault((number, what), at_us)

    def _end(self, number: int, what: str, at_us: int) -> None:
        start_us = self._open.pop((number, what), None)
        if start_us is not None:
            getattr(self.people[number], what).append((start_us, at_us))

    def _start_track(self, number: int, track: Message, at_us: int) -> None:
        self._stop_track(number, track["kind"], at_us)
        span = TrackSpan(
            track["kind"],
            track["codec"],
            track["width"],
            track["height"],
            at_us,
            self._until_us,
        )
        self._tracks[number, track["kind"]] = span
        self.people[number].tracks.append(span)

    def _stop_track(self, number: int, kind: str, at_us: int) -> None:
        span = self._tracks.pop((number, kind), None)
        if span is not None:
            span.end_us = at_us


_APPLY = {
    "participant.joined": _Builder.joined,
    "participant.updated": _Builder.updated,
    "participant.left": _Builder.left,
    "track.started": _Builder.track_started,
    "track.stopped": _Builder.track_stopped,
    "chat.message": _Builder.chatted,
    "reaction.sent": _Builder.reacted,
    "session.ended": _Builder.ended,
}
