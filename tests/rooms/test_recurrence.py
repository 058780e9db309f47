"""Recurrence by wall time, against what calendars make of the same file."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import Calendar

from conference.time_zones import is_zone, zone_names
from rooms.calendar import Entry, Method, Person, write
from rooms.recurrence import (
    HORIZON,
    WEEKDAYS,
    BadRule,
    Schedule,
    coming,
    ends_at,
    fit,
    next_occurrence,
    occurrences,
    starts_at,
)
from rooms.repeat import Pattern, Repeat, from_rule

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HALF_HOUR = timedelta(minutes=30)


def series(rule: str, start: datetime, zone: str = BERLIN) -> Schedule:
    return fit(Schedule(start, zone, HALF_HOUR, rule))


def walls(schedule: Schedule, number: int) -> list[str]:
    zone = ZoneInfo(schedule.time_zone)
    found = coming(schedule, starts_at(schedule), number)
    return [f"{one.start.astimezone(zone):%m-%d %H:%M}" for one in found]


def utc_times(schedule: Schedule, number: int) -> list[str]:
    found = coming(schedule, starts_at(schedule), number)
    return [f"{one.start:%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        (BERLIN, datetime(2027, 3, 23, 10), ["09:00", "08:00"]),  # 28 March, on
        (BERLIN, datetime(2026, 10, 20, 10), ["08:00", "09:00"]),  # 25 October, back
        (NEW_YORK, datetime(2027, 3, 9, 10), ["15:00", "14:00"]),  # 14 March, on
        (NEW_YORK, datetime(2026, 10, 27, 10), ["14:00", "15:00"]),  # 1 November, back
    ],
)
def test_wall_time_stays_when_the_clocks_change(
    zone: str, first: datetime, hours: list[str]
) -> None:
    weekly = series("FREQ=WEEKLY", first, zone)
    assert {wall[-5:] for wall in walls(weekly, 2)} == {"10:00"}
    assert [moment[-5:] for moment in utc_times(weekly, 2)] == hours


def test_time_that_the_clocks_leave_out_is_taken_as_before_they_changed() -> None:
    daily = series("FREQ=DAILY", datetime(2027, 3, 27, 2, 30))
    assert walls(daily, 3) == ["03-27 02:30", "03-28 03:30", "03-29 02:30"]


def test_time_that_comes_twice_is_the_first_of_the_two() -> None:
    daily = series("FREQ=DAILY", datetime(2026, 10, 24, 2, 30))
    assert utc_times(daily, 3) == ["10-24 00:30", "10-25 00:30", "10-26 01:30"]


def test_a_meeting_lasts_as_long_when_the_clocks_change_in_it() -> None:
    night = Schedule(datetime(2027, 3, 28, 1), BERLIN, timedelta(hours=3))
    [only] = coming(night, starts_at(night), 2)
    assert only.end - only.start == timedelta(hours=3)
    assert ends_at(night) == only.end


def test_last_day_is_counted_whole_in_the_meetings_own_zone() -> None:
    late = series("FREQ=DAILY;UNTIL=20270104", datetime(2027, 1, 1, 23), NEW_YORK)
    assert late.rule == "FREQ=DAILY;UNTIL=20270105T045959Z"
    assert walls(late, 9)[-1] == "01-04 23:00"


def test_series_begins_on_the_first_day_that_its_rule_names() -> None:
    tuesdays = series("FREQ=WEEKLY;BYDAY=TU;COUNT=2", datetime(2026, 11, 25, 10))
    assert tuesdays.start == datetime(2026, 12, 1, 10)
    assert walls(tuesdays, 9) == ["12-01 10:00", "12-08 10:00"]


def test_series_without_end_has_none_and_goes_on() -> None:
    endless = series("FREQ=WEEKLY", datetime(2020, 1, 7, 10))
    assert ends_at(endless) is None
    now = datetime(2045, 1, 1, tzinfo=UTC)
    found = next_occurrence(endless, now)
    assert found and found.date == date(2045, 1, 3)


def test_cancelled_days_are_left_out() -> None:
    weekly = Schedule(
        datetime(2026, 12, 1, 10),
        BERLIN,
        HALF_HOUR,
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        frozenset({date(2026, 12, 8)}),
    )
    assert walls(weekly, 9) == ["12-01 10:00", "12-15 10:00"]


def test_meeting_that_is_on_is_the_next() -> None:
    once = Schedule(datetime(2026, 12, 1, 10), BERLIN, HALF_HOUR)
    begin = starts_at(once)
    assert next_occurrence(once, begin + HALF_HOUR - timedelta(seconds=1))
    assert next_occurrence(once, begin + HALF_HOUR) is None


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "never"),
        ("FREQ=DAILY;UNTIL=20261130", "never"),
        ("FREQ=HOURLY", "frequency"),
        ("INTERVAL=2", "frequency"),
        ("FREQ=DAILY;BYHOUR=9", "unsupported"),
        ("FREQ=DAILY;BYDAY=MO", "unsupported"),
        ("FREQ=DAILY;COUNT=0", "number"),
        ("FREQ=DAILY;COUNT=501", "number"),
        ("FREQ=DAILY;INTERVAL=100", "number"),
        ("FREQ=DAILY;INTERVAL=٣", "number"),
        ("FREQ=YEARLY;BYMONTH=13", "number"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "two_ends"),
        ("FREQ=DAILY;UNTIL=20990101", "too_long"),
        ("FREQ=DAILY;UNTIL=tomorrow", "malformed"),
        ("FREQ=WEEKLY;BYDAY=2TU", "malformed"),
        ("FREQ=MONTHLY;BYDAY=6TU", "malformed"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "malformed"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "malformed"),
        ("FREQ=DAILY;WKST=MO\nEXDATE:20270101", "malformed"),
        ("FREQ=DAILY;FREQ=DAILY", "malformed"),
        ("FREQ", "malformed"),
        ("FREQ=DAILY;" + "X" * 200, "malformed"),
    ],
)
def test_rule_that_cannot_be_followed_says_why(rule: str, code: str) -> None:
    with pytest.raises(BadRule) as refused:
        series(rule, datetime(2026, 12, 1, 10) if code != "never" else FEBRUARY)
    assert refused.value.code == code


FEBRUARY = datetime(2027, 2, 10, 10)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_as_a_rule(text: str) -> None:
    try:
        fitted = series(f"FREQ=WEEKLY;{text}", datetime(2026, 12, 1, 10))
    except BadRule:
        return
    assert series(fitted.rule, fitted.start) == fitted


def test_zones_are_names_and_no_paths() -> None:
    assert is_zone(BERLIN)
    assert not is_zone("../../etc/passwd")
    assert not is_zone("")
    assert {BERLIN, NEW_YORK, "UTC"} <= set(zone_names())


weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@st.composite
def repeats(draw: st.DrawFn) -> Repeat:
    ends = draw(st.sampled_from(["never", "on", "after"]))
    return Repeat(
        pattern=draw(st.sampled_from(Pattern)),
        interval=draw(st.integers(1, 5)),
        weekdays=tuple(sorted(draw(weekdays), key=WEEKDAYS.index)),
        until=date(2029, 6, 30) if ends == "on" else None,
        count=draw(st.integers(1, 20)) if ends == "after" else None,
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    first = draw(days)
    start = datetime.combine(first, draw(times))
    zone = draw(st.sampled_from([BERLIN, NEW_YORK, "Asia/Kolkata", "UTC"]))
    rule = draw(repeats()).to_rule(first)
    fitted = fit(Schedule(start, zone, timedelta(minutes=45), rule))
    found = coming(fitted, starts_at(fitted), 3)
    cancelled = frozenset(one.date for one in found[1:] if draw(st.booleans()))
    return Schedule(fitted.start, zone, fitted.duration, fitted.rule, cancelled)


@given(schedules(), days)
def test_calendars_make_the_same_of_the_file(schedule: Schedule, first: date) -> None:
    low = datetime.combine(first, time(), UTC)
    high = low + timedelta(days=120)
    entry = Entry(
        uid="1",
        sequence=0,
        schedule=schedule,
        title="Sync",
        description="",
        url="https://meet.example.com/rooms/a/",
        organiser=Person("alice@example.com", "Alice"),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    calendar = Calendar.from_ical(write(entry, Method.REQUEST))
    theirs = [
        event.start.astimezone(UTC)
        for event in recurring_ical_events.of(calendar).between(low, high)
    ]
    ours = [one.start for one in occurrences(schedule, low, high)]
    assert ours == sorted(one for one in theirs if one < high)


@given(schedules(), days)
def test_ranges_that_follow_each_other_leave_out_and_repeat_nothing(
    schedule: Schedule, first: date
) -> None:
    low = datetime.combine(first, time(), UTC)
    middle, high = low + timedelta(days=40), low + timedelta(days=80)
    whole = list(occurrences(schedule, low, high))
    begun = list(occurrences(schedule, low, middle))
    later = [one for one in occurrences(schedule, middle, high) if one.start >= middle]
    assert whole == begun + later


@given(schedules())
def test_wall_time_is_that_of_the_begin_or_left_out_by_the_clocks(
    schedule: Schedule,
) -> None:
    zone = ZoneInfo(schedule.time_zone)
    for one in coming(schedule, starts_at(schedule), 60):
        wall = datetime.combine(one.date, schedule.start.time(), zone)
        exists = wall.astimezone(UTC).astimezone(zone).time() == wall.time()
        if exists:
            assert one.start.astimezone(zone).time() == schedule.start.time()


@given(repeats(), days, times)
def test_what_the_form_says_comes_back_from_the_rule(
    repeat: Repeat, first: date, clock: time
) -> None:
    start = datetime.combine(first, clock)
    try:
        schedule = fit(Schedule(start, BERLIN, HALF_HOUR, repeat.to_rule(first)))
    except BadRule:
        assume(False)
    back = from_rule(schedule.rule, schedule.start, BERLIN)
    assert back is not None
    assert back.to_rule(schedule.start.date()) == repeat.to_rule(first)
    assert (back.until, back.count) == (repeat.until, repeat.count)


def test_an_endless_series_of_years_ago_costs_no_more_than_a_new_one() -> None:
    old = series("FREQ=DAILY", datetime(1970, 1, 1, 10))
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert len(list(occurrences(old, now, now + HORIZON))) == HORIZON.days
