"""A webinar: a guest watches, raises a hand, is let in, and watches again."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from conference.models import User
from rooms.rules.attendees import tell_counts
from rooms.rules.rooms import create_room, update_room
from tests.browser import Devices, Launch
from tests.e2e.people import Person
from tests.pages.axe import violations
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

RED = (200, 40, 40)


def test_an_attendee_watches_and_is_let_in(
    collected: None, server: Server, launch: Launch
) -> None:
    owner = User.objects.create_user("alice@example.com", name="Alice")
    room = create_room(owner, name="All hands", kind="webinar")
    url = f"{server.url}/rooms/{room.slug}/"
    browser = launch(Devices(RED, 440))
    alice = Person(browser, "Alice", site=server.url)
    grace = Person(browser, "Grace", site=server.url)

    grace.page.goto(url)
    grace.page.get_by_label("Your name").fill("Grace")
    expect(grace.page.get_by_text("This is a webinar.")).to_be_visible()
    expect(grace.button("Turn off camera")).to_have_count(0)
    assert violations(grace.page) == []
    grace.press("Join now")
    expect(grace.page.get_by_text("The webinar has not begun yet")).to_be_visible()
    assert violations(grace.page) == []

    client = Client()
    client.force_login(owner)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    alice.context.add_cookies(
        [{"name": session.key, "value": session.value, "url": server.url}]
    )
    alice.page.goto(url)
    alice.join()
    grace.wait_to_see("Alice", RED)
    expect(grace.page.get_by_text("You are watching")).to_be_visible()
    for name in ("Turn on microphone", "Turn on camera", "Share screen"):
        expect(grace.button(name)).to_have_count(0)
    expect(alice.tile("Grace")).to_have_count(0)

    grace.press("Raise hand")
    expect(grace.button("Lower hand")).to_be_visible()
    alice.press("People")
    tell_counts(timezone.now())
    expect(alice.page.get_by_role("heading", name="1 attendee")).to_be_visible()
    expect(alice.button("Lower the hand of Grace")).to_be_visible()
    alice.press("Show attendees")
    assert violations(alice.page) == []
    assert violations(grace.page) == []
    alice.button("Let Grace take part").first.click()

    assert violations(grace.page) == []
    grace.press("Turn on microphone and camera")
    alice.wait_to_see("Grace", RED)
    expect(grace.page.get_by_text("You are watching")).to_be_hidden()

    alice.press("Options for Grace")
    alice.press("Let only watch")
    expect(alice.tile("Grace")).to_have_count(0)
    expect(grace.page.get_by_text("You are watching")).to_be_visible()
    expect(grace.button("Turn off camera")).to_have_count(0)
    grace.wait_to_see("Alice", RED)

    update_room(room, attendees_chat=False)
    grace.press("Chat")
    closed = grace.page.get_by_text("Only hosts and panellists write in this webinar.")
    expect(closed).to_be_visible()
    expect(grace.page.get_by_label("Message")).to_be_hidden()
    assert not (alice.errors or grace.errors)
