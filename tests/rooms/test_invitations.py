"""Mails to invitees, through a real SMTP server."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from conference.errors import Conflict
from conference.models import User
from rooms.access import Access, Action, access_room
from rooms.models import Invitee, MailState, Meeting, Room
from rooms.rules.invitations import send_again
from rooms.rules.rooms import archive_room, delete_room
from rooms.rules.scheduling import (
    cancel_meeting,
    cancel_occurrence,
    change_meeting,
)
from tests.mail import MailServer, calendar_of, mail_server
from tests.rooms.meetings import (
    GRACE,
    HEIDI,
    mails_sent,
    plan,
    scheduled,
    send_what_is_due,
)


@pytest.fixture
def mails(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        yield server


@pytest.fixture
def access(room: Room, alice: User) -> Access:
    return access_room(room.slug, alice, Action.SCHEDULE)


@pytest.fixture
def meeting(room: Room, alice: User, mails: MailServer) -> Meeting:
    """A weekly one, of which Grace and Heidi have been told."""
    with mails_sent():
        return scheduled(room, alice, [GRACE, HEIDI], rule="FREQ=WEEKLY;COUNT=4")


def state_of(email: str) -> tuple[str, int | None]:
    invitee = Invitee.objects.get(email=email)
    return invitee.state, invitee.sent_sequence


def test_invitation_names_time_place_and_people(
    meeting: Meeting, mails: MailServer
) -> None:
    assert len(mails.mails) == 2
    [mail] = mails.to("grace@example.com")
    assert mail["Subject"] == "Invitation: Weekly sync"
    assert mail["To"] == "Grace <grace@example.com>"
    assert mail["Reply-To"] == "alice@example.com"
    assert mail["From"].startswith("Alice via Conference <")
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"/rooms/{meeting.room.slug}/" in body.get_content()
    assert "Every week on" in body.get_content()
    html = mail.get_body(("html",))
    assert html is not None
    assert (
        f'href="http://127.0.0.1:8000/rooms/{meeting.room.slug}/"' in html.get_content()
    )
    calendar = calendar_of(mail)
    assert calendar["method"] == "REQUEST"
    [event] = calendar.events
    assert event["uid"] == str(meeting.pk)
    assert event["sequence"] == 0
    assert event["attendee"] == "mailto:grace@example.com"
    assert event["organizer"] == "mailto:alice@example.com"
    assert meeting.first_starts_at == event.DTSTART
    assert state_of("grace@example.com") == (MailState.SENT, 0)


def test_a_mail_speaks_the_language_of_whom_it_is_for(
    room: Room, alice: User, mails: MailServer
) -> None:
    grace = User.objects.create_user("grace@example.com")
    grace.language = "de"
    grace.save()
    with mails_sent():
        scheduled(room, alice, [GRACE, HEIDI], rule="FREQ=WEEKLY;COUNT=4")
    [german], [english] = mails.to("grace@example.com"), mails.to("heidi@example.com")
    assert german["Subject"] == "Einladung: Weekly sync"
    assert english["Subject"] == "Invitation: Weekly sync"
    body = german.get_body(("plain",))
    assert body is not None
    assert ", 4 Mal" in body.get_content()


def test_change_is_sent_with_the_next_sequence(
    meeting: Meeting, access: Access, mails: MailServer
) -> None:
    with mails_sent():
        change_meeting(access, meeting, plan(title="Retrospective", rule=meeting.rule))
    first, second = mails.to("grace@example.com")
    assert second["Subject"] == "Changed: Retrospective"
    [event] = calendar_of(second).events
    assert event["sequence"] == 1
    assert event["uid"] == calendar_of(first).events[0]["uid"]


def test_what_changes_nothing_is_not_told(
    meeting: Meeting, access: Access, mails: MailServer
) -> None:
    with mails_sent():
        change_meeting(access, meeting, plan(rule=meeting.rule))
    assert len(mails.mails) == 2
    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_who_comes_and_who_goes_is_told_alone(
    meeting: Meeting, access: Access, mails: MailServer
) -> None:
    mails.mails.clear()
    ivan = type(GRACE)("ivan@example.com")
    with mails_sent():
        change_meeting(access, meeting, plan(rule=meeting.rule), [GRACE, ivan])
    assert not mails.to("grace@example.com")
    [parted] = mails.to("heidi@example.com")
    assert calendar_of(parted)["method"] == "CANCEL"
    assert parted["Subject"] == "Cancelled: Weekly sync"
    [invited] = mails.to("ivan@example.com")
    assert calendar_of(invited)["method"] == "REQUEST"
    emails = meeting.invitees.values_list("email", flat=True)
    assert set(emails) == {"grace@example.com", "ivan@example.com"}


def test_cancelled_meeting_is_cancelled_in_calendars(
    meeting: Meeting, access: Access, mails: MailServer
) -> None:
    mails.mails.clear()
    with mails_sent():
        cancel_meeting(access, meeting)
    assert len(mails.mails) == 2
    calendar = calendar_of(mails.to("grace@example.com")[0])
    assert calendar["method"] == "CANCEL"
    [event] = calendar.events
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)


def test_one_cancelled_day_is_named_and_left_out_from_then_on(
    meeting: Meeting, access: Access, mails: MailServer
) -> None:
    mails.mails.clear()
    day = meeting.start_date + timedelta(days=7)
    with mails_sent():
        cancel_occurrence(access, meeting, day)
    calendar = calendar_of(mails.to("grace@example.com")[0])
    assert calendar["method"] == "CANCEL"
    [event] = calendar.events
    at = datetime.combine(day, meeting.start_time, meeting.schedule.zone)
    assert at == event.RECURRENCE_ID
    assert event["sequence"] == 1
    mails.mails.clear()
    with mails_sent():
        change_meeting(access, meeting, plan(title="Other", rule=meeting.rule))
    [event] = calendar_of(mails.to("grace@example.com")[0]).events
    assert event["sequence"] == 2
    assert event.exdates == [at]


def test_refused_for_good_is_failed_with_the_servers_words(
    room: Room, alice: User, mails: MailServer
) -> None:
    mails.refusals["grace@example.com"] = "550 No such mailbox"
    with mails_sent():
        meeting = scheduled(room, alice, [GRACE, HEIDI])
    grace = Invitee.objects.get(email="grace@example.com")
    assert grace.state == MailState.FAILED
    assert grace.reason == "550 No such mailbox"
    assert state_of("heidi@example.com") == (MailState.SENT, 0)
    mails.refusals.clear()
    access = access_room(room.slug, alice, Action.SCHEDULE)
    with mails_sent():
        send_again(access, meeting, grace.pk)
    assert state_of("grace@example.com") == (MailState.SENT, 0)
    assert len(mails.to("grace@example.com")) == 1


def test_refused_for_now_is_tried_again_later(
    room: Room, alice: User, mails: MailServer
) -> None:
    mails.refusals["grace@example.com"] = "451 Come back later"
    with mails_sent():
        scheduled(room, alice, [GRACE])
    grace = Invitee.objects.get()
    assert (grace.state, grace.tries) == (MailState.QUEUED, 1)
    assert grace.reason == "451 Come back later"
    assert grace.due_at > timezone.now()
    mails.refusals.clear()
    Invitee.objects.update(due_at=timezone.now())
    send_what_is_due()
    assert state_of("grace@example.com") == (MailState.SENT, 0)


def test_server_that_is_not_there_fails_after_the_last_try(
    room: Room, alice: User, settings: Settings
) -> None:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
    with mails_sent():
        scheduled(room, alice, [GRACE, HEIDI])
    for _try in range(4):
        Invitee.objects.update(due_at=timezone.now())
        send_what_is_due()
    for invitee in Invitee.objects.all():
        assert (invitee.state, invitee.tries) == (MailState.FAILED, 5)
        assert "refused" in invitee.reason


def test_title_and_names_cannot_write_headers(
    room: Room, alice: User, mails: MailServer
) -> None:
    alice.name = "Alice\r\nBcc: mallory@example.com"
    alice.save()
    with mails_sent():
        scheduled(room, alice, [GRACE], title="Sync\r\nBcc: mallory@example.com")
    [mail] = mails.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Invitation: Sync Bcc: mallory@example.com"


def test_room_with_people_to_come_stays_until_they_are_told(
    meeting: Meeting, access: Access, room: Room
) -> None:
    for close in (archive_room, delete_room):
        with pytest.raises(Conflict) as refused:
            close(room)
        assert refused.value.code == "meetings_to_come"
    cancel_meeting(access, meeting)
    archive_room(room)
    delete_room(room)
    assert not Meeting.objects.exists()
