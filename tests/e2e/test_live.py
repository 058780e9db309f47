"""A host goes live from the call, people are told, and an audience watches."""

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect

from recordings.models import LiveOutput
from recordings.plates import BACKGROUND
from tests.browser import Devices, Launch, go
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.people import Person
from tests.recordings.media import is_like
from tests.recordings.outputs.live import play
from tests.recordings.test_branding import picture
from tests.rtmp import rtmp_server
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

LONG_MS = 60_000  # until a worker has made it, on a busy machine
DEVICES = Devices((200, 40, 40), 440)


def test_a_host_goes_live_and_an_audience_watches(
    live_product: Server, launch: Launch
) -> None:
    browser = launch(DEVICES)
    alice = Person(browser, "Alice", site=live_product.url)
    bob = Person(browser, "Bob", site=live_product.url)
    alice.sign_in(EMAIL, PASSWORD)
    room = alice.open_a_meeting()
    bob.join(room)
    bob.press("More")
    expect(bob.button("Copy link to invite").last).to_be_visible()
    expect(bob.button("Go live")).to_have_count(0)  # hidden: not for guests

    alice.press("More")
    alice.press("Go live")
    dialog = alice.page.get_by_role("dialog", name="Live")
    with rtmp_server() as server:
        dialog.get_by_label("Server").fill(server.url)
        dialog.get_by_label("Stream key").fill("a-key-of-many-letters")
        dialog.get_by_label("Title card").fill("We begin soon")
        dialog.get_by_label("People can watch it in a browser").check()
        dialog.get_by_label("Anybody with the link may watch").check()
        dialog.get_by_role("button", name="Go live").click()
        expect(dialog.get_by_text("···ters")).to_be_visible()
        assert "a-key-of" not in alice.page.content()
        expect(dialog.get_by_text("Live", exact=True).last).to_be_visible(
            timeout=LONG_MS
        )
        told = bob.page.get_by_text("sends this meeting out live")
        expect(told.first).to_be_visible()
        address = f"{server.url}/a-key-of-many-letters"
        assert is_like(play(address).colour(40, 360), BACKGROUND)
        # Leaving the field is the first change, the click that does it the second.
        dialog.get_by_label("Text below the picture").fill("Weekly sync")
        dialog.get_by_role("button", name="Take the card away").click()
        expect(dialog.get_by_text("On air", exact=True)).to_be_visible()
        assert LiveOutput.objects.get().options == {"banner": "Weekly sync"}
        change_logo(dialog)
    token = LiveOutput.objects.get().token
    watch(browser, f"{live_product.url}/live/{token}/")
    watch(browser, f"{room}live/")
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(dialog.get_by_role("button", name="Go live")).to_be_visible()
    ended = bob.page.get_by_text("This meeting does not go out live any more")
    expect(ended.first).to_be_visible()
    assert not (alice.errors or bob.errors)


def change_logo(dialog: Locator) -> None:
    dialog.get_by_text("Logo and background").click()
    file = FilePayload(name="logo.png", mimeType="image/png", buffer=b"no picture")
    dialog.get_by_label("Logo", exact=True).set_input_files(file)
    expect(dialog.get_by_text("This is not a picture.")).to_be_visible()
    expect(dialog.get_by_label("Logo", exact=True)).to_have_value("")
    file["buffer"] = picture((230, 200, 20))
    dialog.get_by_label("Logo", exact=True).set_input_files(file)
    dialog.get_by_role("button", name="Remove: Logo").click()
    expect(dialog.get_by_role("button", name="Remove: Logo")).to_be_hidden()
    assert not LiveOutput.objects.get().logo


def watch(browser: Browser, address: str) -> None:
    """Until pictures move, and then time goes on."""
    with browser.new_context() as context:
        page = context.new_page()
        go(page, address)
        expect(page.get_by_role("status")).to_have_text("Live", timeout=LONG_MS)
        page.wait_for_function(
            "() => document.querySelector('video').currentTime > 0"
            " && document.querySelector('video').videoWidth === 1280",
            timeout=LONG_MS,
        )
        seen = page.evaluate("document.querySelector('video').currentTime")
        page.wait_for_function(
            f"() => document.querySelector('video').currentTime > {seen} + 1",
            timeout=LONG_MS,
        )
