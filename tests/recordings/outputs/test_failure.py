"""An output that cannot be made says so, and ends."""

from recordings.live.running import MOST_FAILURES, run_outputs
from recordings.models import LiveOutput, OutputState
from recordings.rules.outputs import start_output
from rooms.models import Event
from tests.recordings.outputs.live import LiveRoom


def test_one_that_fails_again_and_again_is_given_up(live_room: LiveRoom) -> None:
    live_room.join("Bob")
    start_output(live_room.access, hls=True)
    LiveOutput.objects.update(logo=b"no picture at all")
    run_outputs(lambda: False)
    output = LiveOutput.objects.get()
    assert (output.state, output.error_code) == (OutputState.FAILED, "internal")
    assert output.runs == MOST_FAILURES
    assert Event.objects.get(type="output.ended").data["reason"] == "failed"


def test_a_worker_that_is_to_end_begins_nothing(live_room: LiveRoom) -> None:
    live_room.join("Bob")
    start_output(live_room.access, hls=True)
    run_outputs(lambda: True)
    assert LiveOutput.objects.get().state == OutputState.WAITING
