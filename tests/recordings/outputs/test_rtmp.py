"""A session is pushed to a real RTMP server and read back from there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conference.tls import ensure_self_signed
from recordings.models import LiveOutput, OutputState, OutputTarget, TargetState
from recordings.rules.outputs import change_output, start_output, stop_output
from recordings.rules.targets import TargetAddress, add_target, remove_target
from rooms.models import Session
from rooms.rules.lifecycle import leave
from tests.recordings.media import BLUE, GREEN, RED, is_like, tone, video
from tests.recordings.outputs.conftest import NAMES, Files
from tests.recordings.outputs.live import (
    PATIENCE,
    LiveRoom,
    Worker,
    play,
    plays,
)
from tests.rtmp import RtmpServer, rtmp_server, tls_in_front
from tests.server import wait_for

VIOLET = (90, 40, 140)  # 5a288c
CARD: dict[str, Any] = {"title": "We begin soon", "background": "#5a288c"}
SMALL: dict[str, Any] = {"quality": "360p", "rate": 15}


@pytest.fixture
def own_rtmp() -> Iterator[RtmpServer]:
    """A server that may be stopped."""
    with rtmp_server() as server:
        yield server


def state_of(target: OutputTarget) -> str:
    target.refresh_from_db()
    return target.state


def wait_for_state(target: OutputTarget, state: TargetState) -> None:
    wait_for(lambda: state_of(target) == state, PATIENCE)


def test_a_session_goes_out_after_its_title_card_and_ends(
    live_room: LiveRoom, module_worker: Worker, rtmp: RtmpServer
) -> None:
    live_room.join("Bob", video(RED, start=0, end=2), tone(440, start=0, end=2))
    live_room.join("Carol", video(GREEN, start=0, end=2))
    target = TargetAddress(rtmp.url, "first")
    output = start_output(live_room.access, targets=[target], **CARD, **SMALL)
    seen = play(f"{rtmp.url}/first")
    assert is_like(seen.colour(160, 120), VIOLET)
    assert seen.ink(160, 200) > 0.01
    assert not seen.sound.any()

    def is_heard() -> bool:
        nonlocal seen
        seen = play(f"{rtmp.url}/first")
        return seen.level(440) > 0.2

    text = {"text": "MMMMMMMM", "position": "top"}
    change_output(live_room.access, output, title="", texts=[text])
    wait_for(is_heard, PATIENCE)
    assert (seen.pictures[-1].width, seen.pictures[-1].height) == (640, 360)
    assert is_like(seen.colour(160, 180), RED)
    assert is_like(seen.colour(480, 180), GREEN)
    assert seen.ink(20, 70) > 0.01
    assert seen.level(880) < 0.02
    wait_for_state(output.targets.get(), TargetState.LIVE)
    stop_output(live_room.access, output)
    wait_for(lambda: not plays(f"{rtmp.url}/first"), PATIENCE)
    assert LiveOutput.objects.get().state == OutputState.ENDED


def test_targets_people_and_layout_change_while_it_runs(
    live_room: LiveRoom, module_worker: Worker, rtmp: RtmpServer
) -> None:
    live_room.join("Bob", video(RED, start=0, end=2))
    first = TargetAddress(rtmp.url, "a")
    output = start_output(live_room.access, targets=[first], **SMALL)
    assert is_like(play(f"{rtmp.url}/a").colour(320, 180), RED)
    second = add_target(live_room.access, output, rtmp.url, "b")
    carol = live_room.join("Carol", video(BLUE, start=0, end=2))
    change_output(live_room.access, output, layout="single", person=carol.number)
    wait_for(lambda: is_like(play(f"{rtmp.url}/b").colour(320, 180), BLUE), PATIENCE)
    remove_target(live_room.access, second)
    wait_for(lambda: not plays(f"{rtmp.url}/b"), PATIENCE)
    assert plays(f"{rtmp.url}/a")
    for person in live_room.people.values():
        leave(person)
    wait_for(lambda: not plays(f"{rtmp.url}/a"), PATIENCE)
    assert Session.objects.get().ended_at
    assert LiveOutput.objects.get().state == OutputState.ENDED


def test_a_server_that_is_away_is_found_again(
    live_room: LiveRoom,
    module_worker: Worker,
    rtmp: RtmpServer,
    own_rtmp: RtmpServer,
) -> None:
    live_room.join("Bob", video(RED, start=0, end=2))
    steady = TargetAddress(rtmp.url, "steady")
    output = start_output(live_room.access, targets=[steady], **SMALL)
    other = add_target(live_room.access, output, own_rtmp.url, "other")
    wait_for_state(other, TargetState.LIVE)
    own_rtmp.stop()
    wait_for_state(other, TargetState.RETRYING)
    assert other.error in ("closed_port", "connection")
    assert plays(f"{rtmp.url}/steady")
    own_rtmp.start()
    assert is_like(play(f"{own_rtmp.url}/other").colour(320, 180), RED)
    wait_for_state(other, TargetState.LIVE)
    assert other.retries > 0
    stop_output(live_room.access, output)


def test_a_server_with_tls_has_to_show_who_it_is(
    live_room: LiveRoom,
    module_worker: Worker,
    rtmp: RtmpServer,
    trusted: Files,
    tmp_path: Path,
) -> None:
    """The worker trusts the one, not the other."""
    other = tmp_path / "certificate.pem", tmp_path / "key.pem"
    ensure_self_signed(*other, NAMES)
    live_room.join("Bob", video(GREEN, start=0, end=2))
    with (
        tls_in_front(rtmp.port, *trusted) as good,
        tls_in_front(rtmp.port, *other) as bad,
    ):
        secure = TargetAddress(f"rtmps://localhost:{good}/live", "secure")
        output = start_output(live_room.access, targets=[secure], **SMALL)
        forged = add_target(
            live_room.access, output, f"rtmps://localhost:{bad}/live", "forged"
        )
        assert is_like(play(f"{rtmp.url}/secure").colour(320, 180), GREEN)
        wait_for_state(forged, TargetState.RETRYING)
        assert forged.error == "certificate"
        stop_output(live_room.access, output)
