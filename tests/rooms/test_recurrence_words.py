"""When a meeting takes place, as people say it."""

from datetime import datetime, timedelta

import pytest

from rooms.recurrence import Schedule, fit
from rooms.recurrence_words import first_words, rule_words

TUESDAY = datetime(2026, 12, 8, 10)


def schedule(rule: str = "") -> Schedule:
    zone, half_hour = "America/New_York", timedelta(minutes=30)
    return fit(Schedule(TUESDAY, zone, half_hour, rule))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", ""),
        ("FREQ=DAILY", "Every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=1", "Every 3 days, 1 time"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday, Monday to Friday"),
        ("FREQ=WEEKLY", "Every week on Tuesday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270331",
            "Every 2 weeks on Tuesday and Thursday, until March 31, 2027",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=8;COUNT=5", "Every month on day 8, 5 times"),
        ("FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=-1TU", "Every month on the last Tuesday"),
        ("FREQ=YEARLY", "Every year"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,8",
            "Repeats by a rule of its own: FREQ=MONTHLY;BYMONTHDAY=1,8",
        ),
    ],
)
def test_rules_are_said_in_words(rule: str, words: str) -> None:
    assert rule_words(schedule(rule)) == words


def test_first_day_is_said_with_its_zone() -> None:
    said = first_words(schedule())
    assert said == "Tuesday, Dec. 8, 2026, 10 a.m. - 10:30 a.m. (America/New York)"
