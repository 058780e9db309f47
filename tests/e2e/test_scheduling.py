"""From signing up to a weekly meeting in the calendars of the people invited."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.conf import settings
from playwright.sync_api import Page, expect

from rooms.models import Meeting
from tests.browser import go
from tests.mail import MailServer, calendar_of, mail_server
from tests.server import Server, product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BERLIN = ZoneInfo("Europe/Berlin")
MAILS_MS = 30_000  # for the workers, on a busy machine


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def whole(transactional_db: None, mails: MailServer) -> Iterator[Server]:
    folder = Path(settings.DATA_DIR)
    address = f"smtp://127.0.0.1:{mails.port}"
    with product(folder, EMAIL_URL=address) as server:
        yield server


def next_change() -> date:
    """The day on which the clocks change next in Berlin, if not within ten days."""
    day = datetime.now(BERLIN).date() + timedelta(days=10)
    while offset(day) == offset(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day


def offset(day: date) -> timedelta | None:
    return datetime.combine(day, time(12), BERLIN).utcoffset()


def sign_up(page: Page, site: str) -> None:
    go(page, f"{site}/accounts/signup/")
    page.get_by_label("Email").fill("dora@example.com")
    page.get_by_label("Password").first.fill("correct horse battery")
    page.get_by_label("Your name").fill("Dora")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("button", name="New meeting")).to_be_visible()


def schedule(page: Page, first: date) -> None:
    page.goto(page.url + "meetings/")
    page.get_by_role("link", name="Schedule a meeting").first.click()
    page.get_by_label("Title").fill("Weekly sync")
    page.get_by_label("Date", exact=True).fill(first.isoformat())
    page.get_by_label("Time", exact=True).fill("10:00")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Repeats").select_option(label="Weekly on chosen days")
    expect(page.get_by_text("Every week on")).to_be_visible()
    page.get_by_label("Invite people").fill(
        "Grace <grace@example.com>\nheidi@example.com"
    )
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_role("heading", name="Weekly sync")).to_be_visible()


def test_sign_up_to_a_weekly_meeting_in_calendars(
    whole: Server, page: Page, mails: MailServer
) -> None:
    change = next_change()
    first = change - timedelta(days=3)
    sign_up(page, whole.url)
    schedule(page, first)
    expect(page.get_by_text("Told", exact=True)).to_have_count(2, timeout=MAILS_MS)

    assert len(mails.to("heidi@example.com")) == 1
    [mail] = mails.to("grace@example.com")
    assert mail["Subject"] == "Invitation: Weekly sync"
    body = mail.get_body(("plain",))
    room = Meeting.objects.get().room
    assert body is not None
    assert f"{whole.url}/rooms/{room.slug}/" in body.get_content()
    check_calendar(mail, first)

    page.get_by_role("button", name="Cancel the meeting").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the meeting").click()
    expect(page.get_by_text("The meeting is cancelled.")).to_be_visible()
    expect(page.get_by_text("Told", exact=True)).to_have_count(2, timeout=MAILS_MS)
    _invitation, cancelled = mails.to("heidi@example.com")
    calendar = calendar_of(cancelled)
    assert calendar["method"] == "CANCEL"
    assert calendar.events[0]["sequence"] == 1


def check_calendar(mail: EmailMessage, first: date) -> None:
    """Two days of the series, one before and one after the clocks change."""
    calendar = calendar_of(mail)
    assert calendar["method"] == "REQUEST"
    found = recurring_ical_events.of(calendar).between(first, first + timedelta(days=9))
    before, after = (event.start for event in found)
    expected = [datetime.combine(first, time(10), BERLIN)]
    expected += [datetime.combine(first + timedelta(days=7), time(10), BERLIN)]
    assert [before, after] == expected
    hours = (after.astimezone(UTC) - before.astimezone(UTC)) / timedelta(hours=1)
    assert hours in (7 * 24 - 1, 7 * 24 + 1)
