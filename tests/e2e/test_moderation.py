"""A host's tools in a call: mute, promote, lock, remove."""

import pytest
from playwright.sync_api import expect

from tests.browser import Devices, Launch
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.people import Person
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

DEVICES = Devices((200, 40, 40), 440)


def test_a_host_mutes_promotes_locks_and_removes(whole: Server, launch: Launch) -> None:
    browser = launch(DEVICES)
    alice = Person(browser, "Alice", site=whole.url)
    bob = Person(browser, "Bob", site=whole.url)
    carol = Person(browser, "Carol", site=whole.url)
    alice.sign_in(EMAIL, PASSWORD)
    room = alice.open_a_meeting()
    bob.join(room)
    alice.press("People")
    expect(bob.button("Turn off microphone")).to_be_visible()

    alice.press("Options for Bob")
    alice.press("Mute")
    expect(bob.button("Turn on microphone")).to_be_visible()
    expect(alice.button("Mute")).to_have_count(0)

    alice.press("Make host")
    expect(bob.page.get_by_text("You are a host now").first).to_be_visible()
    bob.press("People")
    expect(bob.button("Lock the meeting")).to_be_visible()

    alice.press("Lock the meeting")
    expect(alice.button("Unlock the meeting")).to_be_visible()
    carol.page.goto(room)
    carol.page.get_by_label("Your name").fill("Carol")
    carol.press("Join now")
    expect(carol.page.get_by_text("A host has locked this meeting.")).to_be_visible()

    alice.press("Remove from the meeting")
    removed = bob.page.get_by_role("heading", name="You were removed from the meeting")
    expect(removed).to_be_visible()
    expect(alice.tile("Bob")).to_have_count(0)
    assert not (alice.errors or bob.errors or carol.errors)
