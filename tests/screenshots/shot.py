"""What a picture is taken of, and by whom."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from conference.models import User

ALICE = "alice@example.com"  # owns nearly everything, and administrates
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to look at; ``act`` does what must be done on it first."""

    name: str
    path: str
    act: Callable[[Page], None] = lambda page: None
    who: str = ALICE  # e-mail address
    whole: bool = False  # not only what fits the window
    wall: bool = False  # on a 4K screen, too
    language: str = "en"
    reload: bool = False  # such a page looks at the theme once


def sign_in(context: BrowserContext, site: str, who: str = ALICE) -> None:
    """By the session's cookie: signing in so often by the form is throttled."""
    client = Client()
    client.force_login(User.objects.get(email=who))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}]
    )


def press(name: str) -> Callable[[Page], None]:
    """Press a button, which opens something."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).click()

    return act
