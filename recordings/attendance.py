"""Who was in a session and for how long, and how much they spoke. Pure.

Bars are for pictures: parts of the session's length, in percent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recordings.timeline import Person, Span, Timeline
from rooms.clock import from_us

# What is shorter than this cannot be seen, and yet it happened.
LEAST_PERCENT = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    start_percent: float
    width_percent: float


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person. ``talk_percent`` is the part of all that was said by anybody."""

    number: int
    name: str
    role: str
    came_at: datetime
    went_at: datetime
    present_seconds: float
    talk_seconds: float
    talk_percent: float
    present: list[Bar]
    talk: list[Bar]


def attendance(timeline: Timeline) -> list[Attendance]:
    """Of the timeline's range, in the order in which people came."""
    people = [
        (person, _within(person.present, timeline), _within(person.speaking, timeline))
        for person in timeline.people
    ]
    said_us = sum(_length_us(speaking) for _person, _present, speaking in people)
    return [
        _of(person, present, speaking, timeline, said_us)
        for person, present, speaking in people
        if present
    ]


def _within(spans: Iterable[Span], timeline: Timeline) -> list[Span]:
    return [
        (max(start, timeline.start_us), min(end, timeline.end_us))
        for start, end in spans
        if end >= timeline.start_us and start <= timeline.end_us
    ]


def _of(
    person: Person,
    present: list[Span],
    speaking: list[Span],
    timeline: Timeline,
    said_us: int,
) -> Attendance:
    talk_us = _length_us(speaking)
    return Attendance(
        number=person.number,
        name=person.name,
        role=person.role,
        came_at=from_us(present[0][0]),
        went_at=from_us(present[-1][1]),
        present_seconds=_length_us(present) / 1_000_000,
        talk_seconds=talk_us / 1_000_000,
        talk_percent=100 * talk_us / said_us if said_us else 0,
        present=_bars(present, timeline),
        talk=_bars(speaking, timeline),
    )


def _length_us(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _bars(spans: Iterable[Span], timeline: Timeline) -> list[Bar]:
    whole_us = max(1, timeline.end_us - timeline.start_us)
    bars = []
    for start_us, end_us in spans:
        first = start_us - timeline.start_us
        width = max(LEAST_PERCENT, 100 * (end_us - start_us) / whole_us)
        bars.append(Bar(round(100 * first / whole_us, 2), round(width, 2)))
    return bars
