"""Pictures of every page, in three sizes and both themes, into ``var/screenshots/``.

``make screenshots``: a real server on a temporary folder with seeded rows, and a real
Chromium with its fake devices. ``ARGS=room`` takes only those whose name begins so.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

os.environ["DJANGO_SETTINGS_MODULE"] = "conference.settings"
folder = tempfile.TemporaryDirectory(prefix="conference-screenshots-")
os.environ["DATA_DIR"] = folder.name
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

from conference.first_start import collect_static_files  # noqa: E402
from conference.models import User  # noqa: E402
from conference.samples.few import PEOPLE, SAID, SECONDS  # noqa: E402
from conference.samples.held_meeting import hold  # noqa: E402
from recordings.kept_pictures import keep_picture  # noqa: E402
from recordings.models import (  # noqa: E402
    Export,
    LiveOutput,
    OutputState,
    OutputTarget,
    Recording,
    ShareLink,
    TargetState,
)
from rooms.access import Access, Action, access_room  # noqa: E402
from rooms.clock import to_us  # noqa: E402
from rooms.models import Entry, MailState, Participant, Room, Session  # noqa: E402
from rooms.rules import chat, hand, lifecycle, tracks  # noqa: E402
from rooms.rules.rooms import create_room  # noqa: E402
from tests.browser import launch_chromium  # noqa: E402
from tests.rooms.meetings import GRACE, HEIDI, in_days, scheduled  # noqa: E402
from tests.server import asgi_server  # noqa: E402

OUT = Path(__file__).parent.parent / "var" / "screenshots"
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desktop": (1440, 900)}
HOUR_US = 3600 * 1_000_000
NAMES = (
    "Bob",
    "Charlotte Featherstonehaugh-Montgomery, Head of Everything Else",
    "李雷",
    "Dmitri Ivanov",
    "Ève",
    "Фёдор",
    "O'Brien <b>",
)


@dataclass
class Shot:
    """A page to look at; ``act`` does what must be done on it first."""

    name: str
    path: str
    act: Callable[[Page], None] = lambda page: None
    signed_in: bool = True
    whole: bool = False
    language: str = "en"


def main(prefix: str) -> None:
    call_command("migrate", verbosity=0)
    collect_static_files()
    data_dir = Path(settings.DATA_DIR)
    OUT.mkdir(parents=True, exist_ok=True)
    with asgi_server(data_dir) as server:
        shots = seed()  # now: a server that starts looks who is there
        with sync_playwright() as playwright:
            browser = launch_chromium(playwright, data_dir)
            for shot in shots:
                if shot.name.startswith(prefix):
                    take(browser, server.url, shot)
            browser.close()


def take(browser: Browser, site: str, shot: Shot) -> None:
    for size, (width, height) in SIZES.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
                locale=shot.language,
            )
            if shot.signed_in:
                sign_in(context, site)
            page = context.new_page()
            page.goto(f"{site}{shot.path}")
            shot.act(page)
            page.screenshot(
                path=OUT / f"{shot.name}-{size}-{theme}.png", full_page=shot.whole
            )
            leave(page)
            context.close()


def leave(page: Page) -> None:
    """Who only goes away keeps a place for a while and would be on other pictures."""
    button = page.get_by_role("button", name="Leave", exact=True)
    if button.count():
        button.dispatch_event("click")  # a panel may lie above it
        page.get_by_role("heading", name="You left").wait_for()


def sign_in(context: BrowserContext, site: str) -> None:
    """By the session's cookie: signing in so often by the form is throttled."""
    client = Client()
    client.force_login(User.objects.get(email="alice@example.com"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}]
    )


def seed() -> list[Shot]:
    """Rows for every page."""
    for folder in settings.QUEUE_FOLDERS:  # mails wait here; nobody sends them
        folder.mkdir(parents=True, exist_ok=True)
    alice = User.objects.create_superuser("alice@example.com", name="Alice")
    weekly = create_room(alice, name="Weekly sync")
    crowd = create_room(alice, name="All hands, with a name that is rather long")
    closed = create_room(User.objects.create_user("bob@example.com"), name="Board")
    Room.objects.filter(pk=closed.pk).update(entry=Entry.MEMBERS)
    fill(weekly, 3)
    fill(crowd, 40)
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
    return [
        *meeting_shots(alice, weekly),
        Shot("welcome", "/", signed_in=False),
        Shot("sign-in", "/accounts/login/", signed_in=False),
        Shot("sign-in-refused", "/accounts/login/", wrong_password, signed_in=False),
        Shot("sign-up", "/accounts/signup/", signed_in=False),
        Shot("password", "/accounts/password/reset/", signed_in=False),
        Shot("not-found", "/nothing/"),
        Shot("closed-room", f"/rooms/{closed.slug}/"),
        Shot("home", "/", whole=True),
        Shot("before", f"/rooms/{weekly.slug}/", see_oneself),
        Shot("before-unsupported", f"/rooms/{weekly.slug}/", lose_decoder),
        Shot("room", f"/rooms/{weekly.slug}/", join),
        Shot("room-chat", f"/rooms/{weekly.slug}/", join_and_open("Chat")),
        Shot("room-people", f"/rooms/{weekly.slug}/", join_and_open("People")),
        Shot("room-react", f"/rooms/{weekly.slug}/", join_and_react),
        Shot("room-more", f"/rooms/{weekly.slug}/", join_and_open("More")),
        Shot("room-live", f"/rooms/{weekly.slug}/", join_and_open_live),
        Shot("room-live-on", f"/rooms/{weekly.slug}/", join_and_go_live),
        Shot("room-crowd", f"/rooms/{crowd.slug}/", join),
        Shot("room-left", f"/rooms/{weekly.slug}/", join_and_leave),
        Shot("live", f"/rooms/{weekly.slug}/live/", go_out_live),
        Shot("live-nothing", f"/rooms/{crowd.slug}/live/", signed_in=False),
        Shot("rooms", "/rooms/", whole=True),
        Shot("rooms-archived", "/rooms/?archived"),
        Shot("rooms-settings", f"/rooms/{weekly.slug}/settings/", whole=True),
        Shot("rooms-delete", f"/rooms/{kept.session.room.slug}/delete/"),
        Shot("account", "/account/", whole=True),
        Shot("account-menu", "/", open_menu),
        Shot("account-email", "/accounts/email/"),
        Shot("account-password", "/accounts/password/change/"),
        Shot("account-keys", "/account/keys/", make_key, whole=True),
        Shot("session", f"/sessions/{kept.session_id}/people/", whole=True),
        Shot("recordings", "/recordings/", whole=True),
        Shot("recordings-rename", "/recordings/", rename),
        Shot("recordings-chosen", f"/recordings/chosen/?recording={kept.pk}"),
        Shot(
            "recordings-chosen-delete",
            f"/recordings/chosen/?to=delete&recording={kept.pk}",
        ),
        Shot("recordings-none", "/recordings/?search=unknown"),
        Shot("recording", f"/recordings/{kept.pk}/", see_player, whole=True),
        Shot("recording-more", f"/recordings/{kept.pk}/", open_more, whole=True),
        Shot("recording-refused", f"/recordings/{kept.pk}/", be_refused, whole=True),
        Shot("recording-clip", f"/recordings/{played.pk}/", choose_clip),
        Shot("recording-long", f"/recordings/{long.pk}/", see_player, whole=True),
        Shot(
            "recording-german",
            f"/recordings/{long.pk}/",
            see_player,
            whole=True,
            language="de",
        ),
        Shot("recording-failed", f"/recordings/{kept.pk}/", break_timeline),
        Shot("recording-unplayable", f"/recordings/{kept.pk}/", lose_replay),
        Shot("recording-delete", f"/recordings/{kept.pk}/", press_delete),
        *share_shots(kept),
        Shot("replay", f"/sessions/{kept.session_id}/", wait_for_timeline, whole=True),
        Shot("replay-long", f"/sessions/{long.session_id}/", wait_for_timeline),
        Shot("replay-empty", f"/sessions/{bare.pk}/", wait_for_heading),
        Shot("replay-failed", f"/sessions/{kept.session_id}/", break_timeline),
        Shot("admin", "/admin/", whole=True),
        Shot("admin-rooms", "/admin/rooms/room/"),
        Shot("admin-sessions", "/admin/rooms/session/"),
        Shot("admin-recordings", "/admin/recordings/recording/"),
        Shot("admin-exports", "/admin/recordings/export/"),
        Shot("admin-holds", "/admin/recordings/hold/add/"),
        Shot("admin-audit", "/admin/recordings/auditentry/"),
    ]


def meeting_shots(alice: User, room: Room) -> list[Shot]:
    people = [GRACE, HEIDI]
    rule = "FREQ=WEEKLY;BYDAY=TU,TH"
    weekly = scheduled(room, alice, people, rule=rule, description="Bring notes.")
    scheduled(
        room, alice, title="All hands, and all that comes after", start=in_days(2)
    )
    told = weekly.invitees.filter(email=GRACE.email)
    told.update(state=MailState.FAILED, reason="550 5.1.1 No such mailbox")
    page = f"/meetings/{weekly.pk}/"
    return [
        Shot("meetings", "/meetings/", whole=True),
        Shot("meetings-month", "/meetings/?view=month", whole=True),
        Shot("meetings-none", "/meetings/?when=past"),
        Shot("meetings-new", "/meetings/new/", repeat_weekly, whole=True),
        Shot("meetings-refused", "/meetings/new/", schedule_in_the_past, whole=True),
        Shot("meeting", page, whole=True),
        Shot("meeting-edit", f"{page}edit/", whole=True),
        Shot("meeting-cancel", page, press_cancel),
    ]


def repeat_weekly(page: Page) -> None:
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_text("Every week on").wait_for()


def schedule_in_the_past(page: Page) -> None:
    page.get_by_label("Date", exact=True).fill("2020-01-01")
    page.get_by_label("Invite people").fill("nobody")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("Not an e-mail address").wait_for()


def press_cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel the meeting").click()
    page.get_by_role("dialog").wait_for()


def fill(room: Room, count: int) -> None:
    """People without pictures: some speak, some have a hand up, one wrote."""
    access = access_room(room.slug, None, Action.ENTER)
    people = [enter(access, number) for number in range(count)]
    for person in people[::2]:
        tracks.start_track(person, tracks.Announcement("microphone", "opus", 0, 0))
    for person in people[1:3]:
        hand.raise_hand(person)
    chat.send_message(people[0], text="The plan: https://example.com/plan\nComments?")
    chat.send_message(people[0], text="I share my screen in a minute.")
    chat.send_message(people[1], text="<b>Markup</b> stays text.")


def enter(access: Access, number: int) -> Participant:
    name = NAMES[number % len(NAMES)]
    name += f" {number}" if number >= len(NAMES) else ""
    person = lifecycle.connect(lifecycle.join(access, name=name, consent=True))
    # Nobody is there in truth: keep presence from noticing.
    ahead = timezone.now() + timedelta(hours=1)
    Participant.objects.filter(pk=person.pk).update(seen_at=ahead)
    return person


def past_session(room: Room, *, people: int = 4, hours: float = 0.5) -> Session:
    fill(room, people)
    session = Session.objects.get(room=room)
    for person in session.participants.filter(left_at=None):
        lifecycle.leave(person)
    session.refresh_from_db()
    stretch(session, round(hours * HOUR_US))
    return session


def stretch(session: Session, length_us: int) -> None:
    """Seeding takes an instant; a meeting takes its time."""
    assert session.ended_at is not None
    first_us, last_us = to_us(session.started_at), to_us(session.ended_at)
    for event in session.events.all():
        event.at_us = first_us + (event.at_us - first_us) * length_us // (
            last_us - first_us
        )
        if event.type == "chat.message":
            event.data["message"]["sent_us"] = event.at_us
        event.save()
    session.ended_at = session.started_at + timedelta(microseconds=length_us)
    session.save()


def keep(room: Room, owner: User, *, people: int = 4, hours: float = 0.5) -> Recording:
    """The second half of a meeting, and files of it in every state."""
    session = past_session(room, people=people, hours=hours)
    assert session.ended_at is not None
    recording = Recording.objects.create(
        session=session,
        room=session.room,
        title="Planning for the second half of the year",
        started_by=owner,
        started_us=to_us(session.started_at) + round(hours * HOUR_US) // 2,
        ended_us=to_us(session.ended_at),
        sealed_at=session.ended_at,
    )
    now = timezone.now()
    states = (
        {"state": "running", "progress": 0.37},
        {"state": "queued", "format": "tracks"},
        {"state": "failed", "error_detail": "The storage did not take the file."},
        {"state": "ready", "format": "tracks", "bytes": 73_400_320},
    )
    for state in states:
        Export.objects.create(
            **{"recording": recording, "format": "mp4", "finished_at": now} | state
        )
    return recording


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
        Shot("shared", f"/shared/{link.token}/", signed_in=False),
        Shot("shared-locked", f"/shared/{locked.token}/", signed_in=False),
        Shot("shared-gone", f"/shared/{gone.token}/", signed_in=False),
    ]


def wrong_password(page: Page) -> None:
    page.get_by_label("Email").fill(f"{uuid4()}@example.com")  # each is throttled
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def see_oneself(page: Page) -> None:
    page.get_by_role("button", name="Turn off camera").wait_for()
    page.locator("video").evaluate("video => video.play()")


def join(page: Page) -> None:
    see_oneself(page)
    page.get_by_role("button", name="Join now").click()
    page.get_by_role("button", name="Leave", exact=True).wait_for()
    page.get_by_role("group", name="Alice").locator("video").wait_for()


def join_and_open(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        join(page)
        page.get_by_role("button", name=name, exact=True).click()

    return act


def join_and_leave(page: Page) -> None:
    join(page)
    leave(page)


def lose_decoder(page: Page) -> None:
    page.add_init_script("delete globalThis.VideoDecoder")
    page.reload()
    page.get_by_role("heading", name="You cannot join from here").wait_for()


def open_menu(page: Page) -> None:
    page.locator("details.who summary").click()


def make_key(page: Page) -> None:
    page.get_by_label("What is it for?").fill("The wiki's calendar")
    page.get_by_label("See rooms and their members").check()
    page.get_by_label("See scheduled meetings").check()
    page.get_by_role("button", name="Make the key").click()
    page.get_by_text("Copy it now").wait_for()


def rename(page: Page) -> None:
    page.get_by_role("button", name="Rename").first.click()
    page.get_by_role("textbox", name="Title").wait_for()


def press_delete(page: Page) -> None:
    page.get_by_role("button", name="Delete", exact=True).click()


def see_player(page: Page) -> None:
    page.locator("meeting-timeline").wait_for()
    page.locator("#people-title").scroll_into_view_if_needed()
    page.locator(".chart").wait_for()


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
    page.locator("meeting-timeline").wait_for()
    page.get_by_role("slider", name="Start of the clip").press("PageUp")
    page.locator(".slider").hover(position={"x": 90, "y": 12})
    page.locator(".shot").wait_for()


def lose_replay(page: Page) -> None:
    page.add_init_script("delete globalThis.VideoDecoder")
    page.reload()


def join_and_open_live(page: Page) -> None:
    join_and_open("More")(page)
    page.get_by_role("button", name="Go live").click()
    page.get_by_role("dialog", name="Live").wait_for()


def join_and_go_live(page: Page) -> None:
    """To one server that takes it, and to one that does not."""
    LiveOutput.objects.update(state=OutputState.ENDED)
    join_and_open_live(page)
    dialog = page.get_by_role("dialog", name="Live")
    dialog.get_by_label("Server").fill("rtmps://live.example.com/app")
    dialog.get_by_label("Stream key").fill("abcd-efgh-ijkl")
    dialog.get_by_label("People can watch it in a browser").check()
    dialog.get_by_role("button", name="Go live").click()
    dialog.get_by_text("Waiting for a worker").wait_for()
    output = LiveOutput.objects.latest("created_at")
    LiveOutput.objects.filter(pk=output.pk).update(state=OutputState.RUNNING)
    output.targets.update(state=TargetState.LIVE)
    OutputTarget.objects.create(
        output=output,
        url="rtmp://a-very-long-name-of-a-server.streaming.example.org/live/eu-west",
        secret=b"",
        state=TargetState.RETRYING,
        error="server: Stream already publishing",
    )
    dialog.get_by_text("Stream already publishing").wait_for()


def go_out_live(page: Page) -> None:
    """Before the first piece is there."""
    room = Room.objects.get(slug=page.url.split("/")[-3])
    session = Session.objects.filter(room=room).latest("started_at")
    LiveOutput.objects.create(
        room=room, session=session, hls=True, seen_at=timezone.now()
    )
    page.reload()
    page.get_by_role("status").wait_for()


def join_and_react(page: Page) -> None:
    join_and_open("React")(page)
    page.get_by_role("button", name="🎉").click()
    page.get_by_role("img", name="Alice reacts with 🎉").wait_for()


def wait_for_timeline(page: Page) -> None:
    page.get_by_role("slider", name="Time").wait_for()


def wait_for_heading(page: Page) -> None:
    page.get_by_role("heading", name="Nothing was kept").wait_for()


def break_timeline(page: Page) -> None:
    page.route("**/timeline/", lambda route: route.fulfill(status=500))
    page.reload()
    page.get_by_role("button", name="Try again").first.wait_for()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
