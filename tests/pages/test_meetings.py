"""The pages of meetings: who sees them, what they say, what their forms do."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from conference.models import User
from rooms.models import Invitee, MailState, Meeting, Member, Role, Room
from tests.pages.conftest import SignedIn
from tests.rooms.meetings import GRACE, in_days, scheduled


@pytest.fixture
def meeting(room: Room, alice: User) -> Meeting:
    return scheduled(room, alice, [GRACE], rule="FREQ=WEEKLY")


def typed(**fields: Any) -> dict[str, Any]:
    start = in_days(7)
    return {
        "title": "Planning",
        "date": f"{start:%Y-%m-%d}",
        "time": "10:00",
        "duration": "45",
        "time_zone": "America/New_York",
        "repeats": "never",
        "room": "",
        "invitees": "",
    } | fields


def address(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk])


def test_schedule_in_a_new_room(alice: User, signed_in: SignedIn) -> None:
    answer = signed_in(alice).post(
        "/meetings/new/",
        typed(invitees="Grace <grace@example.com>, heidi@example.com"),
        follow=True,
    )
    assert "the invitations are on their way" in answer.text
    meeting = Meeting.objects.get()
    assert (meeting.room.name, meeting.room.owner) == ("Planning", alice)
    assert (meeting.duration_minutes, meeting.rule) == (45, "")
    emails = meeting.invitees.values_list("email", flat=True)
    assert set(emails) == {"grace@example.com", "heidi@example.com"}


def test_schedule_weekly_in_a_room_of_ones_own(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    signed_in(alice).post(
        "/meetings/new/",
        typed(
            room=room.slug,
            repeats="weekly",
            interval="2",
            weekdays=["MO", "TH"],
            ends="after",
            count="6",
        ),
    )
    meeting = Meeting.objects.get()
    assert meeting.room == room
    assert meeting.rule == "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2;COUNT=6"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"date": "2020-01-01"}, "That is in the past"),
        ({"date": "2099-01-01"}, "more than ten years away"),
        ({"date": "soon"}, "Enter a valid date."),
        ({"title": ""}, "This field is required."),
        ({"duration": ""}, "This field is required."),
        ({"time_zone": "Mars/Olympus"}, "no time zone called “Mars/Olympus”"),
        (
            {"repeats": "daily", "ends": "on", "until": "2020-01-01"},
            "This repetition never occurs.",
        ),
        ({"repeats": "daily", "ends": "on"}, "Say when the repetition ends."),
        ({"repeats": "daily", "ends": "after", "count": "9999"}, "less than or equal"),
        ({"invitees": "nobody"}, "Not an e-mail address: nobody"),
        (
            {"invitees": "\n".join(f"p{n}@example.com" for n in range(1000))},
            "At most 500 people can be invited; these are 1000.",
        ),
        ({"room": "not-mine"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_saves_nothing(
    alice: User, signed_in: SignedIn, fields: dict[str, str], sentence: str
) -> None:
    answer = signed_in(alice).post("/meetings/new/", typed(**fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert not Meeting.objects.exists()
    assert not Room.objects.exists()


def test_change_keeps_what_the_form_shows(
    alice: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    page = alices.get(f"{address(meeting)}edit/")
    assert "Grace &lt;grace@example.com&gt;" in page.text
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None}
    alices.post(f"{address(meeting)}edit/", sent)
    before, after = meeting, Meeting.objects.get()
    assert (after.rule, after.start, after.sequence) == (before.rule, before.start, 0)
    alices.post(f"{address(meeting)}edit/", sent | {"title": "Other"})
    after = Meeting.objects.get()
    assert (after.title, after.sequence) == ("Other", 1)


def test_cancel_one_day_and_then_all(
    alice: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    day = f"{address(meeting)}occurrences/{meeting.start_date}/cancel/"
    answer = alices.post(day, follow=True)
    assert "The meeting does not take place on this day." in answer.text
    assert meeting.cancelled_occurrences.get().date == meeting.start_date
    answer = alices.post(f"{address(meeting)}cancel/", follow=True)
    assert "The meeting is cancelled." in answer.text
    answer = alices.post(f"{address(meeting)}cancel/", follow=True)
    assert "This meeting is cancelled." in answer.text


def test_member_sees_but_does_not_schedule(
    bob: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    bobs = signed_in(bob)
    page = bobs.get(address(meeting))
    assert "Every week on" in page.text
    assert "Cancel the meeting" not in page.text
    assert bobs.get(f"{address(meeting)}edit/").status_code == 403
    assert bobs.post(f"{address(meeting)}cancel/").status_code == 403
    answer = bobs.post("/meetings/new/", typed(room=meeting.room.slug))
    assert "Select a valid choice." in answer.text


def test_host_schedules_in_the_room_of_another(
    bob: User, room: Room, signed_in: SignedIn
) -> None:
    Member.objects.update(role=Role.HOST)
    signed_in(bob).post("/meetings/new/", typed(room=room.slug))
    assert Meeting.objects.get().organiser == bob


def test_outsider_finds_nothing(
    charlie: User, client: Client, meeting: Meeting, signed_in: SignedIn
) -> None:
    charlies = signed_in(charlie)
    assert charlies.get(address(meeting)).status_code == 404
    assert charlies.get(f"{address(meeting)}edit/").status_code == 404
    assert charlies.get(f"{address(meeting)}calendar.ics").status_code == 404
    assert charlies.post(f"{address(meeting)}cancel/").status_code == 404
    assert address(meeting) not in charlies.get("/meetings/").text
    assert address(meeting) not in charlies.get("/").text
    assert client.get("/meetings/").headers["Location"].startswith("/accounts/login/")


def test_mail_that_failed_says_why_and_is_sent_again(
    alice: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    Invitee.objects.update(state=MailState.FAILED, reason="550 No such mailbox")
    alices = signed_in(alice)
    assert "550 No such mailbox" in alices.get(address(meeting)).text
    grace = Invitee.objects.get()
    alices.post(f"{address(meeting)}invitees/{grace.pk}/send/")
    grace.refresh_from_db()
    assert grace.state == MailState.QUEUED
    assert "hx-trigger" in alices.get(f"{address(meeting)}invitees/").text


def test_agenda_is_by_day_and_comes_in_pages(
    bob: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    bobs = signed_in(bob)
    page = bobs.get("/meetings/")
    assert page.text.count(f'href="{address(meeting)}"') == 30
    later = bobs.get("/meetings/", {"from": page.context["agenda"].more.isoformat()})
    assert later.text.count(f'href="{address(meeting)}"') == 30
    first, last = later.context["agenda"].entries[0], page.context["agenda"].entries[-1]
    assert first.start - last.start > timedelta(days=6)


@pytest.mark.parametrize("query", ["from=x", "view=month&month=2026-13", "from=2026"])
def test_page_that_is_none_is_not_found(
    alice: User, signed_in: SignedIn, query: str
) -> None:
    assert signed_in(alice).get(f"/meetings/?{query}").status_code == 404


def test_month_shows_each_day_of_a_series(
    alice: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    month = meeting.first_starts_at + timedelta(days=45)
    page = signed_in(alice).get(f"/meetings/?view=month&month={month:%Y-%m}")
    assert page.text.count(f'href="{address(meeting)}"') >= 4


def test_month_leads_from_a_full_day_to_the_agenda(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    start = in_days(7)
    for number in range(6):
        scheduled(room, alice, title=f"Number {number}", start=start)
    alices = signed_in(alice)
    page = alices.get(f"/meetings/?view=month&month={start:%Y-%m}")
    assert "2 more" in page.text
    assert "Number 3" in page.text
    assert "Number 4" not in page.text
    [day] = [
        day
        for week in page.context["weeks"]
        for day in week
        if day.date == start.date()
    ]
    agenda = alices.get("/meetings/", {"from": day.midnight.isoformat()})
    assert "Number 5" in agenda.text


def test_past_holds_what_is_over(
    alice: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    assert address(meeting) not in alices.get("/meetings/?when=past").text
    begun = meeting.first_starts_at - timedelta(days=21)
    Meeting.objects.update(first_starts_at=begun, start_date=begun.date())
    page = alices.get("/meetings/?when=past")
    assert address(meeting) in page.text
    ends = [entry.occurrence.end for entry in page.context["agenda"].entries]
    assert len(ends) >= 2
    assert ends == sorted(ends, reverse=True)
    assert ends[0] <= timezone.now()


def test_home_says_what_is_next(
    bob: User, meeting: Meeting, signed_in: SignedIn
) -> None:
    assert address(meeting) in signed_in(bob).get("/").text


def test_lists_take_as_many_queries_for_many_meetings_as_for_few(
    alice: User,
    room: Room,
    signed_in: SignedIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        scheduled(room, alice, [GRACE], title=f"Number {number}", rule="FREQ=DAILY")
    alices = signed_in(alice)
    for page in ("/meetings/", "/meetings/?view=month", "/meetings/?when=past"):
        with django_assert_max_num_queries(6):
            assert alices.get(page).status_code == 200


def test_preview_says_when(alice: User, signed_in: SignedIn) -> None:
    alices = signed_in(alice)
    answer = alices.post("/meetings/preview/", typed(repeats="weekdays"))
    assert "Every weekday, Monday to Friday" in answer.text
    answer = alices.post("/meetings/preview/", typed(time_zone="Mars/Olympus"))
    assert "no time zone called" in answer.text


@pytest.mark.parametrize(
    ("profile", "cookie", "shown"),
    [
        ("", "Asia/Kolkata", "2:30 p.m."),
        ("America/New_York", "Asia/Kolkata", "4 a.m."),
        ("", "../../etc/passwd", "9 a.m."),
    ],
)
def test_times_are_in_the_zone_of_the_profile_or_else_of_the_browser(
    alice: User, room: Room, signed_in: SignedIn, profile: str, cookie: str, shown: str
) -> None:
    scheduled(room, alice, start=winter())
    User.objects.update(time_zone=profile)
    alices = signed_in(alice)
    alices.cookies["time_zone"] = cookie
    assert shown in alices.get("/meetings/").text


def winter() -> datetime:
    """Ten o'clock on a day of the coming winter, when Berlin is at UTC+1."""
    year = timezone.now().year + 1
    return datetime(year, 1, 15, 10)
