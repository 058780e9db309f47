"""Fixtures that several folders of tests share."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser import Devices, Launch, launch_chromium, what_pages_show
from tests.server import Server, asgi_server, collect_static

TESTS = Path(__file__).parent
# Files of tests that take longest, the longest first. Where two processes share the
# files, each takes the next: none of these shall be the last, with only one at work.
LONGEST = (
    "conference/test_serve.py",
    "pages/test_accessibility.py",
    "recordings/outputs/test_rtmp.py",
    "e2e/test_processes.py",
    "api/test_schema_fuzz.py",
    "recordings/outputs/test_replacement.py",
    "pages/test_policy.py",
    "e2e/",
    "recordings/outputs/",
    "conference/test_metrics.py",
    "contracts/",
)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """The longest first. With PostgreSQL, only what depends on the database: the rest
    has been run."""
    items.sort(key=place_of)
    if connection.vendor == "sqlite":
        return
    chosen = [item for item in items if depends_on_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def place_of(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix()
    found = (at for at, start in enumerate(LONGEST) if path.startswith(start))
    return next(found, len(LONGEST))


def depends_on_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"}.intersection(
        getattr(item, "fixturenames", ())
    )
    is_marked = item.get_closest_marker("django_db") is not None
    is_browser = item.get_closest_marker("browser") is not None
    return bool(fixtures or is_marked) and not is_browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed browser test tells what its pages showed and its servers logged."""
    report = yield
    if report.failed and item.get_closest_marker("browser"):
        report.sections.append(("Pages", what_pages_show()))
        logs = Path(settings.DATA_DIR).glob("server-*.log")
        for log in sorted(logs, key=lambda log: log.stat().st_mtime)[-2:]:
            report.sections.append((log.name, log.read_text()[-3_000:]))
    return report


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """What a test's client asked in another language leaves that language active in
    this thread: the next test's errors would be in it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix() -> None:
    """No suffix for tests that run beside others: each process has its own folder, and
    the servers that it starts know the database by its usual name."""


@pytest.fixture(scope="module")
def collected(django_db_setup: None) -> None:
    """The files that a server process serves; the tests themselves need none."""
    collect_static(Path(settings.DATA_DIR))


@pytest.fixture(scope="module")
def module_server(
    request: pytest.FixtureRequest, django_db_setup: None
) -> Iterator[Server]:
    if "collected" in request.fixturenames:  # it looks for the files as it starts
        request.getfixturevalue("collected")
    with asgi_server(Path(settings.DATA_DIR)) as server:
        yield server


@pytest.fixture
def server(module_server: Server, transactional_db: None) -> Server:
    """The ASGI server on the tests' own data folder: rows made here are seen there.

    One process serves all tests of a module; rows are removed after each test.
    """
    return module_server


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ended with its module: while it runs, this thread has a running event loop.

    Therefore a module with browser tests has no asynchronous ones, and Django must be
    told that its own calls are fine here.
    """
    expect.set_options(timeout=60_000)  # on a busy machine
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture
def launch(playwright: Playwright, tmp_path: Path) -> Iterator[Launch]:
    """Starts Chromiums with the devices given; they are closed after the test."""
    with ExitStack() as browsers:

        def launch(devices: Devices | None = None) -> Browser:
            return browsers.enter_context(
                launch_chromium(playwright, tmp_path, devices)
            )

        yield launch


@pytest.fixture(scope="module")
def browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """One Chromium with Chromium's own fake devices, for the tests of a module."""
    with launch_chromium(playwright, tmp_path_factory.mktemp("devices")) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: nobody is signed in."""
    with browser.new_context() as context:
        context.set_default_timeout(60_000)  # on a busy machine
        yield context.new_page()
