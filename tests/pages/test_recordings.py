"""The pages of recordings: who sees them, what they say, what their forms do."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conference.models import User
from recordings.models import Export, ExportFormat, ExportState, Recording
from rooms.clock import to_us
from rooms.rules.events import emit
from tests.pages.conftest import SignedIn


@pytest.fixture
def export(recording: Recording) -> Export:
    return Export.objects.create(
        recording=recording,
        format=ExportFormat.MP4,
        state=ExportState.RUNNING,
        progress=0.42,
    )


def finish(export: Export) -> None:
    export.state = ExportState.READY
    export.progress = 1
    export.bytes = 1234
    export.finished_at = timezone.now()
    export.save()


def address(recording: Recording) -> str:
    return reverse("recording", args=[recording.pk])


def test_list_shows_what_one_may_see(
    alice: User,
    bob: User,
    charlie: User,
    recording: Recording,
    signed_in: SignedIn,
) -> None:
    assert recording.title in signed_in(alice).get("/recordings/").text
    assert recording.title in signed_in(bob).get("/recordings/").text
    others = signed_in(charlie).get("/recordings/").text
    assert recording.title not in others
    assert "Nothing has been recorded yet" in others


def test_list_needs_a_sign_in(client: Client, db: None) -> None:
    answer = client.get("/recordings/")
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_list_is_searched_by_title(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    assert recording.title in alices.get("/recordings/?search=KEPT").text
    assert "Nothing is called" in alices.get("/recordings/?search=other").text


def test_recording_tells_length_people_and_consent(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    page = alices.get(address(recording)).text
    assert "5:00" in page
    assert f"{reverse('replay', args=[recording.session_id])}?t=60" in page
    assert f'hx-get="{address(recording)}people/"' in page
    tell_of_joining(recording)
    people = alices.get(f"{address(recording)}people/").text
    assert "Agreed to be recorded" in people
    assert '<th scope="row">Alice</th>' in people
    assert '<td class="number">5:00</td>' in people  # of her ten minutes there


def test_a_recording_of_nobody_says_so(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    people = signed_in(alice).get(f"{address(recording)}people/").text
    assert "Nobody was there." in people


def tell_of_joining(recording: Recording) -> None:
    session = recording.session
    alice = session.participants.get()
    with transaction.atomic():
        emit(
            session.room_id,
            "participant.joined",
            {"participant": alice.as_message()},
            session_id=session.pk,
            at_us=to_us(session.started_at),
        )


def test_member_may_watch_but_not_change(
    bob: User, recording: Recording, signed_in: SignedIn
) -> None:
    bobs = signed_in(bob)
    page = bobs.get(address(recording))
    assert page.status_code == 200
    assert "Delete for good" not in page.text
    assert "Make a file" not in page.text
    assert bobs.post(f"{address(recording)}delete/").status_code == 403
    assert bobs.post(f"{address(recording)}rename/").status_code == 403
    assert Recording.objects.filter(pk=recording.pk).exists()


def test_outsider_finds_nothing(
    charlie: User, recording: Recording, export: Export, signed_in: SignedIn
) -> None:
    charlies = signed_in(charlie)
    assert charlies.get(address(recording)).status_code == 404
    assert charlies.get(f"{address(recording)}exports/").status_code == 404
    assert charlies.post(f"{address(recording)}delete/").status_code == 404
    assert charlies.post(f"/exports/{export.pk}/cancel/").status_code == 404
    export.refresh_from_db()
    assert export.state == ExportState.RUNNING


def test_rename(alice: User, recording: Recording, signed_in: SignedIn) -> None:
    signed_in(alice).post(f"{address(recording)}rename/", {"title": "Budget"})
    recording.refresh_from_db()
    assert recording.title == "Budget"


def test_rename_to_nothing_says_why_not(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    answer = signed_in(alice).post(
        f"{address(recording)}rename/", {"title": " "}, follow=True
    )
    assert "A title has 1 to 200 characters." in answer.text
    recording.refresh_from_db()
    assert recording.title == "Weekly sync, kept"


def test_delete(alice: User, recording: Recording, signed_in: SignedIn) -> None:
    answer = signed_in(alice).post(f"{address(recording)}delete/", follow=True)
    assert "The recording is deleted." in answer.text
    assert not Recording.objects.filter(pk=recording.pk).exists()


def test_running_export_is_asked_for_again_until_it_is_over(
    alice: User, recording: Recording, export: Export, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    running = alices.get(f"{address(recording)}exports/")
    assert "42 % done" in running.text
    assert "hx-trigger" in running.text
    finish(export)
    ready = alices.get(f"{address(recording)}exports/")
    assert "hx-trigger" not in ready.text
    assert "Download" in ready.text
    # What plays on the page goes on playing.
    assert "HX-Refresh" not in ready.headers


def test_the_page_is_news_once_the_recording_is_saved(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    Recording.objects.update(sealed_at=None)
    exports = f"{address(recording)}exports/?unsealed"
    waiting = alices.get(exports)
    assert f'hx-get="{exports}"' in waiting.text
    assert "HX-Refresh" not in waiting.headers
    Recording.objects.update(sealed_at=timezone.now())
    assert alices.get(exports).headers["HX-Refresh"] == "true"


def test_failed_export_says_why_and_can_be_tried_again(
    alice: User, recording: Recording, export: Export, signed_in: SignedIn
) -> None:
    Export.objects.update(state=ExportState.FAILED, error_detail="The disk is full.")
    page = signed_in(alice).get(address(recording)).text
    assert "The disk is full." in page
    assert f"/exports/{export.pk}/retry/" in page


def test_cancel_of_an_export_that_is_over_says_so(
    alice: User, recording: Recording, export: Export, signed_in: SignedIn
) -> None:
    alices = signed_in(alice)
    cancel = f"/exports/{export.pk}/cancel/"
    alices.post(cancel)
    export.refresh_from_db()
    assert export.state == ExportState.CANCELLED
    assert "This export is over already." in alices.post(cancel, follow=True).text


def test_ready_video_is_played_where_the_replay_cannot_be(
    alice: User, recording: Recording, export: Export, signed_in: SignedIn
) -> None:
    finish(export)
    page = signed_in(alice).get(address(recording)).text
    assert f'src="/api/v1/exports/{export.pk}/download/?inline=1"' in page


def test_running_recording_offers_no_file(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    Recording.objects.update(ended_us=None, sealed_at=None)
    page = signed_in(alice).get(address(recording)).text
    assert "Recording now" in page
    assert "Make a file" not in page


def test_replay_page_is_for_who_may_see(
    client: Client,
    bob: User,
    charlie: User,
    recording: Recording,
    signed_in: SignedIn,
) -> None:
    replay = reverse("replay", args=[recording.session_id])
    assert signed_in(bob).get(replay).status_code == 200
    assert signed_in(charlie).get(replay).status_code == 404
    assert client.get(replay).headers["Location"].startswith(reverse("account_login"))
