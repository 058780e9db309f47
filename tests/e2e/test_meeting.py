"""A meeting that runs, is kept, and comes out as a file."""

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recordings.models import Recording
from tests.browser import Devices, Launch
from tests.e2e.conftest import EMAIL, PASSWORD
from tests.e2e.film import Area, Film
from tests.e2e.people import Person
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.call, pytest.mark.timeout(300)]

RED, GREEN, BLUE = (200, 40, 40), (40, 160, 60), (40, 70, 200)
ALICE_HZ, BOB_HZ, CHARLIE_HZ = 440, 750, 1130
RECORDED_SECONDS = 20
HEARD_DB = 30


def test_a_recorded_meeting_comes_out_as_a_file(
    whole: Server, launch: Launch, tmp_path: Path
) -> None:
    alice = Person(launch(Devices(RED, ALICE_HZ)), "Alice", site=whole.url)
    bob = Person(launch(Devices(GREEN, BOB_HZ)), "Bob", site=whole.url)
    charlie = Person(launch(Devices(BLUE, CHARLIE_HZ)), "Charlie", site=whole.url)
    people = (alice, bob, charlie)

    alice.sign_in(EMAIL, PASSWORD)
    room = alice.open_a_meeting()
    host = alice.name_on_tile()
    bob.join(room)
    alice.wait_to_see("Bob", GREEN)
    bob.wait_to_see(host, RED)
    bob.press("React")
    bob.press("🎉")
    for person in (alice, bob):
        reaction = person.page.get_by_role("img", name="Bob reacts with 🎉")
        expect(reaction).to_be_visible()

    alice.press("Start recording")
    for person in (alice, bob):
        expect(person.page.get_by_text("Recording", exact=True).first).to_be_visible()
    recording = Recording.objects.get()
    reach(alice.page, recording, 6)
    came = elapsed_seconds(alice.page, recording)
    charlie.join(room)
    charlie.wait_to_see(host, RED)
    charlie.wait_to_see("Bob", GREEN)
    alice.wait_to_see("Charlie", BLUE)
    joined = elapsed_seconds(alice.page, recording)
    reach(alice.page, recording, joined + 3)
    went = elapsed_seconds(alice.page, recording)
    bob.press("Leave")
    expect(alice.tile("Bob")).to_have_count(0)
    left = elapsed_seconds(alice.page, recording)
    reach(alice.page, recording, max(RECORDED_SECONDS, left + 4))
    alice.press("Stop recording")
    expect(alice.button("Start recording")).to_be_visible()
    charlie.press("Leave")
    alice.press("Leave")

    film = Film(export_mp4(alice, tmp_path))
    check_film(film, came=came, joined=joined, left=left)
    presence = presence_on_timeline(alice, recording)
    assert set(presence) == {host, "Bob", "Charlie"}
    assert came < presence["Charlie"][0] < joined
    assert went < presence["Bob"][1] < left
    check_replay(alice, recording, host=host)
    for person in people:
        assert not person.errors


def elapsed_seconds(page: Page, recording: Recording) -> float:
    """Since the recording began, by the page's clock, which is the server's here."""
    now_ms: float = page.evaluate("Date.now()")
    return now_ms / 1000 - recording.started_us / 1_000_000


def reach(page: Page, recording: Recording, seconds: float) -> None:
    """Let the meeting go on until so much of it is recorded."""
    remaining = seconds - elapsed_seconds(page, recording)
    page.wait_for_timeout(max(0.0, remaining) * 1000)


def export_mp4(alice: Person, folder: Path) -> Path:
    """Through the recordings page, as a person gets it."""
    page = alice.page
    page.goto(f"{alice.site}/recordings/")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    export = alice.button("Export")
    expect(export).to_be_visible()
    page.get_by_label("Format").select_option(label="Video (MP4)")
    export.click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=120_000)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(".mp4")
    path = folder / "meeting.mp4"
    download.value.save_as(path)
    return path


def check_film(film: Film, *, came: float, joined: float, left: float) -> None:
    assert (film.video_codec, film.audio_codec) == ("h264", "aac")
    assert film.size == (1280, 720)
    assert film.seconds == pytest.approx(max(RECORDED_SECONDS, left + 4), abs=3)

    for second in range(2, int(came)):
        check_tiles(film, second, present=(RED, GREEN), absent=(BLUE,))
    both = range(int(joined) + 1, int(left) - 1)
    assert both
    for second in both:
        check_tiles(film, second, present=(RED, GREEN, BLUE), absent=())
    last = int(left) + 2
    check_tiles(film, last, present=(RED, BLUE), absent=(GREEN,))

    assert film.loudness(ALICE_HZ, start=1, end=5) > HEARD_DB
    assert film.loudness(BOB_HZ, start=1, end=5) > HEARD_DB
    assert film.loudness(CHARLIE_HZ, start=1, end=5) < HEARD_DB
    assert film.loudness(CHARLIE_HZ, start=last, end=last + 2) > HEARD_DB
    assert film.loudness(BOB_HZ, start=last, end=last + 2) < HEARD_DB


def check_tiles(
    film: Film,
    second: int,
    *,
    present: tuple[tuple[int, int, int], ...],
    absent: tuple[tuple[int, int, int], ...],
) -> None:
    """Each colour fills a rectangle of its own, all of about one size."""
    areas = [film.area(colour, second=second) for colour in present]
    found = [area for area in areas if area]
    assert len(found) == len(present), f"second {second}: {areas}"
    assert all(area.filled > 0.85 for area in found), f"second {second}: {found}"
    assert max(a.share for a in found) < 1.3 * min(a.share for a in found)
    ordered = sorted(found, key=lambda area: (area.top // 100, area.left))
    assert all(are_apart(a, b) for a, b in pairwise(ordered))
    assert not [colour for colour in absent if film.area(colour, second=second)]


def are_apart(a: Area, b: Area) -> bool:
    return a.right <= b.left or b.right <= a.left or a.bottom <= b.top


def presence_on_timeline(
    alice: Person, recording: Recording
) -> dict[str, tuple[float, float]]:
    """From when to when each person was there, in seconds since the recording began."""
    answer = alice.page.request.get(
        f"{alice.site}/api/v1/sessions/{recording.session_id}/timeline/"
    )
    assert answer.ok
    presence = {}
    for person in answer.json()["people"]:
        [[start_us, end_us]] = person["present"]
        presence[person["name"]] = (
            (start_us - recording.started_us) / 1_000_000,
            (end_us - recording.started_us) / 1_000_000,
        )
    return presence


def check_replay(alice: Person, recording: Recording, *, host: str) -> None:
    alice.page.goto(f"{alice.site}/sessions/{recording.session_id}/")
    expect(alice.tile(host)).to_be_visible()
    if alice.button("Play").is_visible():
        alice.press("Play")
    alice.wait_to_see(host, RED)
    alice.wait_to_see("Bob", GREEN)
