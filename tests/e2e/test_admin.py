"""An administrator finds an export that failed, and has it made again."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from conference.models import User
from recordings.models import Export, ExportState, Recording
from rooms.clock import to_us
from rooms.models import Session
from rooms.rules.rooms import create_room
from tests.browser import go
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def failed(whole: Server) -> Export:
    alice = User.objects.get(email=EMAIL)
    now = timezone.now()
    session = Session.objects.create(
        room=create_room(alice, name="Board"), started_at=now, ended_at=now
    )
    recording = Recording.objects.create(
        session=session,
        room=session.room,
        title="Board meeting",
        started_us=to_us(now),
        ended_us=to_us(now) + 1,
        sealed_at=now,
    )
    return Export.objects.create(
        recording=recording,
        format="mp4",
        state=ExportState.FAILED,
        error_code="storage_failed",
        error_detail="The disk is full.",
    )


def test_a_failed_export_is_tried_again(
    page: Page, whole: Server, failed: Export
) -> None:
    go(page, f"{whole.url}/admin/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("The disk is full.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Queued: Board meeting mp4")).to_be_visible()
    failed.refresh_from_db()
    assert failed.attempt == 2
    page.goto(f"{whole.url}/admin/")
    expect(page.get_by_text("The disk is full.")).to_have_count(0)
