"""Stories: find a recording and take it home; make a key and manage a room with it."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from conference.models import User
from recordings.archive import archive
from recordings.models import Export, ExportFormat, ExportState, Recording
from rooms.clock import to_us
from rooms.models import Room, Session
from rooms.rules.rooms import create_room
from tests.browser import go
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("collected")]

FILE = b"not really a film"


@pytest.fixture
def alice(transactional_db: None) -> User:
    return User.objects.create_user("alice@example.com", "secret", name="Alice")


@pytest.fixture
def alices_page(browser: Browser, server: Server, alice: User) -> Iterator[Page]:
    client = Client()
    client.force_login(alice)
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(base_url=server.url) as context:
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        yield page


def keep(room: Room, title: str) -> Recording:
    """A recording that is ready, and a file of it."""
    ended_at = timezone.now()
    started_at = ended_at - timedelta(minutes=5)
    session = Session.objects.create(
        room=room, started_at=started_at, ended_at=ended_at
    )
    recording = Recording.objects.create(
        session=session,
        room=session.room,
        title=title,
        started_us=to_us(started_at),
        ended_us=to_us(ended_at),
        sealed_at=ended_at,
    )
    Export.objects.create(
        recording=recording,
        format=ExportFormat.MP4,
        state=ExportState.READY,
        key=archive().save("grid.mp4", ContentFile(FILE)),
        bytes=len(FILE),
        finished_at=ended_at,
    )
    return recording


def test_find_a_recording_and_download_it(alices_page: Page, alice: User) -> None:
    room = create_room(alice, name="Weekly sync")
    keep(room, "Budget")
    keep(room, "Retrospective")
    go(alices_page, "/recordings/")
    alices_page.get_by_role("link", name="Retrospective", exact=True).wait_for()
    alices_page.get_by_label("Search by title, room, person or chat").fill("budg")
    gone = alices_page.get_by_role("link", name="Retrospective", exact=True)
    gone.wait_for(state="detached")
    assert "search=budg" in alices_page.url
    alices_page.get_by_label("Choose Budget").check()
    alices_page.get_by_role("button", name="Download chosen").click()
    with alices_page.expect_download() as started:
        alices_page.get_by_role("link", name="Download Budget").click()
    assert started.value.path().read_bytes() == FILE
    assert started.value.suggested_filename.startswith("Budget")
    alices_page.go_back()
    alices_page.get_by_role("link", name="Budget", exact=True).wait_for()
    assert "<html" in alices_page.content()
    assert alices_page.get_by_role("heading", name="Recordings").count() == 1


def test_make_a_key_and_manage_a_room_with_it(
    alices_page: Page, server: Server
) -> None:
    go(alices_page, "/account/keys/")
    alices_page.get_by_label("What is it for?").fill("Wiki")
    alices_page.get_by_label("Make, change and delete rooms and members").check()
    alices_page.get_by_role("button", name="Make the key").click()
    secret = alices_page.locator("[data-text]").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers) as program:
        made = program.post("/rooms/", json={"name": "Made by the wiki"})
        assert made.status_code == 201
        address = f"/rooms/{made.json()['slug']}/"
        changed = program.patch(address, json={"retention_days": 30})
        assert changed.status_code == 200
        assert program.get(address).status_code == 403  # rooms:read was not given
    alices_page.goto("/rooms/")
    alices_page.get_by_role("link", name="Made by the wiki", exact=True).click()
    assert alices_page.get_by_label("Recordings are kept").input_value() == "30"
    alices_page.goto("/account/keys/")
    alices_page.get_by_role("button", name="Revoke Wiki").click()
    alices_page.get_by_text("The key is revoked.").wait_for()
    assert httpx.get(f"{server.url}/api/v1{address}", headers=headers).is_client_error
