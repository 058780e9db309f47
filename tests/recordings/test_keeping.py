"""What is kept of a stream, and what happens when a step of it does not."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import storages
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from recordings.archive import (
    AlreadySealed,
    Source,
    archive,
    load,
    seal,
    sealed_position,
)
from recordings.models import Recording, Segment
from recordings.orphans import remove_strays, seal_orphan_streams
from recordings.playback import find_moment, kept_ranges
from recordings.reader import read_stream
from recordings.rules.recording import stop_with_sessions
from recordings.sealing import keep_stream, range_of, settle_recordings
from recordings.segment_index import Record, join_spans, parse
from recordings.tasks import remove_stray_objects, seal_orphans
from rooms.log import stream_log
from rooms.models import Event, Participant, Role, Room, RoomKind, Session
from rooms.streams.contract import Stored
from rooms.streams.record import Codec
from tests.recordings.media import RED, tone, video
from tests.recordings.meeting import Meeting, Person, us


def hot(person: Person) -> list[Stored]:
    records: list[Stored] = async_to_sync(stream_log().read)(
        person.participant.stream, limit=10_000
    )
    return records


def kept(person: Person) -> list[Record]:
    segments = Segment.objects.filter(participant=person.participant)
    return [
        parse(stored)
        for segment in segments.order_by("first_position")
        for stored in load(segment)
    ]


def files() -> list[Path]:
    return sorted(Path(archive().path("")).rglob("*.seg"))


@pytest.fixture(autouse=True)
def empty_archive() -> None:
    for file in files():
        file.unlink()


@pytest.fixture
def bob(meeting: Meeting) -> Person:
    return meeting.join("Bob")


def test_a_room_that_is_not_recorded_holds_ten_seconds(
    meeting: Meeting, bob: Person
) -> None:
    meeting.publish(bob, tone(440, start=0, end=20))
    meeting.keep(20)
    assert len(hot(bob)) == pytest.approx(500, abs=3)
    meeting.keep(31)
    assert hot(bob) == []
    assert files() == []


def test_records_go_to_the_archive_byte_for_byte_and_leave_the_log(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, None)
    meeting.publish(bob, video(RED, start=0, end=20), tone(440, start=0, end=20))
    sent = hot(bob)
    meeting.keep(20)
    meeting.keep(45)
    assert [record.stored for record in kept(bob)] == sent
    assert hot(bob) == []


def test_segments_are_cut_at_key_frames_every_few_seconds(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, None)
    meeting.publish(bob, video(RED, start=0, end=20), tone(440, start=0, end=20))
    meeting.keep(20)
    segments = list(
        Segment.objects.filter(participant=bob.participant).order_by("first_position")
    )
    assert len(segments) == 4  # the fifth is not full yet
    for segment in segments:
        first = parse(load(segment)[0])
        assert first.header.kind.is_video and first.header.is_key
        assert segment.tracks[0]["keys"][0][0] == segment.first_position


def test_a_stream_says_by_when_its_next_segment_is_full(
    meeting: Meeting, bob: Person
) -> None:
    running = range_of(meeting.record(0, None))
    source = Source.of(bob.participant)
    meeting.publish(bob, video(RED, start=0, end=3))
    first = keep_stream(source, [running], now_us=us(3))
    assert first.due_us == pytest.approx(us(6), abs=100_000)
    assert kept(bob) == []
    meeting.send(bob, video(RED, start=3, end=7))
    again = keep_stream(source, [running], now_us=first.due_us + 1_000_000)
    assert len(kept(bob)) >= 4 * 15
    assert again.due_us >= us(10)
    over = replace(running, end_us=us(7))
    assert keep_stream(source, [over], now_us=us(8)).due_us == 0
    assert len(kept(bob)) == 7 * 15


def test_nothing_from_before_the_start_or_after_the_end_is_kept(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(5, 8)
    meeting.publish(bob, video(RED, start=0, end=12), tone(440, start=0, end=12))
    meeting.keep(13)
    times = [record.media_us for record in kept(bob)]
    assert min(times) >= us(5)
    assert max(times) <= us(8)
    assert len(times) == pytest.approx(3 * 65, abs=2)


def test_a_webinars_many_viewers_cost_nothing(meeting: Meeting, bob: Person) -> None:
    """They send nothing, so nothing of theirs is looked for."""
    Room.objects.filter(pk=meeting.room.pk).update(kind=RoomKind.WEBINAR)
    Participant.objects.filter(pk=bob.participant.pk).update(role=Role.MEMBER)
    recording = meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=10))
    meeting.keep(10)
    alone = settle_and_replay(recording)
    for number in range(30):
        meeting.join(f"Attendee {number}")
    assert settle_and_replay(recording) <= alone


def settle_and_replay(recording: Recording) -> int:
    """How many queries it takes."""
    Recording.objects.filter(pk=recording.pk).update(sealed_at=None)
    session = Session.objects.select_related("room").get(pk=recording.session_id)
    with CaptureQueriesContext(connection) as queries:
        settle_recordings(now_us=us(11))
        moment = find_moment(session, kept_ranges(session), us(2))
    assert [stream.number for stream in moment.streams] == [1]
    recording.refresh_from_db()
    assert recording.sealed_at
    return len(queries)


def test_a_publisher_who_only_watches_by_now_is_waited_for(
    meeting: Meeting, bob: Person
) -> None:
    Room.objects.filter(pk=meeting.room.pk).update(kind=RoomKind.WEBINAR)
    recording = meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=3))
    settle_recordings(now_us=us(10))
    recording.refresh_from_db()
    assert recording.sealed_at is None  # a guest, and yet there is something of his
    meeting.keep(10)
    assert len(kept(bob)) == 150


def test_a_recording_is_ready_when_what_comes_is_later_than_its_end(
    meeting: Meeting, bob: Person
) -> None:
    recording = meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=3))
    meeting.keep(7)
    recording.refresh_from_db()
    assert recording.state == "sealing"
    meeting.send(bob, tone(440, start=3, end=5))
    meeting.keep(8)
    recording.refresh_from_db()
    assert recording.state == "ready"


def test_a_recording_waits_for_who_lost_the_connection(
    meeting: Meeting, bob: Person
) -> None:
    recording = meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=2))
    bob.participant.connected = False
    bob.participant.save()
    meeting.keep(12)
    recording.refresh_from_db()
    assert recording.state == "sealing"

    bob.participant.connected = True
    bob.participant.save()
    meeting.send(bob, tone(440, start=2, end=5))  # what the page had kept
    meeting.keep(14)
    recording.refresh_from_db()
    assert recording.state == "ready"
    assert len(kept(bob)) == pytest.approx(200, abs=1)


def test_a_session_that_ends_stops_its_recording_once(
    meeting: Meeting, bob: Person
) -> None:
    recording = meeting.record(0, None)
    meeting.publish(bob, tone(440, start=0, end=4))
    meeting.leave(bob, 4)
    meeting.end(4)
    stop_with_sessions()
    stop_with_sessions()
    meeting.keep(7)
    recording.refresh_from_db()
    assert recording.state == "ready"
    assert recording.ended_us == us(4)
    stops = Event.objects.filter(type="recording.stopped", session=meeting.session)
    assert stops.count() == 1


def test_records_outlast_an_archive_that_is_away(
    meeting: Meeting, bob: Person, tmp_path: Path
) -> None:
    meeting.record(0, 12)
    meeting.publish(bob, tone(440, start=0, end=12))
    sent = hot(bob)
    blocked = tmp_path / "archive"
    blocked.write_text("not a folder")
    broken: dict[str, Any] = {
        **storages.backends,
        "archive": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": blocked},
        },
    }
    with override_settings(STORAGES=broken), pytest.raises(OSError, match="archive"):
        meeting.keep(60)
    assert hot(bob) == sent
    meeting.keep(60)
    assert [record.stored for record in kept(bob)] == sent[: len(kept(bob))]
    assert len(kept(bob)) == pytest.approx(600, abs=2)


def test_an_object_without_a_row_is_removed_and_its_records_are_sealed_again(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=4))
    source = Source.of(bob.participant)
    recording = meeting.session.recordings.get()
    segment = seal(source, recording.pk, [parse(record) for record in hot(bob)])
    Segment.objects.all().delete()  # as if the process had died before the row

    meeting.keep()
    assert len(files()) == 2
    stray = Path(archive().path(segment.key))
    remove_strays(now=recording.created_at)
    assert stray.exists()  # its row may be on the way
    os.utime(stray, (0, 0))
    remove_strays(now=recording.created_at)
    assert [file.name for file in files()] == [
        Path(key).name for key in Segment.objects.values_list("key", flat=True)
    ]
    assert len(kept(bob)) == pytest.approx(200, abs=2)


def test_a_row_without_a_trim_is_trimmed_next_time(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=4))
    recording = meeting.session.recordings.get()
    seal(
        Source.of(bob.participant),
        recording.pk,
        [parse(record) for record in hot(bob)],
    )
    assert hot(bob)
    meeting.keep()
    assert hot(bob) == []
    assert Segment.objects.count() == 1


def test_of_two_sealers_one_wins_and_the_other_leaves_nothing(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=4))
    recording = meeting.session.recordings.get()
    records = [parse(record) for record in hot(bob)]
    source = Source.of(bob.participant)
    seal(source, recording.pk, records)
    for overlap in (records, records[10:]):
        with pytest.raises(AlreadySealed):
            seal(source, recording.pk, overlap)
    assert len(files()) == 1
    assert sealed_position(bob.participant.pk) == records[-1].stored.position


def test_streams_without_a_writer_are_sealed(meeting: Meeting, bob: Person) -> None:
    meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=4))
    seal_orphan_streams(now_us=us(20))
    assert kept(bob) == []  # its writer may be alive
    seal_orphan_streams(now_us=us(60))
    assert len(kept(bob)) == pytest.approx(200, abs=1)
    assert hot(bob) == []


def test_streams_of_a_room_that_was_deleted_are_dropped(
    meeting: Meeting, bob: Person
) -> None:
    meeting.publish(bob, tone(440, start=0, end=4))
    meeting.room.delete()
    seal_orphan_streams(now_us=us(60))
    assert hot(bob) == []


def test_the_periodic_task_runs(meeting: Meeting) -> None:
    seal_orphans()


def test_the_reader_goes_from_segments_to_the_log_without_gap_or_repeat(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, None)
    meeting.publish(bob, video(RED, start=0, end=30, codec=Codec.VP8))
    sent = [stored.position for stored in hot(bob)]
    meeting.keep(10)
    batches = read_stream(Source.of(bob.participant), position=5)
    found = [record.stored.position for record in next(batches)]
    meeting.keep(45)  # sealed and trimmed while somebody reads
    found += [record.stored.position for batch in batches for record in batch]
    assert found == sent[4:]


def test_voice_is_known_without_the_media(meeting: Meeting, bob: Person) -> None:
    meeting.record(0, 20)
    loud = [*tone(440, start=0, end=1), *tone(440, start=1.2, end=2)]
    quiet = tone(440, start=2, end=4, volume=0.0001)
    later = tone(440, start=4, end=5)
    meeting.publish(bob, [*loud, *quiet, *later])
    meeting.keep()
    spans = [
        tuple(span)
        for tracks in Segment.objects.values_list("tracks", flat=True)
        for track in tracks
        for span in track["voice"]
    ]
    assert join_spans(spans) == [(us(0), us(2)), (us(4), us(5))]


def test_what_was_kept_of_a_deleted_room_goes_with_it(
    meeting: Meeting, bob: Person
) -> None:
    meeting.record(0, 4)
    meeting.publish(bob, tone(440, start=0, end=4))
    meeting.keep()
    assert files()
    meeting.room.delete()
    remove_stray_objects()
    assert not Path(archive().path(f"rooms/{meeting.session.room_id}")).exists()
