"""REST of live outputs: who may, what is shown, what is refused."""

from base64 import b64encode
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from conference.models import User
from recordings.live import keys
from recordings.models import AuditEntry, LiveOutput, OutputTarget
from recordings.rules.outputs import end_outputs
from rooms.models import Event, Member, Role, Room
from rooms.rules.lifecycle import leave
from rooms.rules.snapshot import take_snapshot
from tests.recordings.outputs.live import LiveRoom
from tests.recordings.test_branding import picture

LOGO = b64encode(picture((230, 200, 20))).decode()
TARGET = {"url": "rtmp://live.example.com/app", "key": "abcd-efgh-ijkl-mnop"}


@pytest.fixture
def live_room(db: None) -> LiveRoom:
    cache.clear()
    return LiveRoom.opened()


@pytest.fixture
def alice(live_room: LiveRoom) -> APIClient:
    live_room.join("Bob")
    client = APIClient()
    client.force_login(live_room.access.user)  # type: ignore[arg-type]
    return client


def address(room: Room, *parts: object) -> str:
    return "/".join(("/api/v1/rooms", room.slug, "outputs", *map(str, parts), ""))


def start(alice: APIClient, live_room: LiveRoom, **body: Any) -> Any:
    return alice.post(address(live_room.room), {"targets": [TARGET]} | body)


def test_a_key_is_taken_and_never_shown(alice: APIClient, live_room: LiveRoom) -> None:
    answer = start(alice, live_room)
    assert answer.status_code == 201, answer.content
    assert answer.json()["targets"][0]["key_hint"] == "mnop"
    shown = alice.get(address(live_room.room)).content + answer.content
    assert b"abcd-efgh" not in shown
    target = OutputTarget.objects.get()
    assert keys.unseal(bytes(target.secret)) == TARGET["key"]
    assert b"abcd" not in bytes(target.secret)
    assert not any(
        "abcd-efgh" in str(entry.details) for entry in AuditEntry.objects.all()
    )
    assert {entry.action for entry in AuditEntry.objects.all()} == {
        "live",
        "target_added",
    }


def test_people_are_told(alice: APIClient, live_room: LiveRoom) -> None:
    made = start(alice, live_room).json()
    session = LiveOutput.objects.get().session
    (told,) = take_snapshot(session)[1]["outputs"]
    assert told["id"] == made["id"]
    assert told["by"] == "Alice"
    assert alice.delete(address(live_room.room, made["id"])).status_code == 204
    assert take_snapshot(session)[1]["outputs"] == []
    ended = Event.objects.get(type="output.ended")
    assert ended.data == {"output": {"id": made["id"]}, "reason": "stopped"}
    assert alice.delete(address(live_room.room, made["id"])).status_code == 409


def test_it_ends_with_the_session(alice: APIClient, live_room: LiveRoom) -> None:
    start(alice, live_room)
    leave(live_room.people["Bob"])
    end_outputs()
    end_outputs()
    assert LiveOutput.objects.get().state == "ended"
    assert Event.objects.get(type="output.ended").data["reason"] == "session_ended"


def test_one_that_runs_too_long_is_ended(
    alice: APIClient, live_room: LiveRoom, settings: Any
) -> None:
    start(alice, live_room)
    settings.LIVE_HOURS = 0
    end_outputs()
    output = alice.get(address(live_room.room)).json()["results"][0]
    assert output["state"] == "ended"
    assert output["error"]["code"] == "too_long"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"targets": []}, "targets"),
        ({"targets": [{**TARGET, "url": "http://example.com/app"}]}, "url"),
        ({"targets": [{**TARGET, "url": "rtmp://user:pw@example.com/app"}]}, "url"),
        ({"targets": [{**TARGET, "url": "rtmp://example.com/app?key=1"}]}, "url"),
        ({"targets": [{**TARGET, "url": "rtmp://example.com/"}]}, "url"),
        ({"targets": [{**TARGET, "url": "rtmp://example.com:99999/app"}]}, "url"),
        ({"targets": [{**TARGET, "key": "with spaces"}]}, "key"),
        ({"layout": "circle"}, "layout"),
        ({"layout": "single", "person": 9}, "person"),
        ({"bitrate": 1}, "bitrate"),
        ({"background": "red"}, "background"),
        ({"logo": "AAAA"}, "logo"),
        ({"title": "x" * 201}, "title"),
        ({"texts": [{"text": "x", "start": 2, "end": 1}]}, "texts"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(
    alice: APIClient, live_room: LiveRoom, body: dict[str, Any], field: str
) -> None:
    answer = start(alice, live_room, **body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == field
    assert not LiveOutput.objects.exists()
    assert not Event.objects.filter(type__startswith="output").exists()


def test_it_changes_while_it_runs(alice: APIClient, live_room: LiveRoom) -> None:
    made = start(alice, live_room, banner="Hello").json()
    where = address(live_room.room, made["id"])
    answer = alice.patch(where, {"layout": "speaker", "hls": True, "is_public": True})
    assert answer.status_code == 200, answer.content
    assert answer.json()["options"]["layout"] == "speaker"
    assert answer.json()["options"]["banner"] == "Hello"
    shown = {"title": "We begin soon", "texts": [{"text": "Agenda"}]}
    options = alice.patch(where, shown, format="json").json()["options"]
    text = {"text": "Agenda", "position": "bottom", "start": 0, "end": None}
    assert (options["title"], options["texts"]) == ("We begin soon", [text])
    options = alice.patch(where, {"title": ""}).json()["options"]
    assert (options["title"], options["texts"]) == ("", [text])
    for logo, pictures in ((LOGO, ["logo"]), ("", [])):
        assert alice.patch(where, {"logo": logo}).json()["pictures"] == pictures
        assert alice.get(where).json()["pictures"] == pictures
    number = live_room.people["Bob"].number
    chosen = alice.patch(where, {"person": number}).json()["options"]["person"]
    assert chosen == number
    cleared = alice.patch(where, {"person": None}).json()["options"]["person"]
    assert cleared is None
    public = answer.json()["public_playlist"]
    assert public.startswith("/live/")
    alice.patch(where, {"is_public": False})
    again = alice.patch(where, {"is_public": True}).json()["public_playlist"]
    assert again != public
    for body, field in (
        ({"quality": "1080p"}, "quality"),
        ({"layout": "portrait"}, "layout"),
        ({"targets": [TARGET]}, "targets"),
    ):
        answer = alice.patch(where, body, format="json")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == field
    assert LiveOutput.objects.get().version == 10


def test_targets_come_and_go_within_the_limit(
    alice: APIClient, live_room: LiveRoom, settings: Any
) -> None:
    settings.LIVE_TARGETS = 2
    made = start(alice, live_room).json()
    where = address(live_room.room, made["id"], "targets")
    second = alice.post(where, TARGET | {"key": "short"})
    assert second.status_code == 201
    assert second.json()["key_hint"] == ""
    full = alice.post(where, TARGET)
    assert full.json()["errors"][0]["code"] == "too_many_targets"
    one = address(live_room.room, made["id"], "targets", second.json()["id"])
    assert alice.delete(one).status_code == 204
    assert alice.delete(one).status_code == 404
    last = address(live_room.room, made["id"], "targets", made["targets"][0]["id"])
    assert alice.delete(last).json()["errors"][0]["code"] == "last_target"


def test_a_room_has_so_many_at_a_time(
    alice: APIClient, live_room: LiveRoom, settings: Any
) -> None:
    settings.LIVE_OUTPUTS = 1
    made = start(alice, live_room).json()
    refused = start(alice, live_room)
    assert refused.json()["errors"][0]["code"] == "too_many_outputs"
    alice.delete(address(live_room.room, made["id"]))
    assert start(alice, live_room).status_code == 201


def test_a_log_in_memory_says_so(
    alice: APIClient, live_room: LiveRoom, settings: Any
) -> None:
    settings.STREAM_LOG_URL = "memory://"
    assert start(alice, live_room).json()["errors"][0]["code"] == "no_shared_log"


def test_an_empty_room_sends_nothing(alice: APIClient, live_room: LiveRoom) -> None:
    leave(live_room.people["Bob"])
    assert start(alice, live_room).json()["errors"][0]["code"] == "no_session"


def test_members_and_others_may_not(alice: APIClient, live_room: LiveRoom) -> None:
    made = start(alice, live_room).json()
    dora = User.objects.create_user("dora@example.com", "secret", name="Dora")
    client = APIClient()
    client.force_login(dora)
    assert client.get(address(live_room.room, made["id"])).status_code == 404
    Member.objects.create(room=live_room.room, user=dora, role=Role.MEMBER)
    assert client.get(address(live_room.room, made["id"])).status_code == 403
    assert start(client, live_room).status_code == 403
    Member.objects.update(role=Role.HOST)
    assert client.get(address(live_room.room, made["id"])).status_code == 200
