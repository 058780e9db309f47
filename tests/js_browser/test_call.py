"""Two pages hold a call through the real server."""

from collections.abc import Callable

import pytest

from tests.e2e.people import is_like
from tests.js_browser.conftest import Person
from tests.server import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.call]

Enter = Callable[..., Person]


def test_a_call_has_picture_and_sound(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    alice.send("camera", "lab.camera('rgb(200, 40, 40)')")
    alice.send("microphone", "lab.tone(440)")
    bob.send("camera", "lab.camera('rgb(40, 160, 60)')")
    bob.send("microphone", "lab.tone(1000)")
    at_bob, at_alice = bob.show(alice), alice.show(bob)

    wait_for(lambda: is_like(bob.colour(at_bob), (200, 40, 40)))
    wait_for(lambda: is_like(alice.colour(at_alice), (40, 160, 60)))
    bob.wait("Math.abs(lab.heardHz() - 440) < 10")
    alice.wait("Math.abs(lab.heardHz() - 1000) < 10")
    bob.wait(f"lab.call.level({alice.number}) > 0.5")
    bob.wait(f"lab.call.level({bob.number}) > 0.5")


def test_a_late_joiner_sees_a_picture_at_once(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    # Nothing moves in it: the last frame has to be told again.
    alice.send("screen", "lab.camera('rgb(40, 70, 200)', {still: true})")
    at_bob = bob.show(alice, "screen")
    wait_for(lambda: is_like(bob.colour(at_bob), (40, 70, 200)))
    charlie = enter("Charlie")
    at_charlie = charlie.show(alice, "screen")
    wait_for(lambda: is_like(charlie.colour(at_charlie), (40, 70, 200)), 3)


def test_a_muted_microphone_is_no_track(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    alice.send("microphone", "lab.tone(440)")
    bob.wait("Math.abs(lab.heardHz() - 440) < 10")
    alice.send("microphone", "null")
    bob.wait("lab.heardHz() === 0")
    tracks = "lab.call.state.snapshot.participants[0].tracks"
    bob.wait(f"Object.keys({tracks}).length === 0")
    alice.send("microphone", "lab.tone(700)")
    bob.wait("Math.abs(lab.heardHz() - 700) < 10")
    bob.wait(f"{tracks}.microphone.codec === 'opus'")


def test_another_camera_takes_the_place_of_the_first(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    alice.send("camera", "lab.camera('rgb(200, 40, 40)')")
    at_bob = bob.show(alice)
    wait_for(lambda: is_like(bob.colour(at_bob), (200, 40, 40)))
    alice.send("camera", "lab.camera('rgb(40, 160, 60)', {width: 320, height: 240})")
    wait_for(lambda: is_like(bob.colour(at_bob), (40, 160, 60)))
    camera = "lab.call.state.snapshot.participants[0].tracks.camera"
    bob.wait(f"{camera}.width === 320 && {camera}.height === 240")


def test_a_track_that_ends_is_stopped(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    alice.send("camera", "lab.track = lab.camera('red')")
    camera = "lab.call.state.snapshot.participants[0].tracks.camera"
    bob.wait(f"{camera}")
    alice.run("() => lab.track.dispatchEvent(new Event('ended'))")  # unplugged
    bob.wait(f"!{camera}")
    ended = "lab.changes.filter((one) => one.type === 'trackended')"
    assert alice.run(f"() => {ended}.map((one) => one.detail)") == ["camera"]


@pytest.mark.parametrize(
    ("missing", "codecs"),
    [
        (("MediaStreamTrackProcessor",), ("h264", "opus")),
        (("VideoEncoder",), ("jpeg", "opus")),
        (("AudioEncoder",), ("h264", "pcm")),
    ],
    ids=lambda value: value[0],
)
def test_what_a_browser_lacks_is_made_up_for(
    enter: Enter, missing: tuple[str, ...], codecs: tuple[str, str]
) -> None:
    alice, bob = enter("Alice", without=missing), enter("Bob")
    alice.send("camera", "lab.camera('rgb(200, 40, 40)')")
    alice.send("microphone", "lab.tone(440)")
    at_bob = bob.show(alice)
    wait_for(lambda: is_like(bob.colour(at_bob), (200, 40, 40)))
    bob.wait("Math.abs(lab.heardHz() - 440) < 10")
    tracks = bob.state()["snapshot"]["participants"][0]["tracks"]
    sent = (tracks["camera"]["codec"], tracks["microphone"]["codec"])
    assert sent == codecs


def test_who_leaves_while_the_sound_is_loaded_is_told_of_no_error(enter: Enter) -> None:
    bob = enter("Bob", held="playback")
    bob.run("() => lab.call.leave()")
    bob.page.unroute_all()
    bob.page.wait_for_timeout(500)  # for what would be told
    assert bob.state()["connection"] == "closed"


def test_who_leaves_is_gone_at_once(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    bob.run("() => lab.call.leave()")
    assert bob.state()["connection"] == "closed"
    alice.wait("lab.call.state.snapshot.participants.length === 1")
