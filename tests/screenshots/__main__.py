"""``python -m tests.screenshots [PREFIX ...]``: see the package."""

import sys
import traceback
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from conference.first_start import collect_static_files
from conference.models import User
from rooms.rules.rooms import create_room
from tests.browser import launch_chromium
from tests.screenshots import admin, calls, meetings, pages, recordings
from tests.screenshots.shot import ALICE, Shot, sign_in
from tests.server import asgi_server

OUT = Path(__file__).parents[2] / "var" / "screenshots"
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desktop": (1440, 900)}
WALL = {"wall": (3840, 2160)}
THEMES = ("light", "dark")
SETTLED = "() => new Promise((done) => requestIdleCallback(() => done()))"


def main(prefixes: tuple[str, ...]) -> None:
    call_command("migrate", verbosity=0)
    collect_static_files()
    data_dir = Path(settings.DATA_DIR)
    OUT.mkdir(parents=True, exist_ok=True)
    with asgi_server(data_dir) as server:
        shots = seed()  # now: a server that starts looks who is there
        with sync_playwright() as playwright:
            browser = launch_chromium(playwright, data_dir)
            failed = [
                shot.name
                for shot in shots
                if shot.name.startswith(prefixes)
                and not is_taken(browser, server.url, shot)
            ]
            browser.close()
    if failed:
        sys.exit(f"Without a picture: {', '.join(failed)}")


def seed() -> list[Shot]:
    """Rows for every page."""
    for queue in settings.QUEUE_FOLDERS:  # mails wait here; nobody sends them
        queue.mkdir(parents=True, exist_ok=True)
    alice = User.objects.create_superuser(ALICE, name="Alice")
    weekly = create_room(alice, name="Weekly sync")
    return [
        *calls.shots(alice, weekly),
        *meetings.shots(alice, weekly),
        *recordings.shots(alice),
        *pages.shots(alice, weekly),
        *admin.shots(),
    ]


def is_taken(browser: Browser, site: str, shot: Shot) -> bool:
    """One that cannot be taken does not keep the others from it."""
    try:
        take(browser, site, shot)
    except PlaywrightError:
        traceback.print_exc()
        for context in browser.contexts:
            context.close()
        return False
    return True


def take(browser: Browser, site: str, shot: Shot) -> None:
    """One page for both themes: they may change while it is open, too."""
    for size, (width, height) in (SIZES | (WALL if shot.wall else {})).items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="light",
            reduced_motion="reduce",
            locale=shot.language,
        )
        if shot.who:
            sign_in(context, site, shot.who)
        page = context.new_page()
        page.goto(f"{site}{shot.path}")
        shot.act(page)
        for theme in THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            if shot.reload:
                page.reload()
            page.evaluate(SETTLED)
            page.screenshot(
                path=OUT / f"{shot.name}-{size}-{theme}.png", full_page=shot.whole
            )
        calls.leave(page)
        context.close()


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("",))
