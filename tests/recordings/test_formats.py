"""Each format, opened again by what people would open it with."""

import io
import json
import zipfile
from itertools import pairwise
from typing import Any

import av
import pytest

from recordings.archive import archive
from recordings.models import Export, ExportPart, ExportState, Recording
from recordings.rules import delete_export
from recordings.stream_file import serve_stream
from rooms.streams.record import Kind
from tests.recordings.films import make_export
from tests.recordings.media import BLUE, RED, is_like, open_film, tone, video
from tests.recordings.meeting import Meeting, us


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    """Bob for twelve seconds; he shares nothing and writes twice."""
    recording = meeting.record(0, 12)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=12), tone(440, start=0, end=12))
    for number, (at, text) in enumerate([(2, "Hello <all>"), (9, "two\nlines")], 1):
        message = {
            "id": str(number),
            "position": number,
            "session": str(meeting.session.pk),
            "participant": 1,
            "name": "Bob",
            "text": text,
            "sent_us": us(at),
        }
        meeting._emit(at, "chat.message", {"message": message})
    meeting.keep()
    recording.refresh_from_db()
    return recording


def read(export: Export) -> bytes:
    assert export.state == ExportState.READY, export.error_detail
    return archive().read(export.key)


def test_webm_plays(meeting: Meeting, recording: Recording) -> None:
    export = make_export(meeting, recording, "webm", end=11, quality="360p", rate=15)
    read(export)
    film = open_film(archive().path(export.key))
    assert film.codecs == ["libvpx-vp9", "libopus"] or film.codecs == ["vp9", "opus"]
    assert len(film.pictures) == 11 * 15
    assert film.seconds == pytest.approx(11, abs=0.05)
    assert is_like(film.colour(10.5, 320, 170), RED)
    assert film.level(440, 0.2, 10.8) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ("file_type", "codec"), [("m4a", "aac"), ("mp3", "mp3float"), ("ogg", "opus")]
)
def test_sound_alone(
    meeting: Meeting, recording: Recording, file_type: str, codec: str
) -> None:
    export = make_export(meeting, recording, "audio", start=1, file_type=file_type)
    with av.open(io.BytesIO(read(export)), "r") as file:
        assert [one.codec_context.name for one in file.streams] == [codec]
        samples = sum(frame.samples for frame in file.decode(audio=0))
    assert samples / 48_000 == pytest.approx(11, abs=0.05)


def test_chat_is_text_or_captions(meeting: Meeting, recording: Recording) -> None:
    text = read(make_export(meeting, recording, "chat")).decode()
    assert text == "[00:00:02] Bob: Hello <all>\n[00:00:09] Bob: two\n    lines\n"
    export = make_export(meeting, recording, "chat", start=1, file_type="vtt")
    assert read(export).decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:06.000\n<v Bob>Hello &lt;all&gt;\n\n"
        "00:00:08.000 --> 00:00:13.000\n<v Bob>two\nlines\n"
    )


def test_events_are_the_messages_of_the_session(
    meeting: Meeting, recording: Recording
) -> None:
    document = json.loads(read(make_export(meeting, recording, "events")))
    names = [event["event"] for event in document["events"]]
    assert names[:2] == ["session.started", "participant.joined"]
    assert names.count("chat.message") == 2
    assert document["start_us"] == us(0)


def test_a_clip_of_tracks_begins_where_it_should(
    meeting: Meeting, recording: Recording
) -> None:
    data = read(make_export(meeting, recording, "tracks", start=3, end=5))
    with av.open(io.BytesIO(data), "r") as file:
        times = [float(frame.time or 0) for frame in file.decode(video=0)]
    assert times[0] == pytest.approx(0, abs=0.05)
    assert times[-1] == pytest.approx(2, abs=0.1)


def playlist(export: Export, name: str) -> list[str]:
    answer = serve_stream(None, export, name)  # type: ignore[arg-type]
    return answer.content.decode().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_hls_has_sizes_sound_and_no_gaps(
    meeting: Meeting, recording: Recording
) -> None:
    export = make_export(meeting, recording, "hls", quality="720p", rate=15)
    data = read(export)
    index = playlist(export, "index.m3u8")
    assert [line for line in index if line.endswith(".m3u8")] == [
        "720p.m3u8",
        "360p.m3u8",
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        for name, kind in (("720p", "video"), ("360p", "video"), ("sound", "audio")):
            lines = playlist(export, f"{name}.m3u8")
            assert files.read(f"{name}.m3u8").decode().splitlines() == lines
            assert lines[-1] == "#EXT-X-ENDLIST"
            lengths = [float(one[8:-1]) for one in lines if one.startswith("#EXTINF:")]
            assert sum(lengths) == pytest.approx(12, abs=0.06)
            whole = b"".join(files.read(one) for one in lines if one.endswith(".ts"))
            times = times_of(whole, kind)
            steps = [after - before for before, after in pairwise(times)]
            assert max(steps) < 0.08
            assert times[-1] - times[0] == pytest.approx(12, abs=0.1)


def times_of(data: bytes, kind: str) -> list[float]:
    with av.open(io.BytesIO(data), "r", format="mpegts") as file:
        frames: Any = file.decode(**{kind: 0})
        return [float(frame.time) for frame in frames]


def test_hls_can_be_played_while_it_is_made(
    meeting: Meeting, recording: Recording
) -> None:
    export = make_export(meeting, recording, "hls", quality="360p", rate=10)
    Export.objects.update(state=ExportState.RUNNING)
    ExportPart.objects.filter(number=2).update(files=[])
    export.refresh_from_db()
    lines = playlist(export, "360p.m3u8")
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in lines
    assert [line for line in lines if line.endswith(".ts")] == ["00001/360p.ts"]
    assert "#EXT-X-ENDLIST" not in lines


def test_hls_leaves_nothing_when_it_is_deleted(
    meeting: Meeting, recording: Recording
) -> None:
    export = make_export(meeting, recording, "hls", quality="360p", rate=10)
    assert len(list(archive().walk(f"{export.key[:-4]}/"))) > 3
    delete_export(meeting.access, export)
    assert not [one for one in archive().walk("rooms/") if str(export.pk) in one.key]


def test_chapters_follow_the_shared_screen(meeting: Meeting) -> None:
    recording = meeting.record(0, 20)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=20, rate=5))
    meeting.publish(
        meeting.join("Eve"), video(BLUE, start=6, end=13, kind=Kind.SCREEN, rate=5)
    )
    meeting.keep()
    export = make_export(meeting, recording, quality="360p", rate=10)
    read(export)
    with av.open(archive().path(export.key)) as file:
        chapters = file.chapters()
    found = [
        (float(one["start"] * (one["time_base"] or 1)), one["metadata"]["title"])
        for one in chapters
    ]
    assert found == [(0.0, "Bob, Eve"), (6.0, "Eve: screen")]
