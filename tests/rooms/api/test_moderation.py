"""/rooms/{slug}/participants/{id}/mute/ and its like, lock/, unlock/ and end/."""

import pytest

from conference.models import User
from rooms.models import Event, Member, Participant, Role, Room, Session
from rooms.rules.lifecycle import leave
from rooms.rules.tracks import Announcement, start_track
from rooms.tickets import make_resume
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import seat

MICROPHONE = Announcement("microphone", "opus", 0, 0)


def address(room: Room, what: str, participant: Participant | None = None) -> str:
    start = f"/api/v1/rooms/{room.slug}/"
    return (
        f"{start}participants/{participant.pk}/{what}/"
        if participant
        else (f"{start}{what}/")
    )


def told(room: Room, type_: str) -> list[object]:
    return list(
        Event.objects.filter(room=room, type=type_).values_list("data", flat=True)
    )


@pytest.fixture
def host(room: Room, bob: User) -> User:
    Member.objects.filter(room=room, user=bob).update(role=Role.HOST)
    return bob


def test_a_host_asks_a_page_to_mute(
    client_of: ClientOf, room: Room, host: User
) -> None:
    talker, silent = seat(room), seat(room)
    start_track(talker, MICROPHONE)
    client = client_of(host)
    assert client.post(address(room, "mute", talker)).status_code == 204
    assert client.post(address(room, "mute", silent)).status_code == 204
    assert told(room, "participant.muted") == [{"number": 1, "by": "Bob"}]
    talker.refresh_from_db()
    assert "microphone" in talker.tracks  # until the page says otherwise


def test_a_host_mutes_all_others(client_of: ClientOf, room: Room, host: User) -> None:
    people = [seat(room), seat(room, host), seat(room)]
    for one in people:
        start_track(one, MICROPHONE)
    answer = client_of(host).post(address(room, "participants/mute-all"))
    assert answer.status_code == 204
    assert [one["number"] for one in told(room, "participant.muted")] == [1, 3]  # type: ignore[index]


def test_a_host_removes_somebody(client_of: ClientOf, room: Room, host: User) -> None:
    guest, _other = seat(room), seat(room)
    client = client_of(host)
    assert client.post(address(room, "remove", guest)).status_code == 204
    guest.refresh_from_db()
    assert guest.left_at is not None
    assert told(room, "participant.left") == [{"number": 1, "reason": "removed"}]
    assert client.post(address(room, "remove", guest)).status_code == 404


def test_who_was_removed_stays_out_until_the_session_is_over(
    client_of: ClientOf, room: Room, charlie: User, host: User
) -> None:
    removed, guest, _other = seat(room, charlie), seat(room), seat(room)
    resume = make_resume(guest)
    for one in (removed, guest):
        client_of(host).post(address(room, "remove", one))

    def join(user: User | None, **said: object) -> tuple[int, str]:
        body = {"name": "Somebody", "consent": True, **said}
        answer = client_of(user).post(address(room, "join"), body)
        errors = answer.json().get("errors", [{"code": ""}])
        return answer.status_code, errors[0]["code"]

    assert join(charlie) == (403, "removed")
    assert join(None, resume=resume) == (403, "removed")
    assert join(None) == (201, "")
    assert client_of(host).post(address(room, "end")).status_code == 200
    assert join(charlie) == (201, "")
    assert join(None, resume=resume) == (201, "")


def test_who_left_by_themselves_comes_back(
    client_of: ClientOf, room: Room, charlie: User
) -> None:
    seat(room)
    leave(seat(room, charlie))
    body = {"name": "Charlie", "consent": True}
    assert client_of(charlie).post(address(room, "join"), body).status_code == 201


def test_a_host_gives_a_role_within_the_session(
    client_of: ClientOf, room: Room, host: User
) -> None:
    guest = seat(room)
    for _time in range(2):
        answer = client_of(host).post(address(room, "role", guest), {"role": "host"})
        assert (answer.status_code, answer.json()["role"]) == (200, "host")
    assert told(room, "participant.updated") == [{"number": 1, "role": "host"}]
    answer = client_of(host).post(address(room, "role", guest), {"role": "owner"})
    assert answer.status_code == 400


def test_nobody_removes_or_demotes_the_owner(
    client_of: ClientOf, room: Room, alice: User, host: User
) -> None:
    owner = seat(room, alice)
    client = client_of(host)
    for what, body in (("remove", {}), ("role", {"role": "guest"})):
        answer = client.post(address(room, what, owner), body)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["code"] == "is_owner"


def test_a_locked_session_lets_nobody_new_in_but_hosts(
    client_of: ClientOf, room: Room, alice: User, host: User
) -> None:
    first = seat(room)
    answer = client_of(host).post(address(room, "lock"))
    assert (answer.status_code, answer.json()["locked"]) == (200, True)
    [event] = told(room, "session.updated")
    assert event["session"]["locked"]  # type: ignore[index]
    join = {"name": "Grace", "consent": True}
    refused = client_of(None).post(address(room, "join"), join)
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "room_locked"
    owner = client_of(alice).post(address(room, "join"), join)
    assert owner.status_code == 201
    assert client_of(host).post(address(room, "unlock")).json()["locked"] is False
    assert client_of(None).post(address(room, "join"), join).status_code == 201
    first.refresh_from_db()
    assert first.left_at is None


def test_a_lock_ends_with_the_session(
    client_of: ClientOf, room: Room, host: User
) -> None:
    first = seat(room)
    client_of(host).post(address(room, "lock"))
    leave(first)
    assert not seat(room).session.locked


def test_a_host_ends_the_session(client_of: ClientOf, room: Room, host: User) -> None:
    for _ in range(3):
        seat(room)
    answer = client_of(host).post(address(room, "end"))
    assert answer.status_code == 200
    assert answer.json()["ended_at"]
    assert Session.objects.get().ended_at is not None


@pytest.mark.parametrize("what", ["lock", "unlock", "end", "participants/mute-all"])
def test_an_empty_room_is_a_conflict(
    client_of: ClientOf, room: Room, alice: User, what: str
) -> None:
    answer = client_of(alice).post(address(room, what))
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "no_session"


def test_others_may_not(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    guest = seat(room)
    for what in ("lock", "unlock", "end", "participants/mute-all"):
        assert client_of(bob).post(address(room, what)).status_code == 403
        assert client_of(charlie).post(address(room, what)).status_code == 404
    for what in ("mute", "remove", "role"):
        assert client_of(bob).post(address(room, what, guest)).status_code == 403
        assert client_of(None).post(address(room, what, guest)).status_code == 401
    assert not told(room, "participant.left")
