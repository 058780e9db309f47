"""Who was there for how long, and how much of what was said they said."""

from recordings.attendance import attendance
from recordings.timeline import Person, Timeline

MINUTE_US = 60_000_000


def person(number: int, **spans: list[tuple[int, int]]) -> Person:
    made = Person(number, str(number), f"Person {number}", "guest")
    for name, minutes in spans.items():
        in_us = [(start * MINUTE_US, end * MINUTE_US) for start, end in minutes]
        setattr(made, name, in_us)
    return made


def timeline(*people: Person) -> Timeline:
    return Timeline(0, 10 * MINUTE_US, list(people), [])


def test_times_are_added_up() -> None:
    one = person(1, present=[(0, 4), (6, 10)], speaking=[(1, 2), (7, 9)])
    two = person(2, present=[(2, 10)], speaking=[(3, 4)])
    first, second = attendance(timeline(one, two))
    assert (first.present_seconds, first.talk_seconds) == (480, 180)
    assert (first.talk_percent, second.talk_percent) == (75, 25)
    assert second.came_at.timestamp() == 120
    assert first.went_at.timestamp() == 600


def test_bars_are_parts_of_the_session() -> None:
    [one] = attendance(timeline(person(1, present=[(0, 4), (6, 12)])))
    assert [(bar.start_percent, bar.width_percent) for bar in one.present] == [
        (0, 40),
        (60, 40),
    ]


def test_what_is_short_is_still_to_be_seen() -> None:
    one = person(1, present=[(0, 10)])
    one.speaking = [(MINUTE_US, MINUTE_US + 1)]
    [shown] = attendance(timeline(one))
    assert shown.talk[0].width_percent == 0.2


def test_silence_and_nobody() -> None:
    [one] = attendance(timeline(person(1, present=[(0, 10)])))
    assert one.talk_percent == 0
    assert attendance(timeline()) == []
    assert attendance(timeline(person(1))) == []


def test_of_a_recording_only_what_is_in_it_counts() -> None:
    """Whoever came before it, spoke before it, or came after it."""
    one = person(1, present=[(0, 30)], speaking=[(2, 6), (19, 22)])
    late = person(2, present=[(25, 30)])
    part = Timeline(5 * MINUTE_US, 20 * MINUTE_US, [one, late], [])
    (shown,) = attendance(part)
    assert (shown.present_seconds, shown.talk_seconds) == (900, 120)
    assert [(bar.start_percent, bar.width_percent) for bar in shown.present] == [
        (0, 100)
    ]
