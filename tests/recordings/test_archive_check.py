"""``manage.py check_archive`` in words, and in its exit code."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client

from conference.models import User
from recordings.archive import archive
from recordings.models import AuditAction, AuditEntry, Segment
from recordings.tasks import remove_stray_objects
from tests.recordings.media import tone
from tests.recordings.meeting import Meeting


def told() -> str:
    output = StringIO()
    call_command("check_archive", stdout=output)
    return output.getvalue()


def test_archive_and_database_are_compared(meeting: Meeting) -> None:
    remove_stray_objects()  # of rooms that other tests deleted
    AuditEntry.objects.all().delete()
    meeting.record(0, 3)
    meeting.publish(meeting.join("Bob"), tone(440, start=0, end=3))
    meeting.keep()
    key = Segment.objects.get().key
    assert told().splitlines()[1:] == [
        "0 without an owner, to be removed",
        "0 uploads that have not ended",
        "0 missing",
    ]
    stray = f"{key.rpartition('/')[0]}/stray.seg"
    archive().save(stray, ContentFile(b"stray"))
    path = Path(archive().path(stray))
    os.utime(path, (0, 0))
    assert f"1 without an owner, to be removed\n  {stray}\n" in told()
    assert path.exists()
    remove_stray_objects()
    assert not path.exists()
    entry = AuditEntry.objects.get(action=AuditAction.SWEPT)
    assert entry.details == {"objects": 1, "bytes": 5, "uploads": 0}
    olga = Client()
    olga.force_login(User.objects.create_superuser("olga@example.com", name="Olga"))
    assert "Unfinished uploads" in olga.get("/admin/").text

    archive().delete(key)
    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_archive", stdout=output)
    assert output.getvalue().endswith(f"1 missing\n  {key}\n")
