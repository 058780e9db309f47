"""Real Chromiums with cameras of one colour and microphones of one tone.

Both are files made from formulas, which Chromium plays in a loop as fake devices.
"""

import math
import shutil
import struct
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

FRAME_RATE = 30
CAMERA_FRAMES = 30
CAMERA_SIZE = (640, 360)
SAMPLE_RATE = 48_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)

Launch = Callable[..., Browser]
_launched: WeakSet[Browser] = WeakSet()


@dataclass(frozen=True, slots=True)
class Devices:
    """A camera that shows one colour (red, green, blue) and a microphone's tone."""

    colour: tuple[int, int, int]
    tone_hz: int


def chromium_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    raise AssertionError("Chromium is missing; `make test` installs it or says how.")


def launch_chromium(
    playwright: Playwright, folder: Path, devices: Devices | None = None
) -> Browser:
    """A browser process of its own; ``folder`` takes the device files."""
    arguments = list(ARGUMENTS)
    if devices:
        camera = write_camera(folder, devices.colour)
        microphone = write_microphone(folder, devices.tone_hz)
        arguments.append(f"--use-file-for-fake-video-capture={camera}")
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=arguments
    )
    _launched.add(browser)
    return browser


def go(page: Page, url: str) -> None:
    """Open an address in a browser that has just been started.

    On a busy machine Playwright now and then hears nothing of a new Chromium's first
    document, although it has loaded; it does of the next.
    """
    page.goto(url)
    try:
        page.locator("body").wait_for(state="attached", timeout=10_000)
    except PlaywrightTimeoutError:
        page.goto(url)


def what_pages_show() -> str:
    """Address and text of every page that is open: for the report of a failed test."""
    pages = [
        page
        for browser in _launched
        if browser.is_connected()
        for context in browser.contexts
        for page in context.pages
    ]
    return "\n\n".join(map(_shown, pages))


def _shown(page: Page) -> str:
    try:
        text = page.locator("body").inner_text(timeout=2_000)
    except PlaywrightError as error:
        text = f"unreadable: {error}"
    return f"{page.url}\n{text[:2_000]}"


def write_camera(folder: Path, colour: tuple[int, int, int]) -> Path:
    """One second of the colour, with a grey mark that wanders: frames do differ."""
    path = folder / f"camera-{'-'.join(map(str, colour))}.y4m"
    width, height = CAMERA_SIZE
    y, u, v = yuv(colour)
    with path.open("wb") as file:
        file.write(
            f"YUV4MPEG2 W{width} H{height} F{FRAME_RATE}:1 Ip C420jpeg\n".encode()
        )
        for number in range(CAMERA_FRAMES):
            luma = bytearray([y]) * (width * height)
            left = number * 8
            for row in range(8):
                luma[row * width + left : row * width + left + 8] = bytes([128]) * 8
            chroma = bytes([u]) * (width * height // 4) + bytes([v]) * (
                width * height // 4
            )
            file.write(b"FRAME\n" + luma + chroma)
    return path


def yuv(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """BT.601, limited range."""
    r, g, b = (part / 255 for part in colour)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return (
        round(16 + 219 * y),
        round(128 + 112 * (b - y) / 0.886),
        round(128 + 112 * (r - y) / 0.701),
    )


def write_microphone(folder: Path, tone_hz: int) -> Path:
    """Two pulses of the tone a second: browsers filter out a steady one as noise."""
    path = folder / f"tone-{tone_hz}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(
            b"".join(
                struct.pack("<h", pulse(n, tone_hz)) for n in range(2 * SAMPLE_RATE)
            )
        )
    return path


def pulse(sample: int, tone_hz: int) -> int:
    if sample % (SAMPLE_RATE // 2) > SAMPLE_RATE // 3:
        return 0
    return round(12_000 * math.sin(2 * math.pi * tone_hz * sample / SAMPLE_RATE))
