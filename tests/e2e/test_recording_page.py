"""Stories: see a recording again on its page, and cut a clip out of it."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from conference.models import User
from conference.samples.held_meeting import Guest, hold
from recordings.kept_pictures import keep_picture
from recordings.models import Export, Recording
from rooms.rules.rooms import create_room
from tests.browser import go
from tests.server import Server, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("collected")]

SECONDS = 20
RED, BLUE = (200, 40, 40), (40, 60, 200)


@pytest.fixture
def recording(transactional_db: None) -> Recording:
    alice = User.objects.create_user("alice@example.com", "secret", name="Alice")
    recording = hold(
        create_room(alice, name="Weekly sync"),
        alice,
        [Guest("Alice", RED, 440.0), Guest("Ben", BLUE, 660.0)],
        started_at=timezone.now() - timedelta(hours=1),
        seconds=SECONDS,
        said=["Good morning", "The plan: <b>bold</b>"],
    )
    keep_picture("storyboard", str(recording.pk))
    return recording


@pytest.fixture
def page(browser: Browser, server: Server, recording: Recording) -> Iterator[Page]:
    client = Client()
    client.force_login(User.objects.get())
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 1000}
    ) as context:
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        go(page, f"/recordings/{recording.pk}/")
        page.get_by_role("slider", name="Time").wait_for()
        yield page


def is_blue(tile: Locator) -> bool:
    """Behind the head of whom the tile shows."""
    picture = Image.open(BytesIO(tile.screenshot())).convert("RGB")
    pixel = picture.getpixel((picture.width // 8, picture.height // 3))
    assert isinstance(pixel, tuple)
    return pixel[2] > pixel[0] + 60


def test_it_plays_on_its_page(page: Page) -> None:
    bens = page.get_by_role("group", name="Ben")
    page.get_by_role("button", name="Play the meeting").click()
    wait_for(lambda: is_blue(bens))
    expect(page.locator("replay-chat .text").last).to_have_text("The plan: <b>bold</b>")
    time = page.get_by_role("slider", name="Time")
    time.hover(position={"x": 300, "y": 10})
    shot = page.locator("meeting-timeline .shot")
    expect(shot).to_be_visible(timeout=120_000)
    picture = shot.evaluate("(shot) => shot.style.backgroundImage")
    assert "storyboard.jpg" in picture
    time.press("End")
    expect(time).to_have_attribute("aria-valuenow", str(SECONDS))
    page.get_by_role("button", name="Full screen").click()
    page.get_by_role("button", name="Leave full screen").click()
    expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
    people = page.get_by_role("region", name="Attendance as a table")
    expect(people.get_by_role("row", name="Ben")).to_be_visible()


def test_a_clip_is_chosen_by_keys_by_dragging_and_by_writing(
    page: Page, recording: Recording
) -> None:
    start, end = (
        page.get_by_role("slider", name="Start of the clip"),
        page.get_by_role("slider", name="End of the clip"),
    )
    form = page.locator("#make")
    written = form.get_by_label("From", exact=True).first
    until = form.get_by_label("To", exact=True).first
    start.focus()
    for _ in range(2):
        start.press("PageUp")
    end.press("PageDown")
    expect(written).to_have_value("0:02")
    expect(until).to_have_value("0:19")

    rail = page.locator("clip-range .rail").bounding_box()
    assert rail is not None
    y = rail["y"] + rail["height"] / 2
    page.mouse.move(rail["x"] + rail["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(rail["x"] + rail["width"] * 0.75, y, steps=4)
    page.mouse.up()
    expect(start).to_have_attribute("aria-valuenow", "5")
    expect(end).to_have_attribute("aria-valuenow", "15")

    written.fill("0:06")
    expect(start).to_have_attribute("aria-valuenow", "6")
    until.fill("0:12.5")
    expect(end).to_have_attribute("aria-valuetext", "0:12.5")

    page.get_by_role("button", name="Make a file of the clip").click()
    form.get_by_label("Layout", exact=True).first.select_option("speaker")
    form.get_by_text("More choices").click()
    form.get_by_role("button", name="One more text").click()
    form.get_by_label("Text", exact=True).nth(1).fill("Second")
    form.get_by_label("Text", exact=True).nth(0).fill("First")
    form.get_by_role("button", name="Export").click()
    page.wait_for_url("**/#files")
    export = Export.objects.order_by("created_at").last()
    assert export is not None
    assert export.options == {
        "layout": "speaker",
        "start": 6.0,
        "end": 12.5,
        "texts": [
            [0.0, pytest.approx(SECONDS, abs=1), "bottom", "First"],
            [0.0, pytest.approx(SECONDS, abs=1), "bottom", "Second"],
        ],
    }


def test_what_is_pressed_stays_while_a_preview_comes(page: Page) -> None:
    form = page.locator("#make")
    status = form.get_by_role("status")
    expect(status).to_be_empty()
    asked: list[Route] = []
    page.route("**/preview.jpg?*", lambda route: asked.append(route))
    form.get_by_label("Layout", exact=True).first.select_option("portrait")
    expect(status).to_have_text("Drawing the preview …")
    form.get_by_text("More choices").hover()
    page.mouse.down()
    while not asked:
        page.wait_for_timeout(50)
    asked[0].continue_()
    expect(status).to_be_empty()
    page.mouse.up()
    expect(form.get_by_role("button", name="One more text")).to_be_visible()
