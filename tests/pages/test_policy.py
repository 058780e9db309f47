"""No page breaks the Content-Security-Policy that it is sent with."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from playwright.sync_api import APIResponse, ConsoleMessage, Page

from conference.models import User
from recordings.models import Recording
from tests.pages.test_accessibility import alices_page, patient

__all__ = ["alices_page", "patient"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("collected"),
]

Keywords = dict[str, str | UUID]


@pytest.fixture
def broken(alices_page: Page) -> list[str]:
    """What the browser says of broken policies, in workers, too."""
    broken: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            broken.append(f"{alices_page.url}: {message.text}")

    alices_page.on("console", listen)
    return broken


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern, namespace + inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"


def paths_of(keywords: Keywords) -> Iterator[str]:
    """Of all that has a name and needs nothing, or one thing of ours."""
    wanted: list[dict[str, Any]] = [{}, *({k: v} for k, v in keywords.items())]
    for name in sorted(set(names(get_resolver()))):
        for kwargs in wanted:
            try:
                path = reverse(name, kwargs=kwargs)
            except NoReverseMatch:
                continue
            if path.endswith("/") and "logout" not in path:
                yield path


def is_page(response: APIResponse) -> bool:
    is_html = "text/html" in response.headers.get("content-type", "")
    return is_html and response.status != HTTPStatus.METHOD_NOT_ALLOWED


def test_no_page_breaks_its_policy(
    alices_page: Page, broken: list[str], recording: Recording, alice: User
) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    session = recording.session
    keywords: Keywords = {
        "slug": session.room.slug,
        "recording_id": recording.pk,
        "session_id": session.pk,
    }
    paths = list(paths_of(keywords))
    seen = [path for path in paths if is_page(alices_page.request.get(path))]
    assert {"/", "/rooms/", "/admin/", f"/rooms/{session.room.slug}/"} <= set(seen)
    for path in seen:
        alices_page.goto(path)
    assert broken == []


def test_a_call_breaks_no_policy(
    alices_page: Page, broken: list[str], recording: Recording
) -> None:
    """Workers, worklets, sockets, and what the page draws and says meanwhile."""
    alices_page.goto(f"/rooms/{recording.session.room.slug}/")
    alices_page.get_by_role("button", name="Turn off camera").wait_for()
    alices_page.get_by_role("button", name="Join now").click()
    alices_page.get_by_role("group", name="Alice").locator("video").wait_for()
    alices_page.get_by_role("button", name="Chat", exact=True).click()
    alices_page.get_by_label("Message", exact=True).fill("https://example.com/")
    alices_page.get_by_role("button", name="Send").click()
    alices_page.get_by_role("link", name="https://example.com/").wait_for()
    alices_page.get_by_role("button", name="Leave", exact=True).click()
    alices_page.get_by_role("heading", name="You left the meeting").wait_for()
    assert broken == []


def test_the_policy_is_in_force(alices_page: Page, broken: list[str]) -> None:
    alices_page.goto("/rooms/")
    alices_page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{textContent: 'globalThis.injected = true'}))"
    )
    assert alices_page.evaluate("globalThis.injected") is None
    assert len(broken) == 1
