"""axe finds nothing on any page, in either theme (WCAG 2.2 A and AA, best practice),
and nothing must be scrolled sideways on the narrowest of screens.

The admin's frame is django-unfold's: what that breaks is left out there, nothing else.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize

from conference.models import User
from recordings.models import AuditAction, AuditEntry, Export, Recording, ShareLink
from rooms.models import MailState, Room
from tests.rooms.meetings import GRACE, HEIDI, scheduled
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("collected")]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TIMEOUT_MS = 120_000
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SETTLED = """async () => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
TAGS = """runOnly: [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
]"""
RUN = f"axe.run(document, {{{TAGS}}})"
NARROW: ViewportSize = {"width": 320, "height": 640}  # WCAG 1.4.10, Reflow
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"

# Of django-unfold: rules that its frame breaks, and parts of it that break others.
UNFOLDS_RULES = ("landmark-one-main", "landmark-unique", "region")
UNFOLDS_PARTS = ("#searchbar-submit", "a.toggle", "a.sortremove", ".select2")
RUN_IN_ADMIN = f"""([parts, rules]) => axe.run({{exclude: parts}}, {{
    {TAGS}, rules: Object.fromEntries(rules.map((id) => [id, {{enabled: false}}])),
}})"""


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


def violations(page: Page) -> list[str]:
    """In the light theme, then in the dark one."""
    assert AXE.exists(), "npm ci has not run; make test does it"
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate(SETTLED)  # colours on their way have a contrast of their own
        found += page.evaluate(RUN)["violations"]
    return [*broken(found), *sideways(page)]


def broken(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in rules]


def sideways(page: Page) -> list[str]:
    usual = page.viewport_size
    page.set_viewport_size(NARROW)
    page.evaluate(SETTLED)
    too_wide = page.evaluate(TOO_WIDE)
    if usual is not None:
        page.set_viewport_size(usual)
    return [f"{too_wide} px too wide"] if too_wide > 0 else []


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
    "/admin/rooms/room/",
    "/admin/rooms/session/",
    "/admin/recordings/export/",
    "/admin/recordings/hold/add/",
    "/admin/recordings/auditentry/",
)


def test_admin(alices_page: Page, recording: Recording, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    for state in ("running", "failed"):
        Export.objects.create(recording=recording, format="mp4", state=state)
    swept = {"objects": 3, "bytes": 5_242_880, "uploads": 1}
    AuditEntry.objects.create(action=AuditAction.SWEPT, details=swept)
    for path, theme in [
        *((path, "light") for path in ADMIN_PAGES),
        ("/admin/", "dark"),
    ]:
        alices_page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        alices_page.goto(path)  # the frame looks at the theme once
        alices_page.evaluate(AXE.read_text())
        alices_page.evaluate(SETTLED)
        left_out = [UNFOLDS_PARTS, UNFOLDS_RULES]
        found = alices_page.evaluate(RUN_IN_ADMIN, left_out)["violations"]
        assert broken(found) == [], f"{path} {theme}"


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
