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
    """In the order in which people came."""
    said_us = sum(_length_us(person.speaking) for person in timeline.people)
    return [
        _of(person, timeline, said_us) for person in timeline.people if person.present
    ]


def _of(person: Person, timeline: Timeline, said_us: int) -> Attendance:
    talk_us = _length_us(person.speaking)
    return Attendance(
        number=person.number,
        name=person.name,
        role=person.role,
        came_at=from_us(person.present[0][0]),
        went_at=from_us(person.present[-1][1]),
        present_seconds=_length_us(person.present) / 1_000_000,
        talk_seconds=talk_us / 1_000_000,
        talk_percent=100 * talk_us / said_us if said_us else 0,
        present=_bars(person.present, timeline),
        talk=_bars(person.speaking, timeline),
    )


def _length_us(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _bars(spans: Iterable[Span], timeline: Timeline) -> list[Bar]:
    whole_us = max(1, timeline.end_us - timeline.start_us)
    bars = []
    for start_us, end_us in spans:
        first = max(start_us, timeline.start_us) - timeline.start_us
        last = min(end_us, timeline.end_us) - timeline.start_us
        if last >= first:
            width = max(LEAST_PERCENT, 100 * (last - first) / whole_us)
            bars.append(Bar(round(100 * first / whole_us, 2), round(width, 2)))
    return bars
