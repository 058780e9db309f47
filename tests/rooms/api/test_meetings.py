"""/meetings/ and what is under it."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from conference.models import User
from rooms.models import Invitee, MailState, Meeting, Room
from tests.rooms.api.conftest import ClientOf
from tests.rooms.meetings import GRACE, HEIDI, in_days, scheduled

MEETINGS = "/api/v1/meetings/"


@pytest.fixture
def meeting(room: Room, alice: User) -> Meeting:
    return scheduled(room, alice, [GRACE], rule="FREQ=WEEKLY")


def body(where: Room, **fields: Any) -> dict[str, Any]:
    return {
        "room": where.slug,
        "title": "Planning",
        "starts_at": f"{in_days(7):%Y-%m-%dT%H:%M}",
        "time_zone": "Europe/Berlin",
        "duration_minutes": 30,
    } | fields


def address(meeting: Meeting) -> str:
    return f"{MEETINGS}{meeting.pk}/"


def test_post_schedules_by_wall_time(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    sent = body(
        room,
        starts_at="2027-03-23T10:00",
        rule="RRULE:freq=weekly;until=20270331",
        invitees=[{"email": "Grace@Example.com", "name": "Grace"}],
    )
    answer = client_of(alice).post(MEETINGS, sent)
    assert answer.status_code == 201
    meeting = Meeting.objects.get()
    assert answer.json() == {
        "id": str(meeting.pk),
        "room": room.slug,
        "title": "Planning",
        "description": "",
        "starts_at": "2027-03-23T10:00:00+01:00",
        "time_zone": "Europe/Berlin",
        "duration_minutes": 30,
        "rule": "FREQ=WEEKLY;UNTIL=20270331T215959Z;BYDAY=TU",
        "ends_at": "2027-03-30T08:30:00Z",
        "organiser": "Alice",
        "sequence": 0,
        "created_at": meeting.created_at.isoformat().replace("+00:00", "Z"),
        "cancelled_at": None,
    }
    assert str(meeting.invitees.get()) == "Grace <grace@example.com>"


def test_post_takes_a_time_with_an_offset(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    sent = body(room, starts_at="2027-07-01T12:00:00Z", time_zone="America/New_York")
    answer = client_of(alice).post(MEETINGS, sent).json()
    assert answer["starts_at"] == "2027-07-01T08:00:00-04:00"


@pytest.mark.parametrize(
    ("fields", "attr", "detail"),
    [
        ({"title": " "}, "title", "This field may not be blank."),
        ({"title": "a\u0007"}, "title", "A title has 1 to 200 characters."),
        ({"starts_at": "2020-01-01T10:00Z"}, "starts_at", "That is in the past"),
        ({"starts_at": "0001-01-01T00:00+14:00"}, "starts_at", "within ten years"),
        ({"starts_at": "9999-12-31T23:59-12:00"}, "starts_at", "within ten years"),
        ({"starts_at": "soon"}, "starts_at", "Datetime has wrong format"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "There is no time zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone", "There is no time zone"),
        ({"duration_minutes": 0}, "duration_minutes", "greater than or equal to 1"),
        ({"rule": "FREQ=SECONDLY"}, "rule", "repeats daily, weekly"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "rule", "never occurs"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "never occurs"),
        ({"rule": "FREQ=DAILY;COUNT=3;UNTIL=20300101"}, "rule", "not both"),
        ({"rule": "FREQ=DAILY;COUNT=100000"}, "rule", "after 1 to 500 times"),
        ({"rule": "FREQ=DAILY;UNTIL=29990101"}, "rule", "within ten years"),
        ({"rule": "FREQ=DAILY;BYHOUR=3"}, "rule", "not supported: BYHOUR"),
        ({"rule": "FREQ=DAILY;WKST=MO\nEXDATE:2026"}, "rule", "not a valid RRULE"),
        ({"rule": "yes"}, "rule", "not a valid RRULE"),
        ({"room": "no-such-room"}, "room", "There is no such room"),
        (
            {"invitees": [{"email": f"{n}@x.org"} for n in range(501)]},
            "invitees",
            "500",
        ),
        ({"invitees": [{"email": "x"}]}, "invitees.0.email", "valid email"),
    ],
)
def test_post_of_what_cannot_be_names_the_field_and_saves_nothing(
    client_of: ClientOf,
    room: Room,
    alice: User,
    fields: dict[str, Any],
    attr: str,
    detail: str,
) -> None:
    answer = client_of(alice).post(MEETINGS, body(room, **fields))
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["attr"] == attr
    assert detail in error["detail"]
    assert not Meeting.objects.exists()
    assert not Invitee.objects.exists()


def test_post_is_for_hosts(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    assert client_of(bob).post(MEETINGS, body(room)).status_code == 403
    answer = client_of(charlie).post(MEETINGS, body(room))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "room"
    assert client_of(None).post(MEETINGS, body(room)).status_code == 401
    assert not Meeting.objects.exists()


def test_get_lists_what_one_may_see(
    client_of: ClientOf, room: Room, alice: User, bob: User, charlie: User
) -> None:
    weekly = scheduled(room, alice, rule="FREQ=WEEKLY")
    once = scheduled(room, alice, start=in_days(3))

    def found(query: str = "", user: User = bob) -> list[str]:
        page = client_of(user).get(f"{MEETINGS}{query}").json()
        return [one["id"] for one in page["results"]]

    assert found() == [str(once.pk), str(weekly.pk)]
    assert found(user=charlie) == []
    assert found("?room=other") == []
    assert found(f"?after={in_days(5):%Y-%m-%d}T00:00:00Z") == [str(weekly.pk)]
    assert found(f"?before={in_days(5):%Y-%m-%d}T00:00:00Z") == [str(once.pk)]
    assert found("?cancelled=true") == []
    assert client_of(bob).get(f"{MEETINGS}?after=x").status_code == 400


def test_get_one_is_for_who_may_see_it(
    client_of: ClientOf, meeting: Meeting, bob: User, charlie: User
) -> None:
    assert client_of(bob).get(address(meeting)).json()["title"] == "Weekly sync"
    assert client_of(charlie).get(address(meeting)).status_code == 404
    assert client_of(None).get(address(meeting)).status_code == 401


def test_patch_changes_what_is_given(
    client_of: ClientOf, meeting: Meeting, alice: User, bob: User, charlie: User
) -> None:
    change = {"duration_minutes": 45}
    assert client_of(bob).patch(address(meeting), change).status_code == 403
    assert client_of(charlie).patch(address(meeting), change).status_code == 404
    answer = client_of(alice).patch(address(meeting), change).json()
    assert (answer["duration_minutes"], answer["sequence"]) == (45, 1)
    assert answer["title"] == "Weekly sync"
    wrong = client_of(alice).patch(address(meeting), {"rule": "FREQ=NEVER"})
    assert wrong.status_code == 400
    meeting.refresh_from_db()
    assert meeting.sequence == 1


def test_delete_cancels(
    client_of: ClientOf, meeting: Meeting, alice: User, bob: User
) -> None:
    assert client_of(bob).delete(address(meeting)).status_code == 403
    assert client_of(alice).delete(address(meeting)).status_code == 204
    assert client_of(bob).get(address(meeting)).json()["cancelled_at"]
    again = client_of(alice).delete(address(meeting))
    assert again.status_code == 409
    assert again.json()["errors"][0]["code"] == "meeting_cancelled"


def test_occurrences_come_in_pages_and_without_cancelled_days(
    client_of: ClientOf, meeting: Meeting, alice: User, bob: User
) -> None:
    second = meeting.start_date + timedelta(days=7)
    one_day = f"{address(meeting)}occurrences/{second}/"
    assert client_of(bob).delete(one_day).status_code == 403
    assert client_of(alice).delete(one_day).status_code == 204
    assert client_of(alice).delete(one_day).status_code == 409
    wrong = client_of(alice).delete(f"{address(meeting)}occurrences/some/")
    assert wrong.status_code == 404
    dates: list[str] = []
    page_url = f"{address(meeting)}occurrences/?page_size=2"
    for _page in range(3):
        page = client_of(bob).get(page_url).json()
        dates += [one["date"] for one in page["results"]]
        page_url = page["next"]
    weeks = [0, 2, 3, 4, 5, 6]
    expected = [meeting.start_date + timedelta(days=7 * week) for week in weeks]
    assert [date.fromisoformat(one) for one in dates] == expected


def test_the_last_day_is_not_cancelled_alone(
    client_of: ClientOf, room: Room, alice: User
) -> None:
    once = scheduled(room, alice)
    answer = client_of(alice).delete(f"{address(once)}occurrences/{once.start_date}/")
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "last_occurrence"


def test_calendar_file_is_for_who_may_see_the_meeting(
    client_of: ClientOf, meeting: Meeting, bob: User, charlie: User
) -> None:
    file = f"{address(meeting)}calendar.ics"
    assert client_of(charlie).get(file).status_code == 404
    answer = client_of(bob).get(file, headers={"Accept": "text/calendar"})
    assert answer.headers["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    assert calendar["method"] == "PUBLISH"
    [event] = calendar.events
    assert "attendee" not in event


def test_invitees_are_seen_by_members_and_changed_by_hosts(
    client_of: ClientOf, meeting: Meeting, alice: User, bob: User, charlie: User
) -> None:
    invitees = f"{address(meeting)}invitees/"
    assert client_of(charlie).get(invitees).status_code == 404
    [grace] = client_of(bob).get(invitees).json()["results"]
    assert (grace["email"], grace["state"]) == ("grace@example.com", "queued")
    heidi = {"email": HEIDI.email}
    assert client_of(bob).post(invitees, heidi).status_code == 403
    made = client_of(alice).post(invitees, heidi)
    assert (made.status_code, made.json()["notice"]) == (201, "request")
    one = f"{invitees}{made.json()['id']}/"
    assert client_of(alice).post(f"{one}send/").status_code == 409
    Invitee.objects.filter(email=HEIDI.email).update(state=MailState.FAILED)
    assert client_of(alice).post(f"{one}send/").json()["state"] == "queued"
    assert client_of(bob).delete(one).status_code == 403
    assert client_of(alice).delete(one).status_code == 204
    assert client_of(alice).delete(one).status_code == 404
    assert not Invitee.objects.filter(email=HEIDI.email).exists()
