"""One Matroska file per person, remuxed: reopened and decoded."""

import io
import zipfile

import av
import numpy as np
import pytest

from recordings.archive import archive
from recordings.exporting import run_export
from recordings.models import Export, ExportState, Recording
from recordings.rules import request_export
from rooms.streams.record import Codec, Kind
from tests.recordings.media import BLUE, GREEN, RED, is_like, tone, video
from tests.recordings.meeting import Meeting

DELIMITER = b"\x12\x00"  # and no delimiters between AV1's temporal units

VIDEO_CODECS = [Codec.H264, Codec.VP8, Codec.VP9, Codec.AV1, Codec.JPEG]


def export_tracks(meeting: Meeting, recording: Recording) -> Export:
    export = request_export(meeting.access, recording, format="tracks")
    run_export(str(export.pk), export.attempt)
    export.refresh_from_db()
    return export


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_each_codec_comes_out_as_it_went_in(meeting: Meeting, codec: Codec) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    camera = video(GREEN, start=1, end=3, codec=codec)
    meeting.publish(bob, camera, tone(440, start=0, end=3))
    meeting.keep()
    export = export_tracks(meeting, recording)

    assert export.state == ExportState.READY, export.error_detail
    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        packets = [bytes(packet) for packet in file.demux(video=0) if packet.size]
        assert len(packets) == len(camera)
        if codec is not Codec.H264:  # Matroska has lengths where Annex B has marks,
            sent = [chunk.payload.removeprefix(DELIMITER) for chunk in camera]
            assert packets == sent
    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        frames = list(file.decode(video=0))
        assert len(frames) == len(camera)
        assert frames[0].time == pytest.approx(1, abs=0.01)
        assert (frames[0].width, frames[0].height) == (320, 180)
        picture = frames[-1].reformat(format="yuv420p", dst_color_range="MPEG")
        y, cb, cr = (np.asarray(plane)[0] for plane in picture.planes)
        assert is_like((int(y), int(cb), int(cr)), GREEN)


def test_sound_is_at_its_time(meeting: Meeting) -> None:
    recording = meeting.record(1, 5)
    bob = meeting.join("Bob")
    meeting.publish(bob, tone(440, start=2, end=4))
    meeting.keep()
    export = export_tracks(meeting, recording)

    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        assert [stream.codec_context.name for stream in file.streams] == ["opus"]
        frames = list(file.decode(audio=0))
    assert frames[0].time == pytest.approx(1, abs=0.03)
    assert sum(frame.samples for frame in frames) == pytest.approx(96_000, abs=2_000)


def test_all_kinds_of_a_person_are_streams_of_one_file(meeting: Meeting) -> None:
    recording = meeting.record(0, 3)
    bob = meeting.join("Bob")
    meeting.publish(
        bob,
        tone(440, start=0, end=2, codec=Codec.PCM),
        video(RED, start=0, end=2, codec=Codec.VP8),
        video(BLUE, start=0, end=2, kind=Kind.SCREEN, size=(640, 360)),
        tone(880, start=0, end=2, kind=Kind.SCREEN_AUDIO),
    )
    meeting.keep()
    export = export_tracks(meeting, recording)

    assert export.key.endswith(".mkv")
    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        found = {
            stream.metadata["title"]: stream.codec_context.name
            for stream in file.streams
        }
    assert found == {
        "microphone": "pcm_s16le",
        "camera": "vp8",
        "screen": "h264",
        "screen_audio": "opus",
    }


def test_several_people_come_in_one_archive(meeting: Meeting) -> None:
    recording = meeting.record(0, 3)
    bob, eve = meeting.join("Bob"), meeting.join("Eve <b>/../x")
    meeting.join("Silent")
    meeting.publish(bob, tone(440, start=0, end=2))
    meeting.publish(eve, tone(880, start=0, end=2))
    meeting.keep()
    export = export_tracks(meeting, recording)

    with archive().open(export.key) as stored, zipfile.ZipFile(stored) as files:
        name = "02 Eve _b__.._x.mkv"
        assert files.namelist() == ["01 Bob.mkv", name]
        with av.open(io.BytesIO(files.read(name)), "r") as file:
            assert file.duration == pytest.approx(2_000_000, abs=50_000)


def test_video_before_its_first_key_frame_is_left_out(meeting: Meeting) -> None:
    recording = meeting.record(0.5, 4)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=3))
    meeting.keep()
    export = export_tracks(meeting, recording)

    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        frames = list(file.decode(video=0))
    assert len(frames) == 2 * 15
    assert frames[0].time == pytest.approx(0.5, abs=0.01)


def test_a_recording_of_nothing_says_so(meeting: Meeting) -> None:
    recording = meeting.record(0, 3)
    meeting.join("Bob")
    meeting.keep()
    export = export_tracks(meeting, recording)

    assert export.state == ExportState.FAILED
    assert export.error_code == "empty"
    assert export.error_detail


def test_a_clock_that_steps_back_does_not_break_the_file(meeting: Meeting) -> None:
    recording = meeting.record(0, 4)
    bob = meeting.join("Bob")
    first = tone(440, start=0, end=1)
    second = tone(440, start=0.9, end=2)
    meeting.start_track(bob, first[0], 0)
    meeting.send(bob, first)
    meeting.send(bob, second)
    meeting.keep()
    export = export_tracks(meeting, recording)

    assert export.state == ExportState.READY, export.error_detail
    with archive().open(export.key) as stored, av.open(stored, "r") as file:
        sizes = [packet.size for packet in file.demux() if packet.size]
    assert len(sizes) == len(first + second)
