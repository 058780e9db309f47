"""Chapters of a recording, from its timeline: the beginning, and each shared screen.
Pure."""

from dataclasses import dataclass
from itertools import pairwise

from recordings.timeline import Timeline

SHORTEST_US = 5_000_000  # what is shorter is no chapter of its own


@dataclass(frozen=True, slots=True)
class Chapter:
    """From ``start_ms`` to ``end_ms`` after the first moment."""

    start_ms: int
    end_ms: int
    title: str


def chapters_of(timeline: Timeline, start_us: int, end_us: int) -> list[Chapter]:
    """Without gaps. Empty where nothing divides the recording."""
    marks: list[tuple[int, str]] = [(start_us, _title(timeline, start_us))]
    for at_us in sorted(_changes(timeline)):
        if not marks[-1][0] < at_us < end_us - SHORTEST_US:
            continue
        title = _title(timeline, at_us)
        if at_us - marks[-1][0] < SHORTEST_US:
            marks[-1] = (marks[-1][0], title)
        elif title != marks[-1][1]:
            marks.append((at_us, title))
    if len(marks) == 1:
        return []
    ends = [*marks, (end_us, "")]
    return [
        Chapter((one[0] - start_us) // 1000, (following[0] - start_us) // 1000, one[1])
        for one, following in pairwise(ends)
    ]


def _changes(timeline: Timeline) -> set[int]:
    return {
        at_us
        for person in timeline.people
        for track in person.tracks
        if track.kind == "screen"
        for at_us in (track.start_us, track.end_us)
    }


def _title(timeline: Timeline, at_us: int) -> str:
    """Who shares a screen, or else who is there."""
    sharing = [p.name for p in timeline.people if p.has_track("screen", at_us)]
    if sharing:
        return f"{', '.join(sharing)}: screen"
    return ", ".join(p.name for p in timeline.people if p.is_present(at_us)) or "-"
