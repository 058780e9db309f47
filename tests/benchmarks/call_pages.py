"""The product's own pages in a call, with a camera and a microphone that benchmarks can
read back (``call_pages.js``)."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from playwright.sync_api import Page, Playwright

from tests.browser import go, launch_chromium

SCRIPT = Path(__file__).with_suffix(".js").read_text()
JOIN_MS = 60_000
CLOCK_TRIES = 30


class Seen(TypedDict):
    """Times are milliseconds on the page's clock."""

    shown: list[tuple[int, float]]  # frame number, when it was first on the screen
    broken: int  # looks at a picture whose parts are of different frames
    # Windows of 5 ms: when, how loud, which of the two tones.
    heard: list[tuple[float, float, int]]


@dataclass(frozen=True, slots=True)
class Devices:
    """Lines of the camera, 0 for none; whether there is a microphone."""

    lines: int = 0
    has_microphone: bool = False

    def script(self) -> str:
        size = {"width": self.lines * 16 // 9, "height": self.lines}
        camera = json.dumps(size if self.lines else None)
        microphone = json.dumps(self.has_microphone)
        return (
            f"globalThis.benchDevices = "
            f"{{camera: {camera}, microphone: {microphone}}};\n{SCRIPT}"
        )


@dataclass(slots=True)
class CallPage:
    """Somebody in a call, in a browser of their own."""

    name: str
    page: Page
    errors: list[str] = field(default_factory=list)
    ahead_ms: float = 0.0  # of this process's clock

    def join(self, url: str) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        go(self.page, url)
        self.page.get_by_label("Your name").fill(self.name)
        self.press("Join now")
        self.page.get_by_role("button", name="Leave", exact=True).wait_for(
            timeout=JOIN_MS
        )
        self.ahead_ms = self._ahead_ms()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def wait(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    def run(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)

    def watch(self, selector: str, seconds: float) -> Seen:
        """What is shown there, and heard, in so many seconds."""
        self.run("(selector) => bench.begin(selector)", selector)
        self.wait(seconds)
        seen: Seen = self.run("() => bench.take()")
        shown = [(number, at - self.ahead_ms) for number, at in seen["shown"]]
        heard = [(at - self.ahead_ms, *rest) for at, *rest in seen["heard"]]
        return {"shown": shown, "broken": seen["broken"], "heard": heard}  # type: ignore[typeddict-item]

    def painted(self) -> dict[int, float]:
        """When the camera painted each number, ms."""
        painted = self.run("() => bench.painted()")
        return {number: at - self.ahead_ms for number, at in painted}

    def began(self) -> list[tuple[float, int]]:
        """When the microphone began with each tone, ms."""
        began = self.run("() => bench.began()")
        return [(at - self.ahead_ms, tone) for at, tone in began]

    def _ahead_ms(self) -> float:
        """By the question with the shortest way there and back."""
        tries = []
        for _ in range(CLOCK_TRIES):
            before = time.time()
            theirs = self.run("() => bench.now()")
            after = time.time()
            tries.append((after - before, theirs - (before + after) / 2 * 1000))
        return float(min(tries)[1])


@contextmanager
def call_page(
    playwright: Playwright, folder: Path, name: str, devices: Devices
) -> Iterator[CallPage]:
    browser = launch_chromium(playwright, folder)
    try:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.add_init_script(devices.script())
        yield CallPage(name, page)
    finally:
        browser.close()


def picture_of(name: str) -> str:
    """The selector of somebody's picture."""
    return f'person-tile[aria-label="{name}"] :is(video, canvas)'
