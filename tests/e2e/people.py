"""What people do in a browser, by the accessible names of the controls."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    WebSocket,
    expect,
)

from rooms.streams.record import parse_header, split_message
from tests.browser import go

JOIN_MS = 60_000  # also for a page, its sockets and a first picture, on a busy machine


@dataclass
class Traffic:
    """What a page sent and was told over its sockets."""

    participant: str = ""
    # All up to this record of the publisher is durable, the server said.
    acknowledged_number: int = 0
    media_sockets: int = 0
    deliveries: int = 0
    # Capture time of each record that was sent, by its number.
    sent: dict[int, int] = field(default_factory=dict)

    def watch(self, socket: WebSocket) -> None:
        if "/ws/rooms/" not in socket.url:
            return
        if socket.url.endswith("/media/"):
            self.media_sockets += 1
            socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            for header in map(parse_header, split_message(payload)):
                self.sent[header.number] = header.captured_us

    def _received(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            self.deliveries += 1
            return
        message: dict[str, Any] = json.loads(payload)
        if message["type"] == "welcome":
            self.participant = message["you"]["participant"]
        elif message["type"] in ("ack", "ready"):
            self.acknowledged_number = max(self.acknowledged_number, message["number"])


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, name: str, *, site: str) -> None:
        self.name = name
        self.site = site
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 720}
        )
        self.context.set_default_timeout(JOIN_MS)
        self.page: Page = self.context.new_page()
        self.traffic = Traffic()
        self.errors: list[str] = []
        self.page.on("websocket", self.traffic.watch)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, email: str, password: str) -> None:
        go(self.page, f"{self.site}/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")
        expect(self.button("New meeting")).to_be_visible()

    def open_a_meeting(self) -> str:
        """Make a room, join it, and return its address."""
        self.press("New meeting")
        self.page.wait_for_url("**/rooms/*-*-*/")
        self.join()
        return self.page.url

    def join(self, url: str | None = None) -> None:
        if url:
            go(self.page, url)
            self.page.get_by_label("Your name").fill(self.name)
        self.press("Join now")
        expect(self.button("Leave")).to_be_visible(timeout=JOIN_MS)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def tile(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def name_on_tile(self) -> str:
        """What this person, alone so far, is called in the meeting."""
        tile = self.page.get_by_role("group").first
        name = tile.get_attribute("aria-label")
        assert name
        return name

    def wait_for(self, condition: Callable[[], object], seconds: float = 60) -> None:
        """Wait while the browsers' messages keep coming in."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            self.page.wait_for_timeout(50)

    def wait_to_see(self, name: str, colour: tuple[int, int, int]) -> None:
        self.wait_for(lambda: self.sees(name, colour))

    def sees(self, name: str, colour: tuple[int, int, int]) -> bool:
        """Whether the middle of somebody's tile shows this colour now."""
        tile = self.tile(name)
        if not tile.is_visible():
            return False
        picture = Image.open(io.BytesIO(tile.screenshot())).convert("RGB")
        middle = picture.getpixel((picture.width // 2, picture.height // 2))
        return is_like(middle, colour)


def is_like(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Equal but for what an encoder and a colour space do to it."""
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= 40 for a, b in zip(pixel, colour, strict=True))
