"""Workers that end, in order or not, are replaced: what goes out goes on."""

from typing import Any

import pytest

from recordings.models import LiveOutput, OutputState
from recordings.rules.outputs import start_output, stop_output
from recordings.rules.targets import TargetAddress
from tests.recordings.media import RED, is_like, tone, video
from tests.recordings.outputs.live import (
    PATIENCE,
    LiveRoom,
    live_worker,
    play,
)
from tests.rtmp import RtmpServer
from tests.server import Server, wait_for

SMALL: dict[str, Any] = {"quality": "360p", "rate": 15}
pytestmark = pytest.mark.timeout(300)


def test_a_worker_that_ends_is_replaced(
    live_room: LiveRoom, server: Server, rtmp: RtmpServer
) -> None:
    """The server process looks after it; as the supervisor does, the test starts
    another worker."""
    live_room.join("Bob", video(RED, start=0, end=2), tone(440, start=0, end=2))
    address, target = f"{rtmp.url}/replaced", TargetAddress(rtmp.url, "replaced")
    output = start_output(live_room.access, targets=[target], hls=True, **SMALL)
    with live_worker():
        assert is_like(play(address).colour(320, 180), RED)
    with live_worker() as killed:
        wait_for(lambda: runs() == 2, PATIENCE)
        assert is_like(play(address).colour(320, 180), RED)
        killed.kill()
        killed.wait()
    with live_worker():
        wait_for(lambda: runs() == 3, PATIENCE)
        seen = play(address)
        assert is_like(seen.colour(320, 180), RED)
        assert seen.level(440) > 0.2
        assert LiveOutput.objects.get().state == OutputState.RUNNING
        wait_for(lambda: numbers_of_runs()[-1] == 3, PATIENCE)
        assert numbers_of_runs() == sorted(numbers_of_runs())
        stop_output(live_room.access, output)


def runs() -> int:
    return LiveOutput.objects.get().runs


def numbers_of_runs() -> list[int]:
    pieces = LiveOutput.objects.get().window.get("pieces", ())
    return [0, *(one["run"] for one in pieces)]
