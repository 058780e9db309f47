"""What people do together in a call, beside seeing and hearing each other."""

import pytest
from playwright.sync_api import expect

from tests.browser import Devices, Launch
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.people import Person
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

RED, GREEN = (200, 40, 40), (40, 160, 60)
MARKUP = "<img src=x onerror=document.body.remove()><b>Bob</b>"


def test_two_people_chat_raise_hands_mute_and_share(
    whole: Server, launch: Launch
) -> None:
    alice = Person(launch(Devices(RED, 440)), "Alice", site=whole.url)
    bob = Person(launch(Devices(GREEN, 750)), MARKUP, site=whole.url)
    alice.sign_in(EMAIL, PASSWORD)
    room = alice.open_a_meeting()
    host = alice.name_on_tile()
    bob.join(room)
    alice.wait_to_see(MARKUP, GREEN)
    expect(bob.button("Start recording")).to_have_count(0)

    chats(alice, bob)
    bob.press("Raise hand")
    expect(alice.tile(MARKUP).get_by_label("Hand raised")).to_be_visible()
    bob.press("Lower hand")
    expect(alice.tile(MARKUP).get_by_label("Hand raised")).to_be_hidden()

    bob.press("Turn off microphone")
    expect(bob.button("Turn on microphone")).to_be_visible()
    expect(alice.tile(MARKUP).get_by_label("Muted")).to_be_visible()
    bob.press("Turn off camera")
    expect(bob.button("Turn on camera")).to_be_visible()
    alice.wait_for(lambda: not alice.sees(MARKUP, GREEN))
    bob.press("Turn on camera")
    alice.wait_to_see(MARKUP, GREEN)

    alice.press("Share screen")
    expect(alice.button("Stop sharing")).to_be_visible()
    expect(bob.page.get_by_role("group", name=host)).to_have_count(2)
    alice.press("Stop sharing")
    expect(bob.page.get_by_role("group", name=host)).to_have_count(1)

    bob.press("Leave")
    expect(alice.tile(MARKUP)).to_have_count(0)
    assert not alice.errors
    assert not bob.errors


def chats(alice: Person, bob: Person) -> None:
    """Both ways; what looks like markup is text in names and messages."""
    for person in (alice, bob):
        person.press("Chat")
    bob.page.get_by_label("Message", exact=True).fill(f"Hello {MARKUP}")
    bob.press("Send")
    message = alice.page.get_by_role("log").get_by_role("listitem").last
    expect(message).to_contain_text(f"Hello {MARKUP}")
    assert not alice.page.locator("[role=log] img, [role=log] b").count()

    alice.page.get_by_label("Message", exact=True).fill("Good morning")
    alice.press("Send")
    expect(bob.page.get_by_role("log")).to_contain_text("Good morning")

    alice.press("People")
    people = alice.page.get_by_role("region", name="People")
    expect(people).to_contain_text(MARKUP)
