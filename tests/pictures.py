"""The README's pictures, of a call and of the first page: ``python -m tests.pictures``.

A real server with the samples of ``manage.py seed``, and one Chromium a person, whose
camera shows a drawn figure.
"""

# First: it sets Django up, on a temporary folder.
from tests.screenshots.shot import sign_in  # isort: split

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright

from conference.first_start import collect_static_files
from conference.models import User
from recordings.kept_pictures import keep_picture
from recordings.models import Recording
from rooms.models import Room
from tests.browser import CAMERA_SIZE, Devices, launch_chromium, yuv
from tests.rooms.meetings import in_days, scheduled
from tests.server import asgi_server

OUT = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = (1280, 800)
PEOPLE = {
    "Alice": ((58, 110, 165), (236, 201, 178), 220),
    "Bob": ((46, 125, 96), (141, 98, 74), 165),
    "Carol": ((150, 84, 60), (246, 219, 199), 262),
}
WALL = (205, 212, 214)
SLOW_MS = 240_000
FRAMES = 30
Colour = tuple[int, int, int]


def main() -> None:
    folder = Path(settings.DATA_DIR)
    call_command("migrate", verbosity=0)
    collect_static_files()
    call_command("seed", verbosity=0)
    for recording in Recording.objects.all():
        keep_picture("poster", str(recording.pk))
    room = Room.objects.get(name="Weekly sync")
    for queue in settings.QUEUE_FOLDERS:
        queue.mkdir(parents=True, exist_ok=True)
    alice = User.objects.get(email="alice@example.com")
    review = Room.objects.get(name="Design review")
    scheduled(room, alice, start=in_days(1, 9), rule="FREQ=WEEKLY")
    scheduled(review, alice, title="Design review", start=in_days(2, 14))
    OUT.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(asgi_server(folder))
        playwright = stack.enter_context(sync_playwright())
        pages = {
            name: page_of(playwright, folder / name, server.url, name)
            for name in PEOPLE
        }
        pages["Alice"].goto(f"{server.url}/")
        pages["Alice"].get_by_text("Latest recordings").wait_for()
        keep(pages["Alice"], "dashboard")
        for name, page in pages.items():
            join(page, f"{server.url}/rooms/{room.slug}/", name)
        for name in PEOPLE:
            tile = pages["Alice"].get_by_role("group", name=name)
            tile.locator("video, canvas").first.wait_for()
        pages["Alice"].get_by_role("button", name="Chat", exact=True).click()
        pages["Alice"].wait_for_timeout(8_000)  # pictures are worth a look, not a wait
        keep(pages["Alice"], "call")


def page_of(playwright: Playwright, folder: Path, site: str, name: str) -> Page:
    clothes, skin, tone_hz = PEOPLE[name]
    folder.mkdir()
    browser = launch_chromium(playwright, folder, Devices(clothes, tone_hz))
    [camera] = folder.glob("camera-*.y4m")
    draw_figure(camera, clothes, skin)  # in place of the plain colour
    context = browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light"
    )
    context.set_default_timeout(SLOW_MS)
    if name == "Alice":
        sign_in(context, site)
    return context.new_page()


def join(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Turn off camera").wait_for()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join now").click()
    page.get_by_role("button", name="Leave", exact=True).wait_for()


def keep(page: Page, name: str) -> None:
    picture = Image.open(BytesIO(page.screenshot()))
    picture.save(OUT / f"{name}.webp", quality=85, method=6)


def draw_figure(path: Path, clothes: Colour, skin: Colour) -> None:
    """Head and shoulders before a wall, nodding a little."""
    width, height = CAMERA_SIZE
    rows, columns = np.mgrid[0:height, 0:width]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F30:1 Ip C420jpeg\n".encode())
        for number in range(FRAMES):
            nod = 4 * np.sin(2 * np.pi * number / FRAMES)
            across, down = columns - width / 2, rows - height
            body = (across / 150) ** 2 + (down / 140) ** 2 < 1
            head = (across / 62) ** 2 + ((rows - 150 - nod) / 80) ** 2 < 1
            light = 0.75 + 0.25 * (1 - rows / height)
            colours = zip(yuv(WALL), yuv(clothes), yuv(skin), strict=True)
            luma, *chroma = [
                np.where(head, face, np.where(body, dress, wall)).astype(np.uint8)
                for wall, dress, face in colours
            ]
            luma = np.where(head | body, luma, luma * light).astype(np.uint8)
            planes = [luma, *(one[::2, ::2] for one in chroma)]
            file.write(b"FRAME\n" + b"".join(one.tobytes() for one in planes))


if __name__ == "__main__":
    main()
