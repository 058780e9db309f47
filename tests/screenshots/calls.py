"""Before joining, the call and what opens in it, after it, and what goes out live."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page

from conference.models import User
from recordings.models import LiveOutput, OutputState, OutputTarget, TargetState
from rooms.models import Entry, Recorders, Room, RoomKind, Session
from rooms.rules import lifecycle, tracks
from rooms.rules.rooms import create_room
from tests.screenshots.past import fill
from tests.screenshots.shot import NOBODY, Shot, press


def shots(alice: User, weekly: Room) -> list[Shot]:
    people = fill(weekly, 3)
    for person in people[2:]:
        lifecycle.leave(person)
    crowd = create_room(alice, name="All hands, with a name that is rather long")
    fill(crowd, 40)
    alone = create_room(alice, name="Quiet corner")
    far = create_room(alice, name="Far away")
    shared = create_room(alice, name="Demo")
    screen = tracks.Announcement("screen", "vp8", 1920, 1080)
    tracks.start_track(fill(shared, 5)[1], screen)
    closed = create_room(User.objects.create_user("bob@example.com"), name="Board")
    Room.objects.filter(pk=closed.pk).update(entry=Entry.MEMBERS)
    never = create_room(alice, name="Confidential")
    Room.objects.filter(pk=never.pk).update(recorders=Recorders.NOBODY)
    webinar = create_room(alice, name="Product news")
    fill(webinar, 2)
    Room.objects.filter(pk=webinar.pk).update(kind=RoomKind.WEBINAR)
    page, large = f"/rooms/{weekly.slug}/", f"/rooms/{crowd.slug}/"
    return [
        Shot("before", page, see_oneself, wall=True),
        Shot("before-german", page, see_oneself, language="de"),
        Shot("before-guest", page, see_oneself, who=NOBODY),
        Shot("before-devices", page, see_devices),
        Shot("before-blocked", page, block_devices),
        Shot("before-off", page, turn_camera_off),
        Shot("before-never", f"/rooms/{never.slug}/", see_oneself),
        Shot("before-webinar", f"/rooms/{webinar.slug}/", who=NOBODY),
        Shot("before-unsupported", page, lose_decoder),
        Shot("room", page, join, wall=True),
        Shot("room-alone", f"/rooms/{alone.slug}/", join),
        Shot("room-chat", page, join_and_open("Chat")),
        Shot("room-people", page, join_and_open("People")),
        Shot("room-person", page, join_and_open_person),
        Shot("room-react", page, join_and_react),
        Shot("room-more", page, join_and_open("More")),
        Shot("room-ending", page, join_and_open("Options for ending")),
        Shot("room-devices", page, join_and_open("More", "Devices")),
        Shot("room-keys", page, join_and_open("More", "Keys")),
        Shot("room-speaker", page, join_and_open("More", "Show the speaker large")),
        Shot("room-screen", f"/rooms/{shared.slug}/", join, wall=True),
        Shot("room-recording", f"/rooms/{alone.slug}/", join_and_record),
        Shot("room-cut-off", f"/rooms/{far.slug}/", join_and_lose_connection),
        Shot("room-live", page, join_and_open_live),
        Shot("room-live-on", page, join_and_go_live),
        Shot("room-crowd", large, join, wall=True),
        Shot("room-crowd-people", large, join_and_open("People")),
        Shot("room-german", page, join_and_look_for_more, language="de"),
        Shot("room-webinar", f"/rooms/{webinar.slug}/", watch, who=NOBODY),
        Shot("room-left", page, join_and_leave),
        Shot("closed-room", f"/rooms/{closed.slug}/"),
        Shot("live", f"{page}live/", go_out_live),
        Shot("live-nothing", f"{large}live/", who=NOBODY),
    ]


def see_oneself(page: Page) -> None:
    page.locator(".preview video:not([hidden])").wait_for()
    page.locator("video").evaluate("video => video.play()")


def see_devices(page: Page) -> None:
    see_oneself(page)
    page.locator("details.devices summary").click()


def turn_camera_off(page: Page) -> None:
    see_oneself(page)
    press("Turn off camera")(page)
    page.get_by_text("Your camera is off").wait_for()


def block_devices(page: Page) -> None:
    page.add_init_script(
        """navigator.mediaDevices.getUserMedia = async () => {
            throw new DOMException("Permission denied", "NotAllowedError");
        }"""
    )
    page.reload()
    page.locator(".notice.warn").first.wait_for()


def lose_decoder(page: Page) -> None:
    page.add_init_script("delete globalThis.VideoDecoder")
    page.reload()
    page.get_by_role("heading", name="You cannot join from here").wait_for()


def join(page: Page) -> None:
    see_oneself(page)
    page.locator(".ask .primary").click()
    page.locator(".tool.leave").wait_for()
    page.locator("person-tile[data-own] video").wait_for()


def join_and_open(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        join(page)
        for name in names:
            press(name)(page)

    return act


def join_and_open_person(page: Page) -> None:
    join_and_open("People")(page)
    page.locator("people-panel li [aria-expanded]").first.click()


def join_and_react(page: Page) -> None:
    join_and_open("React", "🎉")(page)
    page.get_by_role("img", name="Alice reacts with 🎉").wait_for()


def join_and_record(page: Page) -> None:
    """To the end of its shot: leaving ends the recording with the meeting."""
    join_and_open("Start recording")(page)
    page.locator(".badge.recording").wait_for()


def join_and_lose_connection(page: Page) -> None:
    page.add_init_script(
        """const Socket = globalThis.WebSocket;
        const open = new Set();
        globalThis.WebSocket = class extends Socket {
            constructor(...all) {
                super(...all);
                open.add(this);
                if (globalThis.cutOff) this.close();
            }
        };
        globalThis.cutThemOff = () => {
            globalThis.cutOff = true;
            for (const socket of open) socket.close();
        };"""
    )
    page.reload()
    join(page)
    page.evaluate("cutThemOff()")
    page.locator("call-top .banner:not([hidden])").wait_for()


def join_and_look_for_more(page: Page) -> None:
    join(page)
    page.locator("[popovertarget=more-menu]").click()


def watch(page: Page) -> None:
    page.get_by_label("Your name").fill("Ingrid")
    press("Join now")(page)
    page.locator(".tool.leave").wait_for()


def join_and_leave(page: Page) -> None:
    join(page)
    leave(page)


def leave(page: Page) -> None:
    """Who only goes away keeps a place for a while and would be on other pictures."""
    button = page.locator(".tool.leave")
    if button.count():
        button.dispatch_event("click")  # a panel may lie above it
        page.locator("call-ended h1").wait_for()


def join_and_open_live(page: Page) -> None:
    join_and_open("More", "Go live")(page)
    page.get_by_role("dialog", name="Live").wait_for()


def join_and_go_live(page: Page) -> None:
    """To one server that takes it, and to one that does not."""
    LiveOutput.objects.update(state=OutputState.ENDED)
    join_and_open_live(page)
    dialog = page.get_by_role("dialog", name="Live")
    dialog.get_by_label("Server").fill("rtmps://live.example.com/app")
    dialog.get_by_label("Stream key").fill("abcd-efgh-ijkl")
    dialog.get_by_label("Title card").fill("We begin soon")
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
    dialog.get_by_text("Logo and background").click()


def go_out_live(page: Page) -> None:
    """Before the first piece is there."""
    room = Room.objects.get(slug=page.url.split("/")[-3])
    session = Session.objects.filter(room=room).latest("started_at")
    LiveOutput.objects.create(
        room=room, session=session, hls=True, seen_at=timezone.now()
    )
    page.reload()
    page.get_by_role("status").wait_for()
