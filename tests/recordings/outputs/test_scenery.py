"""When a live output begins to look different."""

from collections.abc import Iterator

import pytest

from recordings.live.lease import claim_next
from recordings.live.scenery import Scenery
from recordings.live.watch import Report, Watch
from recordings.models import LiveOutput
from recordings.rules.outputs import change_output, start_output
from tests.recordings.outputs.live import LiveRoom
from tests.server import wait_for

DELAY_US = 800_000


@pytest.fixture
def covered(live_room: LiveRoom) -> Iterator[Watch]:
    live_room.join("Bob")
    start_output(live_room.access, hls=True, title="We begin soon")
    claim = claim_next()
    assert claim
    watch = Watch(claim, Report)
    watch.start()
    try:
        yield watch
    finally:
        watch.close()


def change(live_room: LiveRoom, watch: Watch, title: str) -> None:
    found = change_output(live_room.access, LiveOutput.objects.get(), title=title)
    wait_for(lambda: watch.output.version == found.version)


def test_what_was_said_behind_a_card_is_not_heard(
    live_room: LiveRoom, covered: Watch
) -> None:
    """It stays on all that is from before it was taken away, and comes at once."""
    scenery = Scenery(covered)
    assert scenery.has_card
    change(live_room, covered, title="")
    taken_us = 10_000_000
    for at_us in range(taken_us - DELAY_US, taken_us, 33_333):
        scenery.heed(at_us, at_us + DELAY_US)
        assert scenery.has_card
    scenery.heed(taken_us, taken_us + DELAY_US)
    assert not scenery.has_card
    change(live_room, covered, title="Back at 3")
    scenery.heed(taken_us + 1, taken_us + DELAY_US)
    assert scenery.has_card
