"""``/rooms/{slug}/recordings/``, ``/recordings/`` and ``/recordings/{id}/``."""

from uuid import uuid4

from rest_framework.test import APIClient

from recordings.archive import archive
from recordings.models import Recording, Segment
from rooms.models import Event
from tests.recordings.meeting import Meeting


def code_of(answer: object) -> str:
    return str(answer.json()["errors"][0]["code"])  # type: ignore[attr-defined]


def test_a_host_starts_and_stops(meeting: Meeting, alice: APIClient) -> None:
    started = alice.post(f"/api/v1/rooms/{meeting.room.slug}/recordings/")
    assert started.status_code == 201
    assert started.json()["state"] == "running"
    assert started.json()["title"].startswith("Weekly sync ")
    event = Event.objects.get(type="recording.started")
    assert event.data["recording"]["by"] == "Alice"
    assert event.data["recording"]["id"] == started.json()["id"]

    again = alice.post(f"/api/v1/rooms/{meeting.room.slug}/recordings/")
    assert (again.status_code, code_of(again)) == (409, "already_recording")

    address = f"/api/v1/recordings/{started.json()['id']}/"
    stopped = alice.post(f"{address}stop/")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "sealing")
    assert Event.objects.filter(type="recording.stopped").count() == 1
    twice = alice.post(f"{address}stop/")
    assert (twice.status_code, code_of(twice)) == (409, "already_stopped")


def test_only_hosts_start_and_stop(
    meeting: Meeting, bob: APIClient, charlie: APIClient
) -> None:
    running = meeting.record(0, None)
    for address in (
        f"/api/v1/rooms/{meeting.room.slug}/recordings/",
        f"/api/v1/recordings/{running.pk}/stop/",
    ):
        assert bob.post(address).status_code == 403
        assert charlie.post(address).status_code == 404
        assert APIClient().post(address).status_code == 401
    assert Recording.objects.get().state == "running"


def test_an_empty_room_is_not_recorded(meeting: Meeting, alice: APIClient) -> None:
    meeting.end(3)
    answer = alice.post(f"/api/v1/rooms/{meeting.room.slug}/recordings/")
    assert (answer.status_code, code_of(answer)) == (409, "no_session")


def test_members_list_and_see(
    meeting: Meeting, recording: Recording, bob: APIClient
) -> None:
    (listed,) = bob.get("/api/v1/recordings/").json()["results"]
    seen = bob.get(f"/api/v1/recordings/{recording.pk}/").json()
    assert listed == seen
    assert seen["room"] == meeting.room.slug
    assert (seen["state"], seen["seconds"]) == ("ready", 3)
    assert seen["bytes"] == Segment.objects.get().bytes


def test_outsiders_see_nothing(recording: Recording, charlie: APIClient) -> None:
    assert charlie.get("/api/v1/recordings/").json()["results"] == []
    assert charlie.get(f"/api/v1/recordings/{recording.pk}/").status_code == 404
    assert charlie.delete(f"/api/v1/recordings/{recording.pk}/").status_code == 404
    assert APIClient().get("/api/v1/recordings/").status_code == 401


def test_lists_are_filtered(
    meeting: Meeting, recording: Recording, alice: APIClient
) -> None:
    meeting.record(5, None)

    def count(query: str) -> int:
        return len(alice.get(f"/api/v1/recordings/?{query}").json()["results"])

    assert count("") == 2
    assert count("state=ready") == 1
    assert count("state=running") == 1
    assert count("state=sealing") == 0
    assert count(f"room={meeting.room.slug}") == 2
    assert count("room=abc-defg-hjk") == 0
    assert count(f"session={meeting.session.pk}") == 2
    assert count(f"session={uuid4()}") == 0
    assert alice.get("/api/v1/recordings/?state=odd").status_code == 400


def test_a_title_is_changed_by_hosts(
    recording: Recording, alice: APIClient, bob: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/"
    assert alice.patch(address, {"title": "  Plan  B "}).json()["title"] == "Plan B"
    assert alice.patch(address, {"title": ""}).status_code == 400
    assert alice.patch(address, {"title": "x" * 201}).status_code == 400
    assert bob.patch(address, {"title": "Bob's"}).status_code == 403
    assert Recording.objects.get().title == "Plan B"


def test_deleting_removes_the_files(
    recording: Recording, alice: APIClient, bob: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/"
    key = Segment.objects.get().key
    assert bob.delete(address).status_code == 403
    assert archive().exists(key)
    assert alice.delete(address).status_code == 204
    assert not archive().exists(key)
    assert alice.get(address).status_code == 404


def test_one_that_is_not_ready_is_not_deleted(
    meeting: Meeting, alice: APIClient
) -> None:
    running = meeting.record(0, None)
    answer = alice.delete(f"/api/v1/recordings/{running.pk}/")
    assert (answer.status_code, code_of(answer)) == (409, "not_ready")
    assert Recording.objects.exists()
