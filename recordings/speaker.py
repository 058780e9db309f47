"""Who has the floor, from who was heard when. Pure.

A cough does not take it: it goes to whoever has spoken for ``TAKE_US`` while the
holder was silent, or for ``INTERRUPT_US`` while they were not, and stays for at least
``HOLD_US``. In silence it stays where it is.
"""

from collections.abc import Iterator

from recordings.timeline import Timeline, covers

TAKE_US = 800_000
INTERRUPT_US = 3_000_000
HOLD_US = 2_000_000

Floor = list[tuple[int, int]]  # (from, participant number), in order of time


def floor_of(timeline: Timeline) -> Floor:
    people = {person.number: person for person in timeline.people}
    floor: Floor = []
    for at_us, number, interrupts in sorted(_claims(timeline)):
        if floor:
            since_us, holder = floor[-1]
            if holder == number or at_us < since_us + HOLD_US:
                continue
            if not interrupts and covers(people[holder].speaking, at_us):
                continue
        floor.append((at_us, number))
    return floor


def _claims(timeline: Timeline) -> Iterator[tuple[int, int, bool]]:
    """When somebody could take the floor: again and again as they go on speaking."""
    for person in timeline.people:
        for start_us, end_us in person.speaking:
            at_us = start_us + TAKE_US
            while at_us <= end_us:
                yield at_us, person.number, at_us - start_us >= INTERRUPT_US
                at_us += TAKE_US


def speaker_at(floor: Floor, at_us: int) -> int | None:
    holder = None
    for since_us, number in floor:
        if since_us > at_us:
            break
        holder = number
    return holder
