"""Chapters of a recording, from its timeline: the beginning, and each shared screen.
Pure."""

from dataclasses import dataclass
from itertools import pairwise

from recordings.timeline import Timeline

SHORTEST_US = 5_000_000  # what is shorter is no chapter of its own


@dataclass(frozen=True, slots=True)
class Chapter:
    """``names``: who shares a screen, or else who is there."""

    start_us: int
    end_us: int
    names: tuple[str, ...]
    is_screen: bool

    @property
    def title(self) -> str:
        names = ", ".join(self.names) or "-"
        return f"{names}: screen" if self.is_screen else names


def chapters_of(timeline: Timeline, start_us: int, end_us: int) -> list[Chapter]:
    """Without gaps. Empty where nothing divides the recording."""
    marks = [(start_us, _shown(timeline, start_us))]
    for at_us in sorted(_changes(timeline)):
        if not marks[-1][0] < at_us < end_us - SHORTEST_US:
            continue
        shown = _shown(timeline, at_us)
        if at_us - marks[-1][0] < SHORTEST_US:
            marks[-1] = (marks[-1][0], shown)
        elif shown != marks[-1][1]:
            marks.append((at_us, shown))
    if len(marks) == 1:
        return []
    starts = [*(since_us for since_us, _shown in marks), end_us]
    return [
        Chapter(since_us, until_us, *shown)
        for (since_us, until_us), (_since, shown) in zip(
            pairwise(starts), marks, strict=True
        )
    ]


def _changes(timeline: Timeline) -> set[int]:
    return {
        at_us
        for person in timeline.people
        for track in person.tracks
        if track.kind == "screen"
        for at_us in (track.start_us, track.end_us)
    }


def _shown(timeline: Timeline, at_us: int) -> tuple[tuple[str, ...], bool]:
    """Names, and whether it is their screens."""
    sharing = tuple(p.name for p in timeline.people if p.has_track("screen", at_us))
    if sharing:
        return sharing, True
    return tuple(p.name for p in timeline.people if p.is_present(at_us)), False
