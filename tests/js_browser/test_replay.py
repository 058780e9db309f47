"""A kept call plays in a page as it was held."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from conference.models import User
from recordings.models import Recording
from rooms.models import Room
from tests.e2e.people import is_like
from tests.js_browser.conftest import LAB, WORKERS, Address, Person
from tests.server import Server, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.call]

TOKEN = "a" * 32  # CSRF
RED, GREEN = (200, 40, 40), (40, 160, 60)


def test_a_kept_call_is_replayed(
    enter: Callable[..., Person],
    room: Room,
    server: Server,
    browser: Browser,
    address: Address,
) -> None:
    alice = enter("Alice")
    owner = sign_in(browser.new_context(), server, room.owner)
    post(owner, f"{server.url}/api/v1/rooms/{room.slug}/recordings/")
    recording = Recording.objects.get()
    alice.send("camera", f"lab.camera('rgb{RED}')")
    alice.send("microphone", "lab.tone(440)")
    alice.wait("lab.call.state.acknowledged.number > 150")
    alice.send("camera", f"lab.camera('rgb{GREEN}')")
    alice.send("microphone", "lab.tone(1000)")
    alice.wait("lab.call.state.acknowledged.number > 400")
    post(owner, f"{server.url}/api/v1/recordings/{recording.pk}/stop/")

    with owner:
        page = owner.new_page()
        page.add_init_script(LAB)
        page.goto(f"{server.url}/healthz")
        page.evaluate(
            "(options) => lab.replay(options)",
            {
                "sessionId": str(recording.session_id),
                "workers": {key: address(path) for key, path in WORKERS.items()},
                "replay": address("js/replay.js"),
            },
        )
        viewer = Person(page, 0, "")
        shown = viewer.show(alice)
        viewer.run("() => lab.call.play()")
        wait_for(lambda: is_like(viewer.colour(shown), RED))
        viewer.wait("Math.abs(lab.heardHz() - 440) < 10")
        viewer.wait(f"lab.call.level({alice.number}) > 0.5")
        wait_for(lambda: is_like(viewer.colour(shown), GREEN))
        viewer.wait("Math.abs(lab.heardHz() - 1000) < 10")
        viewer.wait("lab.call.state.ended", 30)

        viewer.run("() => lab.call.seek(lab.call.state.ranges[0].start_us + 1500000)")
        wait_for(lambda: is_like(viewer.colour(shown), RED))
        assert not viewer.state()["playing"]
        viewer.run("() => lab.call.setSpeed(2)")
        viewer.run("() => lab.call.play()")
        viewer.wait("Math.abs(lab.heardHz() - 1000) < 25")
        wait_for(lambda: is_like(viewer.colour(shown), GREEN))
        viewer.wait("lab.call.state.ended", 30)


def sign_in(context: BrowserContext, server: Server, user: User) -> BrowserContext:
    client = Client()
    client.force_login(user)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN}
    context.add_cookies(
        [
            {"name": name, "value": value, "url": server.url}
            for name, value in cookies.items()
        ]
    )
    return context


def post(context: BrowserContext, url: str) -> None:
    answer = context.request.post(url, headers={"X-CSRFToken": TOKEN})
    assert answer.ok, answer.text()
