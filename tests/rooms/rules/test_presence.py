"""Coming, going and being gone: connections, departures and the grace between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conference.errors import Conflict, Denied, Gone
from conference.models import User
from rooms.models import Participant, Room, Session
from rooms.rules.events import read_events
from rooms.rules.lifecycle import connect, leave
from rooms.rules.moderation import end_session
from rooms.rules.presence import (
    GRACE,
    SILENCE,
    depart_absent,
    lose_connection,
    mark_seen,
    renew_grace,
)
from rooms.rules.rooms import create_room
from rooms.rules.tracks import Announcement, start_track
from tests.rooms.people import admit, seat

SECOND = timedelta(seconds=1)


def told(room: Room) -> list[tuple[str, object]]:
    """Types of the room's events, with what tells them apart."""
    events, _more = read_events(room.pk, after=0)
    return [
        (event["event"], event["data"].get("reason", event["data"].get("connected")))
        for event in events
    ]


def test_others_are_told_when_the_control_socket_opens(room: Room) -> None:
    participant = connect(admit(room))
    events, _more = read_events(room.pk, after=0)
    assert events[-1]["event"] == "participant.joined"
    assert events[-1]["data"] == {"participant": participant.as_message()}
    assert participant.connected


def test_a_newer_connection_takes_over_without_a_word(room: Room) -> None:
    first = seat(room)
    second = connect(first)
    assert second.connection == first.connection + 1
    lose_connection(first)
    first.refresh_from_db()
    assert first.connected
    assert [type_ for type_, _ in told(room)].count("participant.joined") == 1


def test_a_lost_connection_is_shown_and_comes_back(room: Room) -> None:
    participant = seat(room)
    start_track(participant, Announcement("camera", "vp8", 640, 360))
    lose_connection(participant)
    again = connect(participant)
    assert told(room)[-2:] == [
        ("participant.updated", False),
        ("participant.updated", True),
    ]
    assert "camera" in again.tracks


def test_who_leaves_stops_their_tracks_first(room: Room, alice: User) -> None:
    seat(room, alice)
    participant = seat(room)
    start_track(participant, Announcement("camera", "vp8", 640, 360))
    leave(participant)
    assert told(room)[-2:] == [("track.stopped", None), ("participant.left", "left")]
    participant.refresh_from_db()
    assert participant.left_at is not None
    assert participant.tracks == {}


def test_the_last_one_ends_the_session(room: Room) -> None:
    first, second = seat(room), seat(room)
    leave(first)
    assert ("session.ended", None) not in told(room)
    leave(second)
    assert told(room)[-1] == ("session.ended", None)
    second.session.refresh_from_db()
    assert second.session.ended_at is not None


def test_who_has_left_can_do_nothing_more(room: Room, alice: User) -> None:
    seat(room, alice)
    participant = seat(room)
    leave(participant)
    for action in (leave, connect):
        with pytest.raises(Gone):
            action(participant)


def test_a_page_of_an_older_epoch_can_do_nothing_more(room: Room) -> None:
    participant = seat(room)
    Participant.objects.update(epoch=2)
    with pytest.raises(Conflict):
        leave(participant)


def test_a_host_ends_the_session_for_all(room: Room, alice: User) -> None:
    owner, guest = seat(room, alice), seat(room)
    end_session(owner)
    assert told(room)[-3:] == [
        ("participant.left", "ended"),
        ("participant.left", "ended"),
        ("session.ended", None),
    ]
    guest.refresh_from_db()
    assert guest.left_at is not None


def test_others_may_not_end_it(room: Room, alice: User, bob: User) -> None:
    seat(room, alice)
    for participant in (seat(room, bob), seat(room)):
        with pytest.raises(Denied):
            end_session(participant)


def test_who_is_away_for_longer_than_the_grace_has_left(room: Room) -> None:
    staying, away = seat(room), seat(room)
    lose_connection(away)
    before = timezone.now()
    depart_absent(before + GRACE - SECOND)
    away.refresh_from_db()
    assert away.left_at is None
    Participant.objects.filter(pk=staying.pk).update(seen_at=before + GRACE)
    depart_absent(before + GRACE + SECOND)
    away.refresh_from_db()
    assert away.left_at is not None
    assert told(room)[-1] == ("participant.left", "lost")


@pytest.mark.parametrize("kind", ["meeting", "webinar"])
def test_a_session_whose_people_are_all_gone_ends_after_the_grace(
    alice: User, kind: str
) -> None:
    """Their server died with them: nobody told that they had gone."""
    room = create_room(alice, name="Board", kind=kind)
    for person in (seat(room, alice), seat(room, name="Grace"), seat(room, name="H")):
        assert person.connected
    session = Session.objects.get()
    depart_absent(timezone.now() + GRACE - SECOND)
    session.refresh_from_db()
    assert session.ended_at is None
    depart_absent(timezone.now() + GRACE + SECOND)
    session.refresh_from_db()
    assert session.ended_at is not None
    assert told(room)[-1][0] == "session.ended"


def test_whose_server_is_silent_is_shown_as_lost_before(room: Room) -> None:
    participant = seat(room)
    depart_absent(timezone.now() + SILENCE + SECOND)
    participant.refresh_from_db()
    assert not participant.connected
    assert participant.left_at is None
    assert told(room)[-1] == ("participant.updated", False)


def test_a_sign_of_life_keeps_everybody(room: Room) -> None:
    people = [seat(room), seat(room)]
    Participant.objects.update(seen_at=timezone.now() - 2 * GRACE)
    mark_seen([participant.pk for participant in people])
    depart_absent(timezone.now())
    assert Participant.objects.filter(left_at=None, connected=True).count() == 2


def test_a_server_that_starts_gives_everybody_the_whole_grace(room: Room) -> None:
    participant = seat(room)
    Participant.objects.update(seen_at=timezone.now() - 10 * GRACE)
    renew_grace()
    depart_absent(timezone.now() + GRACE - SECOND)
    participant.refresh_from_db()
    assert participant.left_at is None


def test_who_never_opens_a_socket_disappears_without_a_word(room: Room) -> None:
    seat(room)
    admit(room)
    before = len(told(room))
    renew = timezone.now() + GRACE
    Participant.objects.exclude(joined_at=None).update(seen_at=renew)
    depart_absent(timezone.now() + GRACE + SECOND)
    assert Participant.objects.count() == 1
    assert len(told(room)) == before


def test_a_session_in_which_nobody_arrived_ends(room: Room) -> None:
    session = admit(room).session
    depart_absent(timezone.now() + GRACE + SECOND)
    session.refresh_from_db()
    assert session.ended_at is not None
    assert told(room) == [("session.started", None), ("session.ended", None)]
