"""axe finds nothing on any page, in either theme (WCAG 2.2 A and AA, best practice),
and nothing must be scrolled sideways on the narrowest of screens.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from conference.admin_rows import list_address
from conference.models import User
from recordings.models import (
    AuditAction,
    AuditEntry,
    Export,
    Recording,
    Segment,
    ShareLink,
)
from rooms.models import ChatMessage, MailState, Room
from tests.pages.axe import (
    NARROW,
    violations,
    violations_as_it_is,
    violations_in_admin,
)
from tests.rooms.meetings import GRACE, HEIDI, scheduled
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("collected")]

TIMEOUT_MS = 120_000


@pytest.fixture(autouse=True)
def patient(page: Page, alices_page: Page) -> None:
    """A busy machine takes its time."""
    for one in (page, alices_page):
        one.set_default_timeout(TIMEOUT_MS)
        one.set_default_navigation_timeout(TIMEOUT_MS)


@pytest.fixture
def alices_page(browser: Browser, server: Server, alice: User) -> Iterator[Page]:
    """Alice is signed in."""
    client = Client()
    client.force_login(alice)
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(base_url=server.url, reduced_motion="reduce") as context:
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        yield context.new_page()


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_pages_for_everyone(page: Page, server: Server, path: str) -> None:
    page.goto(f"{server.url}{path}")
    assert violations(page) == []


def test_start_page(alices_page: Page, room: Room) -> None:
    alices_page.goto("/")
    alices_page.get_by_text(room.name).wait_for()
    assert violations(alices_page) == []


PAGES = (
    "/rooms/",
    "/rooms/?search=nothing",
    "/rooms/{room}/settings/",
    "/rooms/{room}/delete/",
    "/rooms/{room}/live/",
    "/recordings/",
    "/recordings/?search=nothing",
    "/recordings/chosen/?to=delete&recording={recording}",
    "/recordings/chosen/?to=download&recording={recording}",
    "/sessions/{session}/people/",
    "/meetings/",
    "/meetings/?view=month",
    "/meetings/new/",
    "/account/",
    "/account/keys/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/api/v1/docs/",
    "/nothing/",
)


@pytest.mark.parametrize("path", PAGES)
def test_own_pages(alices_page: Page, recording: Recording, path: str) -> None:
    session = recording.session
    alices_page.goto(
        path.format(room=session.room.slug, recording=recording.pk, session=session.pk)
    )
    assert violations(alices_page) == []


def test_shared_recordings(
    page: Page, alices_page: Page, server: Server, recording: Recording
) -> None:
    until = timezone.now() + timedelta(days=1)
    ended = timezone.now() - timedelta(days=1)
    for expires_at, password in ((until, ""), (until, "a hash"), (ended, "")):
        link = ShareLink.objects.create(
            recording=recording, expires_at=expires_at, password=password
        )
        page.goto(f"{server.url}/shared/{link.token}/")
        assert violations(page) == []
    go_to_recording(alices_page, recording)
    alices_page.get_by_text("opened once").or_(
        alices_page.get_by_text("without password")
    ).first.wait_for()
    assert violations(alices_page) == []


def go_to_recording(page: Page, recording: Recording) -> None:
    """Until all is there that is asked for by itself: what appears while it is looked
    at is misjudged."""
    page.goto(f"/recordings/{recording.pk}/")
    page.locator("meeting-timeline").wait_for()
    page.get_by_text("Nobody was there.").wait_for()


ADMIN_PAGES = (
    "/admin/",
    "/admin/recordings/",
    "/admin/recordings/export/?o=-1.3",
    "/admin/rooms/room/?q=nothing",
    "/admin/rooms/room/add/",
    "/admin/rooms/room/{room}/change/",
    "/admin/rooms/room/{room}/delete/",
    "/admin/rooms/room/{room}/history/",
    "/admin/conference/user/{user}/change/",
    "/admin/recordings/export/{export}/change/",
    "/admin/recordings/hold/add/",
    "/admin/password_change/",
)

OWN_APPS = ("conference", "recordings", "rooms")


def test_admin(alices_page: Page, recording: Recording, alice: User) -> None:
    rows = fill_admin(recording, alice)
    found: dict[str, list[str]] = {}
    for path in ADMIN_PAGES:
        alices_page.goto(path.format(**rows))
        found[path] = violations_in_admin(alices_page)
    alices_page.set_viewport_size(NARROW)
    ours = [one for one in admin.site._registry if one._meta.app_label in OWN_APPS]
    for path in map(list_address, ours):
        alices_page.goto(path)
        found[path] = violations_as_it_is(alices_page)
    assert {path: those for path, those in found.items() if those} == {}
    alices_page.context.clear_cookies()
    alices_page.goto("/admin/")
    alices_page.get_by_role("button", name="Log in").wait_for()
    assert violations_in_admin(alices_page) == []


def fill_admin(recording: Recording, administrator: User) -> dict[str, object]:
    """Rows with names that are hard to fit in; their ids."""
    room, session = recording.room, recording.session
    User.objects.filter(pk=administrator.pk).update(is_staff=True, is_superuser=True)
    Room.objects.filter(pk=room.pk).update(name="Donaudampfschifffahrt" * 4)
    name = "Charlotte Featherstonehaugh-Montgomery, Head of Everything Else"
    link = "https://example.com/" + "a" * 200
    ChatMessage.objects.create(
        room=room, session=session, sender_name=name, text=link, sent_us=1, position=1
    )
    Segment.objects.create(
        recording=recording,
        participant=session.participants.get(),
        first_position=1,
        last_position=1,
        start_us=recording.started_us,
        end_us=recording.started_us,
        bytes=1,
        records=1,
        key=f"rooms/{room.pk}/sessions/{session.pk}/000000000001-{room.pk.hex}.seg",
    )
    for state in ("running", "failed"):
        export = Export.objects.create(recording=recording, format="mp4", state=state)
    swept = {"objects": 3, "bytes": 5_242_880, "uploads": 1}
    AuditEntry.objects.create(action=AuditAction.SWEPT, details=swept)
    return {"room": room.pk, "user": administrator.pk, "export": export.pk}


def test_admin_by_keyboard_on_a_phone(alices_page: Page, alice: User) -> None:
    """Its frame takes clicks alone on what opens it."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    alices_page.set_viewport_size(NARROW)
    alices_page.goto("/admin/rooms/room/")
    alices_page.get_by_role("button", name="Filters").press("Enter")
    alices_page.get_by_role("link", name="Webinar").wait_for()
    assert violations_in_admin(alices_page) == []
    alices_page.keyboard.press("Escape")
    alices_page.get_by_role("button", name="Menu").press("Enter")
    menu = alices_page.get_by_role("navigation", name="Administration")
    menu.get_by_role("button", name="alice@example.com").press(" ")
    alices_page.get_by_role("button", name="Log out").wait_for()
    assert violations_in_admin(alices_page) == []
    menu.get_by_role("button", name="Menu").press("Enter")
    menu.wait_for(state="hidden")


def test_account_menu(alices_page: Page, room: Room) -> None:
    alices_page.goto("/")
    alices_page.locator("details.who summary").click()
    alices_page.get_by_role("link", name="Account").wait_for()
    assert violations(alices_page) == []


def test_meeting(alices_page: Page, room: Room, alice: User) -> None:
    meeting = scheduled(room, alice, [GRACE, HEIDI], rule="FREQ=DAILY")
    meeting.invitees.filter(email=GRACE.email).update(
        state=MailState.FAILED, reason="550 No such mailbox"
    )
    for list_of_meetings in ("/", "/meetings/", "/meetings/?view=month"):
        alices_page.goto(list_of_meetings)
        assert violations(alices_page) == []
    alices_page.goto(f"/meetings/{meeting.pk}/")
    assert violations(alices_page) == []
    alices_page.get_by_role("button", name="Cancel the meeting").click()
    assert violations(alices_page) == []


def test_form_of_a_meeting_with_errors(alices_page: Page) -> None:
    alices_page.goto("/meetings/new/")
    alices_page.get_by_label("Repeats").select_option("weekly")
    alices_page.get_by_text("Every week on").wait_for()  # it moves what is below
    alices_page.get_by_label("Invite people").fill("nobody")
    alices_page.get_by_role("button", name="Schedule", exact=True).click()
    alices_page.get_by_text("Not an e-mail address").wait_for()
    assert violations(alices_page) == []


def test_recording(alices_page: Page, recording: Recording) -> None:
    go_to_recording(alices_page, recording)
    assert violations(alices_page) == []
    alices_page.get_by_text("More choices").click()
    assert violations(alices_page) == []
    alices_page.get_by_role("button", name="Delete").click()
    assert violations(alices_page) == []


def test_rename_in_the_list(alices_page: Page, recording: Recording) -> None:
    alices_page.goto("/recordings/")
    alices_page.get_by_role("button", name=f"Rename {recording.title}").click()
    title = alices_page.get_by_role("textbox", name="Title")
    title.fill("Budget")
    assert violations(alices_page) == []
    title.press("Enter")
    alices_page.get_by_role("link", name="Budget", exact=True).wait_for()


def test_replay(alices_page: Page, recording: Recording) -> None:
    alices_page.goto(f"/sessions/{recording.session_id}/")
    alices_page.get_by_role("slider").wait_for()
    assert violations(alices_page) == []


def test_call_from_before_joining_to_after_leaving(
    alices_page: Page, room: Room
) -> None:
    def press(name: str) -> None:
        alices_page.get_by_role("button", name=name, exact=True).click()

    alices_page.goto(f"/rooms/{room.slug}/")
    alices_page.get_by_role("button", name="Turn off camera").wait_for()
    assert violations(alices_page) == []
    press("Join now")
    alices_page.get_by_role("group", name="Alice").wait_for()
    assert violations(alices_page) == []
    press("Chat")
    alices_page.get_by_label("Message", exact=True).fill("See https://example.com/")
    press("Send")
    alices_page.get_by_role("link", name="https://example.com/").wait_for()
    assert violations(alices_page) == []
    press("People")
    assert violations(alices_page) == []
    press("More")
    press("Keys")
    assert violations(alices_page) == []
    alices_page.keyboard.press("Escape")
    press("Leave")
    alices_page.get_by_role("heading", name="You left the meeting").wait_for()
    assert violations(alices_page) == []
