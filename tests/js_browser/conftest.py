"""Pages that hold calls through the real server, without the product's own pages."""

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page

from conference.models import User
from rooms.models import Room
from rooms.rules.rooms import create_room
from tests.server import Server, asgi_server, collect_static

ROOT = Path(__file__).parents[2]
LAB = Path(__file__).with_name("lab.js").read_text()
WORKERS = {
    "encode": "js/encode/worker.js",
    "decode": "js/decode/worker.js",
    "playback": "js/render/playback.js",
    "capture": "js/capture/worklet.js",
}

Address = Callable[[str], str]


@pytest.fixture(scope="session")
def address(django_db_setup: None) -> Address:
    """The address of a static file as the product serves it: with a hashed name."""
    folder = Path(settings.DATA_DIR)
    collect_static(folder)
    names = json.loads((folder / "static" / "staticfiles.json").read_text())["paths"]
    return lambda name: f"/static/{names[name]}"


@pytest.fixture(scope="module")
def module_server(address: Address) -> Iterator[Server]:
    with asgi_server(Path(settings.DATA_DIR)) as server:
        yield server


@pytest.fixture
def room(server: Server) -> Room:
    alice = User.objects.create_user("alice@example.com", "secret")
    return create_room(alice, name="Lab")


@dataclass(slots=True)
class Person:
    """Somebody in a call, in a page of their own."""

    page: Page
    number: int
    id: str

    def run(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def send(self, kind: str, track: str) -> None:
        """``track`` is an expression, for example ``lab.tone(440)``."""
        self.run(f"() => lab.call.setTrack('{kind}', {track})")

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Asks from outside: the page's policy lets it evaluate nothing itself."""
        deadline = time.monotonic() + seconds
        while not self.run(f"() => Boolean({condition})"):
            assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
            self.page.wait_for_timeout(50)

    def show(self, other: "Person", kind: str = "camera") -> str:
        shown: str = self.run(f"() => lab.show({other.number}, '{kind}')")
        return shown

    def colour(self, selector: str) -> tuple[int, ...]:
        """Of the middle of a canvas."""
        picture = self.page.locator(selector).screenshot()
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        colour = image.getpixel((image.width // 2, image.height // 2))
        assert isinstance(colour, tuple)
        return colour

    def state(self) -> Any:
        return self.run("() => lab.call.state")


def deletion(names: tuple[str, ...]) -> str:
    """A script that takes globals from a page and from the workers that it starts."""
    deletions = "".join(f"delete globalThis.{name};" for name in names)
    return f"""{deletions}
    globalThis.Worker = class extends Worker {{
      constructor(url, options) {{
        const parts = ["data:text/javascript,{deletions}", new URL(url, location.href)];
        const code = parts.map((part) => `import "${{part}}";`).join("");
        const type = "text/javascript";
        super(URL.createObjectURL(new Blob([code], {{ type }})), options);
      }}
    }};"""


@pytest.fixture
def enter(
    browser: Browser, server: Server, room: Room, address: Address
) -> Iterator[Callable[..., Person]]:
    """Somebody joins; ``without`` names globals that their browser does not have,
    ``held`` one of WORKERS whose script does not come."""
    contexts: list[BrowserContext] = []
    errors: list[Error] = []

    def enter(name: str, *, without: tuple[str, ...] = (), held: str = "") -> Person:
        # The workers of a browser that lacks something are made of strings.
        context = browser.new_context(bypass_csp=bool(without))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))
        if without:
            page.add_init_script(deletion(without))
        if held:
            page.route(f"**{address(WORKERS[held])}", lambda route: None)
        page.add_init_script(LAB)
        page.goto(f"{server.url}/healthz")
        workers = {key: address(path) for key, path in WORKERS.items()}
        you = page.evaluate(
            "(options) => lab.join(options)",
            {
                "slug": room.slug,
                "workers": workers,
                "call": address("js/call.js"),
                "name": name,
            },
        )
        return Person(page, you["number"], you["participant"])

    yield enter
    seen = list(errors)  # a page that is closed breaks off what it loads
    for context in contexts:
        context.close()
    assert not seen
