"""``/sessions/{id}/timeline/``."""

from rest_framework.test import APIClient

from recordings.models import Recording
from rooms.streams.record import Kind
from tests.recordings.media import BLUE, video
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
        "chapters": [],
        "storyboard": None,
    }


def test_chapters_and_the_storyboard_are_those_of_the_recording(
    meeting: Meeting, recording: Recording, bob: APIClient
) -> None:
    carol = meeting.join("Dana", 0)
    screen = video(BLUE, start=0, end=1, kind=Kind.SCREEN)
    meeting.start_track(carol, screen[0], 50)
    Recording.objects.filter(pk=recording.pk).update(
        ended_us=us(100), storyboard="some/key.jpg"
    )
    meeting.end(200)
    address = f"/api/v1/sessions/{meeting.session.pk}/timeline/"
    (kept,) = bob.get(address).json()["recordings"]
    assert [
        (one["start_us"], one["end_us"], one["names"], one["is_screen"])
        for one in kept["chapters"]
    ] == [
        (us(0), us(50), ["Carol", "Dana"], False),
        (us(50), us(100), ["Dana"], True),
    ]
    assert kept["storyboard"] == f"/recordings/{recording.pk}/storyboard.vtt"


def test_outsiders_do_not(meeting: Meeting, charlie: APIClient) -> None:
    address = f"/api/v1/sessions/{meeting.session.pk}/timeline/"
    assert charlie.get(address).status_code == 404
    assert APIClient().get(address).status_code == 401
