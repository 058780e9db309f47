"""``/sessions/{id}/timeline/``."""

from rest_framework.test import APIClient

from recordings.models import Recording
from tests.recordings.meeting import Meeting, us


def test_members_see_what_happened(
    meeting: Meeting, recording: Recording, bob: APIClient
) -> None:
    meeting.end(6)
    timeline = bob.get(f"/api/v1/sessions/{meeting.session.pk}/timeline/").json()
    assert (timeline["start_us"], timeline["end_us"]) == (us(0), us(6))
    (carol,) = timeline["people"]
    assert carol["name"] == "Carol"
    assert carol["present"] == [[us(0), us(6)]]
    assert carol["speaking"] == [[us(0), us(3)]]
    assert carol["tracks"][0]["kind"] == "microphone"
    (kept,) = timeline["recordings"]
    assert kept == {
        "id": str(recording.pk),
        "title": recording.title,
        "start_us": us(0),
        "end_us": us(3),
    }


def test_outsiders_do_not(meeting: Meeting, charlie: APIClient) -> None:
    address = f"/api/v1/sessions/{meeting.session.pk}/timeline/"
    assert charlie.get(address).status_code == 404
    assert APIClient().get(address).status_code == 401
