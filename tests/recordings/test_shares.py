"""Share links and links to files: who has one gets in, for some time."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conference.errors import Conflict, Denied, Invalid
from recordings.archive import archive
from recordings.export_file import LINK_SECONDS, SALT, file_link
from recordings.models import (
    AuditEntry,
    Export,
    ExportFormat,
    ExportState,
    Recording,
    ShareLink,
)
from recordings.rules import make_share_link, revoke_share_link
from recordings.rules.shares import OPEN_LINKS_LIMIT, TRIES
from rooms.access import Access
from rooms.models import Role
from tests.recordings.meeting import Meeting
from tests.s3 import S3Server

FILM = bytes(range(256)) * 8


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(0, 3)
    recording.sealed_at = timezone.now()
    recording.save()
    return recording


@pytest.fixture
def video(recording: Recording) -> Iterator[Export]:
    export = Export(
        recording=recording,
        format=ExportFormat.MP4,
        state=ExportState.READY,
        bytes=len(FILM),
        finished_at=timezone.now(),
    )
    export.key = archive().save(f"{export.pk}-1.mp4", ContentFile(FILM))
    export.save()
    yield export
    archive().delete(export.key)


@pytest.fixture
def link(meeting: Meeting, recording: Recording, video: Export) -> ShareLink:
    return make_share_link(meeting.access, recording, days=7)


@pytest.fixture
def locked(meeting: Meeting, recording: Recording, video: Export) -> ShareLink:
    cache.clear()
    return make_share_link(meeting.access, recording, days=7, password="open sesame")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def address(link: ShareLink) -> str:
    return reverse("shared", args=[link.token])


def test_whoever_has_the_link_watches_and_downloads(link: ShareLink) -> None:
    visitor = Client()
    page = visitor.get(address(link))
    assert page.status_code == 200
    assert "Weekly sync" in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    played = visitor.get(f"{address(link)}video/", follow=True)
    assert played.headers["Content-Disposition"].startswith("inline")
    assert played.headers["Content-Length"] == str(len(FILM))
    saved = visitor.get(f"{address(link)}video/?download", follow=True)
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_visits_are_counted_once_per_browser(link: ShareLink) -> None:
    for visitor, visits in ((Client(), 3), (Client(), 1)):
        for _visit in range(visits):
            visitor.get(address(link))
    link.refresh_from_db()
    assert link.opened == 2
    assert link.opened_at is not None


def test_a_password_is_asked_for_once(locked: ShareLink) -> None:
    assert "open sesame" not in locked.password
    visitor = Client()
    page = visitor.get(address(locked))
    assert "A password is needed" in page.text
    assert "Weekly sync" not in page.text
    assert visitor.get(f"{address(locked)}video/").status_code == 403
    assert visitor.get(f"{address(locked)}poster.jpg").status_code == 403
    wrong = visitor.post(address(locked), {"password": "guess"})
    assert (wrong.status_code, "not the password" in wrong.text) == (403, True)
    page = visitor.post(address(locked), {"password": "open sesame"}, follow=True)
    assert "Weekly sync" in page.text
    assert visitor.get(f"{address(locked)}video/").status_code == 302
    assert "Weekly sync" not in Client().get(address(locked)).text
    locked.refresh_from_db()
    assert locked.opened == 1


def test_passwords_are_not_guessed_for_long(locked: ShareLink) -> None:
    visitor = Client()
    for _guess in range(TRIES):
        assert visitor.post(address(locked), {"password": "?"}).status_code == 403
    for password in ("?", "open sesame"):
        refused = visitor.post(address(locked), {"password": password})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
    assert "Weekly sync" not in visitor.get(address(locked)).text
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    opened = elsewhere.post(address(locked), {"password": "open sesame"})
    assert opened.status_code == 302


def test_a_link_ends_by_its_date_and_by_its_maker(
    meeting: Meeting, link: ShareLink
) -> None:
    visitor = Client()
    visitor.get(address(link))
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = visitor.get(address(link))
    assert (expired.status_code, "expired" in expired.text) == (410, True)
    ShareLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_share_link(meeting.access, link)
    revoked = visitor.get(address(link))
    assert (revoked.status_code, "revoked" in revoked.text) == (410, True)
    assert visitor.get(f"{address(link)}video/").status_code == 404
    assert visitor.get(f"{address(link)[:-2]}x/").status_code == 404
    with pytest.raises(Conflict):
        revoke_share_link(meeting.access, link)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["shared", "unshared"]


def test_a_link_makes_the_video_that_it_shows(
    meeting: Meeting, recording: Recording
) -> None:
    first = make_share_link(meeting.access, recording, days=1)
    make_share_link(meeting.access, recording, days=1)
    export = Export.objects.get()
    assert (export.format, export.state) == ("mp4", "queued")
    page = Client().get(address(first))
    assert "is being made" in page.text
    assert "<video" not in page.text


def test_only_hosts_share_and_only_what_is_ready(
    meeting: Meeting, recording: Recording, video: Export
) -> None:
    member = Access(meeting.room, Role.MEMBER, meeting.alice)
    with pytest.raises(Denied):
        make_share_link(member, recording, days=1)
    wrong: list[Any] = [0, 366, "7", None]
    for days in wrong:
        with pytest.raises(Invalid):
            make_share_link(meeting.access, recording, days=days)
    with pytest.raises(Invalid):
        make_share_link(meeting.access, recording, days=1, password="x" * 129)
    with pytest.raises(Conflict, match="not ready"):
        make_share_link(meeting.access, meeting.record(5, None), days=1)
    assert not ShareLink.objects.exists()
    for _link in range(OPEN_LINKS_LIMIT):
        make_share_link(meeting.access, recording, days=1)
    with pytest.raises(Conflict, match="Revoke"):
        make_share_link(meeting.access, recording, days=1)


def test_the_recordings_page_makes_lists_and_revokes(
    meeting: Meeting, recording: Recording, video: Export
) -> None:
    alice = Client()
    alice.force_login(meeting.alice)
    page = reverse("recording", args=[recording.pk])
    assert "Nobody outside the room" in alice.get(page).text
    sent = {"days": "30", "password": "open sesame"}
    answer = alice.post(f"{page}share/", sent, follow=True)
    link = ShareLink.objects.get()
    assert address(link) in answer.text
    assert "with password" in answer.text
    assert "open sesame" not in answer.text
    answer = alice.post(reverse("share_link_revoke", args=[link.pk]), follow=True)
    assert address(link) not in answer.text
    refused = alice.post(f"{page}share/", {"days": "many"}, follow=True)
    assert "1 to 365 days" in refused.text
    answer = alice.post(f"{page}keep/", {"keep_days": "30"}, follow=True)
    assert "It is deleted, with all files made from it, on" in answer.text
    assert Recording.objects.get().keep_days == 30
    alice.post(f"{page}keep/", {"keep_days": "room"})
    assert Recording.objects.get().keep_days is None
    refused = alice.post(f"{page}keep/", {"keep_days": "-5"}, follow=True)
    assert "Say for how many days" in refused.text


class Earlier(TimestampSigner):
    """Signs as it was done just before the oldest link that is good."""

    def timestamp(self) -> str:
        return b62_encode(int(time.time()) - LINK_SECONDS - 2)


def test_a_link_to_a_file_expires_and_cannot_be_made_up(video: Export) -> None:
    link = file_link(video, inline=False)
    answer = Client().get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('grid.mp4"')
    part = Client().get(link, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.headers["Content-Range"]) == (
        206,
        f"bytes 1-3/{len(FILM)}",
    )
    start, _slash, name = link.rpartition("/")
    assert Client().get(f"{start[:-1]}/{name}").status_code == 404
    token = Earlier(salt=SALT).sign_object([str(video.pk), 1, False])
    assert Client().get(reverse("file", args=[token, name])).status_code == 410
    video.attempt = 2
    video.save()
    assert Client().get(link).status_code == 404  # made again: another file


def test_files_in_a_bucket_are_fetched_from_there(
    video: Export, s3: S3Server, settings: Any
) -> None:
    settings.STORAGES = {**settings.STORAGES, "archive": s3.storage()}
    archive().save(video.key, ContentFile(FILM))
    assert file_link(video, inline=True).startswith(f"{s3.url}/archive/{video.key}?")
    settings.STORAGES = {
        **settings.STORAGES,
        "archive": s3.storage(is_direct=False),
    }
    link = file_link(video, inline=True)
    assert link.startswith("/files/")
    assert Client().get(link).headers["Content-Length"] == str(len(FILM))
    archive().delete(video.key)
    assert Client().get(link).status_code == 404
