"""How long recordings are kept: by their room, by themselves, by a legal hold; and
the audit trail of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conference.errors import Conflict, Denied, Invalid
from conference.models import User
from recordings.models import (
    AuditEntry,
    Export,
    ExportFormat,
    ExportState,
    Hold,
    Recording,
)
from recordings.rules import (
    delete_recording,
    hold,
    release,
    request_export,
    set_retention,
    stop_recording,
)
from recordings.rules.deletion import delete_expired
from recordings.rules.recording import start_unrecorded
from rooms.access import Access
from rooms.clock import to_us
from rooms.models import Event, Role, Room
from rooms.rules.rooms import delete_room
from tests.recordings.meeting import Meeting

WEEK = 7


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    """Ready, and eight days old; its room keeps recordings for seven."""
    meeting.room.retention_days = WEEK
    meeting.room.save(update_fields=["retention_days"])
    ended_us = to_us(timezone.now() - timedelta(days=8))
    return Recording.objects.create(
        session=meeting.session,
        room=meeting.room,
        title="Weekly sync",
        started_us=ended_us - 60_000_000,
        ended_us=ended_us,
        sealed_at=timezone.now(),
    )


def test_what_is_older_than_the_room_keeps_it_is_deleted(recording: Recording) -> None:
    assert delete_expired(now=timezone.now() - timedelta(days=2)) == 0
    assert delete_expired(now=timezone.now()) == 1
    assert not Recording.objects.exists()


def test_a_room_without_a_limit_keeps_everything(
    meeting: Meeting, recording: Recording
) -> None:
    meeting.room.retention_days = 0
    meeting.room.save(update_fields=["retention_days"])
    assert delete_expired(now=timezone.now()) == 0


def test_what_is_being_exported_waits(recording: Recording) -> None:
    export = Export.objects.create(
        recording=recording, format=ExportFormat.MP4, state=ExportState.RUNNING
    )
    assert delete_expired(now=timezone.now()) == 0
    export.delete()
    assert delete_expired(now=timezone.now()) == 1


@pytest.fixture
def staff(transactional_db: None) -> User:
    return User.objects.create_superuser("olga@example.com", "secret", name="Olga")


def trail() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.order_by("pk")
    return list(entries.values_list("action", "by_name"))


@pytest.mark.parametrize(
    ("room_days", "own_days", "is_deleted"),
    [(7, None, True), (7, 0, False), (7, 30, False), (0, 7, True), (0, None, False)],
)
def test_a_recordings_own_retention_comes_before_its_rooms(
    meeting: Meeting,
    recording: Recording,
    room_days: int,
    own_days: int | None,
    is_deleted: bool,
) -> None:
    meeting.room.retention_days = room_days
    meeting.room.save(update_fields=["retention_days"])
    set_retention(meeting.access, recording, own_days)
    fresh = Recording.objects.get()
    soon = timezone.now()
    assert (fresh.expires_at is not None and fresh.expires_at < soon) == is_deleted
    assert delete_expired(now=soon) == is_deleted


def test_retention_is_a_number_of_days_that_hosts_set(
    meeting: Meeting, recording: Recording
) -> None:
    wrong: list[Any] = [-1, 100_000, "7", True, 1.5]
    for days in wrong:
        with pytest.raises(Invalid):
            set_retention(meeting.access, recording, days)
    with pytest.raises(Denied):
        set_retention(Access(meeting.room, Role.MEMBER, None), recording, 1)
    assert Recording.objects.get().keep_days is None
    set_retention(meeting.access, recording, 30)
    set_retention(meeting.access, recording, 30)
    (entry,) = AuditEntry.objects.all()
    assert entry.details == {"before": None, "after": 30}


def test_what_is_deleted_stays_in_the_audit_trail(
    meeting: Meeting, recording: Recording
) -> None:
    delete_recording(meeting.access, recording)
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.recording) == ("deleted", recording.pk)
    assert (entry.title, entry.by) == ("Weekly sync", meeting.alice)
    assert meeting.room.slug in entry.room
    assert entry.details == {"bytes": 0, "exports": 0, "objects": 0}


def test_what_the_calendar_deletes_is_in_the_trail_too(recording: Recording) -> None:
    delete_expired(now=timezone.now())
    assert trail() == [("expired", "")]


def test_a_legal_hold_keeps_a_recording_from_everybody(
    meeting: Meeting, recording: Recording, staff: User
) -> None:
    hold(staff, recording, "  Case  7 ")
    with pytest.raises(Conflict, match="legal hold"):
        hold(staff, recording, "Case 8")
    with pytest.raises(Conflict, match="legal hold"):
        delete_recording(meeting.access, recording)
    assert delete_expired(now=timezone.now()) == 0
    meeting.end(1)
    with pytest.raises(Conflict, match="legal hold"):
        delete_room(meeting.room)
    assert Recording.objects.get().is_held
    release(staff, recording)
    with pytest.raises(Conflict):
        release(staff, recording)
    assert delete_expired(now=timezone.now()) == 1
    who = str(staff)
    assert trail() == [("held", who), ("released", who), ("expired", "")]
    assert AuditEntry.objects.filter(details={"reason": "Case 7"}).count() == 2
    delete_room(meeting.room)
    assert not Room.objects.exists()


def test_only_administrators_hold_and_give_a_reason(
    meeting: Meeting, recording: Recording, staff: User
) -> None:
    with pytest.raises(Denied):
        hold(meeting.alice, recording, "Mine")
    with pytest.raises(Invalid):
        hold(staff, recording, "  ")
    hold(staff, recording, "Case 7")
    with pytest.raises(Denied):
        release(meeting.alice, recording)
    assert Hold.objects.get().set_by == staff


def test_the_admin_holds_releases_and_shows_the_trail(
    recording: Recording, staff: User
) -> None:
    client = Client()
    client.force_login(staff)
    sent = {"recording": recording.pk, "reason": "Case 7"}
    answer = client.post("/admin/recordings/hold/add/", sent)
    assert answer.status_code == 302
    held = Hold.objects.get()
    page = f"/admin/recordings/hold/{held.pk}/delete/"
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not Hold.objects.exists()
    listed = client.get("/admin/recordings/auditentry/").text
    assert "Put under legal hold" in listed
    assert "Released from legal hold" in listed
    assert client.get("/admin/recordings/auditentry/add/").status_code == 403
    entry = AuditEntry.objects.order_by("pk")[0]
    page = f"/admin/recordings/auditentry/{entry.pk}"
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.count() == 2


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returned, or was refused with."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait(20)
        try:
            return work()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_of_two_who_delete_and_export_at_once_one_wins(
    meeting: Meeting, recording: Recording
) -> None:
    deleted, export = at_once(
        lambda: delete_recording(meeting.access, recording),
        lambda: request_export(meeting.access, recording, format="mp4"),
    )
    if isinstance(export, Export):
        assert isinstance(deleted, Conflict) and deleted.code == "export_running"
        assert Export.objects.get().recording == recording
    else:
        assert deleted is None
        assert isinstance(export, Conflict) and export.code == "not_ready"
        assert not Recording.objects.exists()
        assert trail() == [("deleted", str(meeting.alice))]


def test_of_two_who_delete_at_once_one_wins(
    meeting: Meeting, recording: Recording
) -> None:
    answers = at_once(*[lambda: delete_recording(meeting.access, recording)] * 2)
    assert sorted(str(answer) for answer in answers) == [
        "None",
        "Somebody has deleted this recording.",
    ]
    assert trail() == [("deleted", str(meeting.alice))]


@pytest.mark.parametrize("days", [0, 7])
def test_a_room_may_keep_sessions_that_nobody_records(
    meeting: Meeting, days: int
) -> None:
    meeting.room.keep_unrecorded_days = days
    meeting.room.save(update_fields=["keep_unrecorded_days"])
    start_unrecorded()
    start_unrecorded()
    told = Event.objects.filter(type="recording.started", session=meeting.session)
    assert Recording.objects.count() == told.count() == bool(days)
    for recording in Recording.objects.all():
        assert (recording.keep_days, recording.started_by) == (days, None)
        stop_recording(meeting.access, recording)
        start_unrecorded()
        assert told.count() == 1  # whoever stops it means it


def test_what_somebody_records_is_not_recorded_twice(meeting: Meeting) -> None:
    meeting.room.keep_unrecorded_days = 7
    meeting.room.save(update_fields=["keep_unrecorded_days"])
    meeting.record(0, None)
    start_unrecorded()
    assert Recording.objects.get().keep_days is None
    meeting.end(5)
    Recording.objects.all().delete()
    start_unrecorded()
    assert not Recording.objects.exists()
