"""The list of recordings: found, ordered, renamed, chosen; and the session's page."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from conference.models import User
from recordings.archive import archive
from recordings.models import Export, ExportFormat, ExportState, Recording
from tests.pages.conftest import SignedIn

LIST = "/recordings/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def other(recording: Recording) -> Recording:
    """Older, longer, and still being saved."""
    other = Recording.objects.create(
        session=recording.session,
        room=recording.room,
        title="Another one",
        started_us=recording.started_us,
        ended_us=recording.started_us + 900_000_000,
    )
    long_ago = timezone.now() - timedelta(days=40)
    Recording.objects.filter(pk=other.pk).update(created_at=long_ago)
    return other


@pytest.mark.parametrize(
    ("query", "finds_first", "finds_other"),
    [
        ({"search": "kept"}, True, False),
        ({"search": "alice"}, True, True),  # she was in it
        ({"search": "WEEKLY"}, True, True),  # the room's name
        ({"search": "nobody"}, False, False),
        ({"state": "ready"}, True, False),
        ({"state": "sealing"}, False, True),
        ({"since": "2020-01-01", "until": "2020-02-01"}, False, False),
        ({"until": "2100-01-01"}, True, True),
        ({"room": "no-such-room"}, True, True),  # no such value narrows nothing
        ({"state": "x", "since": "x", "order": "x", "page": "x"}, True, True),
    ],
)
def test_list_is_narrowed(
    alice: User,
    recording: Recording,
    other: Recording,
    signed_in: SignedIn,
    query: dict[str, str],
    finds_first: bool,
    finds_other: bool,
) -> None:
    page = signed_in(alice).get(LIST, query, headers=HTMX).text
    assert "<html" not in page
    assert (recording.title in page) == finds_first
    assert (other.title in page) == finds_other


def test_list_is_narrowed_to_days(
    alice: User, recording: Recording, other: Recording, signed_in: SignedIn
) -> None:
    week_ago = timezone.localdate() - timedelta(days=7)
    page = signed_in(alice).get(LIST, {"since": week_ago.isoformat()}).text
    assert recording.title in page
    assert other.title not in page


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("", "Weekly sync, kept"),
        ("oldest", "Another one"),
        ("title", "Another one"),
        ("longest", "Another one"),
    ],
)
def test_list_is_ordered(
    alice: User,
    recording: Recording,
    other: Recording,
    signed_in: SignedIn,
    order: str,
    first: str,
) -> None:
    page = signed_in(alice).get(LIST, {"order": order}, headers=HTMX).text
    [second] = {recording.title, other.title} - {first}
    assert page.index(first) < page.index(second)


def test_rename_in_the_list(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    path = f"{LIST}{recording.pk}/rename/"
    assert recording.title in alices.get(path, headers=HTMX).text
    refused = alices.post(path, {"title": " "}, headers=HTMX)
    assert "A title has 1 to 200 characters." in refused.text
    renamed = alices.post(path, {"title": "Budget"}, headers=HTMX)
    assert "Budget" in renamed.text
    assert "<html" not in renamed.text
    recording.refresh_from_db()
    assert recording.title == "Budget"


def test_rename_is_offered_to_those_who_may(
    alice: User, bob: User, recording: Recording, signed_in: SignedIn
) -> None:
    assert "Rename Weekly sync, kept" in signed_in(alice).get(LIST).text
    assert "Rename Weekly sync, kept" not in signed_in(bob).get(LIST).text
    refused = signed_in(bob).post(f"{LIST}{recording.pk}/rename/", {"title": "x"})
    assert refused.status_code == 403


def test_row_is_asked_for_again_while_a_file_is_made(
    alice: User, charlie: User, recording: Recording, signed_in: SignedIn
) -> None:
    export = Export.objects.create(
        recording=recording,
        format=ExportFormat.MP4,
        state=ExportState.RUNNING,
        progress=0.42,
    )
    alices = signed_in(alice)
    path = f"{LIST}{recording.pk}/row/"
    running = alices.get(path).text
    assert 'value="0.420"' in running
    assert "hx-trigger" in running
    Export.objects.update(state=ExportState.FAILED)
    failed = alices.get(path).text
    assert "The last file could not be made." in failed
    assert "hx-trigger" not in failed
    assert signed_in(charlie).get(path).status_code == 404
    assert export.pk


def test_chosen_are_deleted_after_a_question_but_those_that_cannot_be(
    alice: User, recording: Recording, other: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    chosen = {"recording": [str(recording.pk), str(other.pk), "x"]}
    question = alices.get(f"{LIST}chosen/", chosen | {"to": "delete"})
    assert "Delete 2 recordings?" in question.text
    assert Recording.objects.count() == 2
    answer = alices.post(f"{LIST}chosen/delete/", chosen, follow=True)
    assert "1 recording is deleted." in answer.text
    assert "Another one: This recording is not finished yet." in answer.text
    assert list(Recording.objects.all()) == [other]


def test_nothing_chosen_is_told(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    answer = signed_in(alice).get(f"{LIST}chosen/", follow=True)
    assert "Choose recordings first." in answer.text


def test_files_of_chosen_are_offered(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    ready = Export.objects.create(
        recording=recording, format=ExportFormat.MP4, state=ExportState.READY
    )
    chosen = {"recording": str(recording.pk), "to": "download"}
    page = signed_in(alice).get(f"{LIST}chosen/", chosen).text
    assert f"/api/v1/exports/{ready.pk}/download/" in page


def test_outsider_chooses_in_vain_and_a_member_deletes_nothing(
    bob: User, charlie: User, recording: Recording, signed_in: SignedIn
) -> None:
    chosen = {"recording": str(recording.pk)}
    for person in (bob, charlie):
        signed_in(person).post(f"{LIST}chosen/delete/", chosen)
    assert Recording.objects.exists()
    page = signed_in(charlie).get(f"{LIST}chosen/", chosen, follow=True)
    assert recording.title not in page.text


def test_poster_is_for_who_may_see(
    alice: User, charlie: User, recording: Recording, signed_in: SignedIn
) -> None:
    path = f"{LIST}{recording.pk}/poster.jpg"
    assert signed_in(alice).get(path).status_code == 404
    key = archive().save("poster.jpg", ContentFile(b"jpeg"))
    Recording.objects.update(poster=key)
    answer = signed_in(alice).get(path)
    assert (answer.content, answer.headers["Content-Type"]) == (b"jpeg", "image/jpeg")
    assert path in signed_in(alice).get(LIST).text
    assert signed_in(charlie).get(path).status_code == 404


def test_session_shows_who_was_there(
    alice: User, bob: User, charlie: User, recording: Recording, signed_in: SignedIn
) -> None:
    path = f"/sessions/{recording.session_id}/people/"
    for person in (alice, bob):
        page = signed_in(person).get(path)
        assert page.status_code == 200
        assert recording.title in page.text
        assert f'href="/sessions/{recording.session_id}/"' in page.text
    assert signed_in(charlie).get(path).status_code == 404
