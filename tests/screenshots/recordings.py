"""The library, a recording's page, links to it, replays of sessions."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page

from conference.models import User
from conference.samples.few import PEOPLE, SAID, SECONDS
from conference.samples.held_meeting import hold
from recordings.kept_pictures import keep_picture
from recordings.models import Recording, ShareLink
from rooms.rules.rooms import create_room
from tests.screenshots.past import keep, past_session
from tests.screenshots.shot import NOBODY, Shot, press


def shots(alice: User) -> list[Shot]:
    kept = keep(create_room(alice, name="Planning"), alice)
    long = keep(create_room(alice, name="A whole day"), alice, people=30, hours=2)
    played = hold(
        create_room(alice, name="Design review"),
        alice,
        PEOPLE,
        started_at=timezone.now() - timedelta(days=1),
        seconds=SECONDS,
        said=SAID,
    )
    keep_picture("storyboard", str(played.pk))
    keep_picture("poster", str(played.pk))
    bare = past_session(create_room(alice, name="Standup"))
    one, many = f"/recordings/{kept.pk}/", f"/recordings/{long.pk}/"
    held = f"/recordings/{played.pk}/"
    return [
        *library(kept, long),
        Shot("recording", one, see_player, whole=True),
        Shot("recording-played", held, see_people, whole=True, wall=True),
        Shot("recording-playing", held, play),
        Shot("recording-full-screen", held, play_in_full_screen),
        Shot("recording-more", one, open_more, whole=True),
        Shot("recording-refused", one, be_refused, whole=True),
        Shot("recording-clip", held, choose_clip),
        Shot("recording-long", many, see_player, whole=True),
        Shot("recording-german", many, open_more, whole=True, language="de"),
        Shot("recording-failed", one, break_timeline),
        Shot("recording-unplayable", one, lose_replay),
        Shot("recording-delete", one, press("Delete")),
        *share_shots(kept),
        Shot("session", f"/sessions/{kept.session_id}/people/", whole=True),
        Shot(
            "session-german",
            f"/sessions/{long.session_id}/people/",
            whole=True,
            language="de",
        ),
        Shot("replay", f"/sessions/{kept.session_id}/", wait_for_timeline, whole=True),
        Shot("replay-playing", f"/sessions/{played.session_id}/", play, wall=True),
        Shot("replay-long", f"/sessions/{long.session_id}/", wait_for_timeline),
        Shot("replay-empty", f"/sessions/{bare.pk}/", wait_for_heading),
        Shot("replay-failed", f"/sessions/{kept.session_id}/", break_timeline),
        Shot("replay-unplayable", f"/sessions/{kept.session_id}/", lose_replay),
    ]


def library(kept: Recording, other: Recording) -> list[Shot]:
    chosen = f"/recordings/chosen/?recording={kept.pk}&recording={other.pk}"
    return [
        Shot("recordings", "/recordings/", whole=True),
        Shot("recordings-german", "/recordings/", whole=True, language="de"),
        Shot("recordings-rename", "/recordings/", rename),
        Shot("recordings-chosen", chosen),
        Shot("recordings-chosen-delete", f"{chosen}&to=delete"),
        Shot("recordings-none", "/recordings/?search=unknown"),
        Shot("recordings-new", "/recordings/", who="bob@example.com"),
    ]


def share_shots(kept: Recording) -> list[Shot]:
    """A link in each state."""
    now = timezone.now()
    later = {"recording": kept, "expires_at": now + timedelta(days=30)}
    link = ShareLink.objects.create(
        **later, created_by=kept.started_by, opened=3, opened_at=now
    )
    locked = ShareLink.objects.create(
        **later, created_by=kept.started_by, password=make_password("secret")
    )
    gone = ShareLink.objects.create(recording=kept, expires_at=now)
    return [
        Shot("shared", f"/shared/{link.token}/", who=NOBODY),
        Shot("shared-locked", f"/shared/{locked.token}/", who=NOBODY),
        Shot("shared-gone", f"/shared/{gone.token}/", who=NOBODY),
    ]


def rename(page: Page) -> None:
    page.get_by_role("button", name="Rename").first.click()
    page.get_by_role("textbox", name="Title").wait_for()


def see_player(page: Page) -> None:
    page.locator("meeting-timeline").wait_for()
    see_people(page)


def see_people(page: Page) -> None:
    page.locator("#people-title").scroll_into_view_if_needed()
    page.locator(".chart").wait_for()
    page.evaluate("scrollTo(0, 0)")


def open_more(page: Page) -> None:
    see_player(page)
    page.locator("details.more summary").click()


def be_refused(page: Page) -> None:
    open_more(page)
    page.locator("#id_start").fill("soon")
    page.locator("#id_bitrate").evaluate("field => field.removeAttribute('min')")
    page.locator("#id_bitrate").fill("5")
    page.locator("[name=texts_text]").first.fill("Welcome to all of you")
    page.locator("#make .primary").click()
    page.locator("#make .errors").first.wait_for()


def choose_clip(page: Page) -> None:
    wait_for_timeline(page)
    page.get_by_role("slider", name="Start of the clip").press("PageUp")
    page.locator(".slider").hover(position={"x": 90, "y": 12})
    page.locator(".shot").wait_for()


def play(page: Page) -> None:
    """Until pictures of it are shown, and a second longer, for a look."""
    wait_for_timeline(page)
    page.locator(".start-button").click()
    page.locator("person-tile canvas, person-tile video").first.wait_for()
    page.wait_for_timeout(1_000)


def play_in_full_screen(page: Page) -> None:
    play(page)
    page.get_by_role("button", name="Full screen").click()
    page.get_by_role("button", name="Leave full screen").wait_for()


def lose_replay(page: Page) -> None:
    page.add_init_script("delete globalThis.VideoDecoder")
    page.reload()
    page.get_by_text("This browser cannot play meetings").wait_for()


def wait_for_timeline(page: Page) -> None:
    page.get_by_role("slider", name="Time").wait_for()


def wait_for_heading(page: Page) -> None:
    page.get_by_role("heading", name="Nothing was kept").wait_for()


def break_timeline(page: Page) -> None:
    page.route("**/timeline/", lambda route: route.fulfill(status=500))
    page.reload()
    page.get_by_role("button", name="Try again").first.wait_for()
