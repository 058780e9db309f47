"""Recordings are deleted once their room has kept them for long enough."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recordings.models import Export, ExportFormat, ExportState, Recording
from recordings.rules.recording import delete_expired
from rooms.clock import to_us
from tests.recordings.meeting import Meeting

WEEK = 7


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    """Ready, and eight days old; its room keeps recordings for seven."""
    meeting.room.retention_days = WEEK
    meeting.room.save()
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
    meeting.room.save()
    assert delete_expired(now=timezone.now()) == 0


def test_what_is_being_exported_waits(recording: Recording) -> None:
    export = Export.objects.create(
        recording=recording, format=ExportFormat.MP4, state=ExportState.RUNNING
    )
    assert delete_expired(now=timezone.now()) == 0
    export.delete()
    assert delete_expired(now=timezone.now()) == 1
