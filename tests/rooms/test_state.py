"""Whatever happens, its events applied to the old snapshot give the new one."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from conference.models import User
from rooms.access import Action, access_room
from rooms.models import Participant, Room
from rooms.rules.attendees import tell_counts
from rooms.rules.chat import send_message
from rooms.rules.events import emit, read_events
from rooms.rules.hand import lower_hand, raise_hand
from rooms.rules.lifecycle import connect, join, leave
from rooms.rules.moderation import (
    ask_to_mute,
    change_role,
    end_session,
    remove,
    set_locked,
)
from rooms.rules.presence import depart_absent, lose_connection
from rooms.rules.rooms import create_room, update_room
from rooms.rules.snapshot import take_snapshot
from rooms.rules.tracks import Announcement, start_track, stop_track
from rooms.state import CHAT_LIMIT, apply_event, empty_state
from rooms.tickets import make_resume
from tests.rooms.people import admit, seat

CAMERA = Announcement("camera", "vp8", 640, 360)


@dataclass
class Meeting:
    room: Room
    alice: Participant
    grace: Participant


@pytest.fixture
def meeting(room: Room, alice: User) -> Meeting:
    owner = seat(room, alice)
    grace = seat(room, name="Grace")
    start_track(grace, CAMERA)
    start_track(grace, Announcement("microphone", "opus", 0, 0))
    raise_hand(grace)
    send_message(owner, text="Hello")
    return Meeting(room, owner, grace)


@pytest.fixture
def webinar(alice: User) -> Meeting:
    """Grace attends, with her hand up."""
    room = create_room(alice, name="All hands", kind="webinar")
    owner, grace = seat(room, alice), seat(room, name="Grace")
    seat(room, name="Heidi")
    tell_counts(timezone.now())
    raise_hand(grace)
    return Meeting(room, owner, grace)


def resume(meeting: Meeting) -> None:
    access = access_room(meeting.room.slug, None, Action.ENTER)
    token = make_resume(meeting.grace)
    join(access, name="Grace Hopper", consent=True, resume=token)


def come_back(meeting: Meeting) -> None:
    lose_connection(meeting.grace)
    connect(meeting.grace)


def go_absent(meeting: Meeting) -> None:
    depart_absent(timezone.now() + timedelta(seconds=31))


def record(meeting: Meeting, *types: str) -> None:
    tell(meeting, {"recording": {"id": "r1", "started_us": 1, "by": "Alice"}}, *types)


def go_live(meeting: Meeting, *types: str) -> None:
    output = {"id": "o1", "started_us": 1, "by": "Alice", "is_public": False}
    tell(meeting, {"output": output}, *types)


def tell(meeting: Meeting, data: dict[str, Any], *types: str) -> None:
    """What other parts of the product do in rooms, which know it by events only."""
    with transaction.atomic():
        for type_ in types:
            emit(meeting.room.pk, type_, data, session_id=meeting.alice.session_id)


CHANGES: dict[str, Callable[[Meeting], Any]] = {
    "somebody joins": lambda m: seat(m.room, name="Late"),
    "somebody is admitted but not there": lambda m: admit(m.room),
    "a connection is lost": lambda m: lose_connection(m.grace),
    "a connection is lost and comes back": come_back,
    "a page is reloaded under a new name": resume,
    "somebody leaves": lambda m: leave(m.grace),
    "everybody goes absent": go_absent,
    "the session is ended": lambda m: end_session(m.alice),
    "the session is locked": lambda m: set_locked(m.alice.session, locked=True),
    "somebody is asked to mute": lambda m: ask_to_mute(
        m.grace.session, number=m.grace.number, by="Alice"
    ),
    "somebody is made a host": lambda m: change_role(
        m.grace.session, number=m.grace.number, role="host"
    ),
    "somebody is removed": lambda m: remove(m.grace.session, number=m.grace.number),
    "a track starts": lambda m: start_track(m.alice, CAMERA),
    "a track changes": lambda m: start_track(
        m.grace, Announcement("camera", "h264", 1280, 720)
    ),
    "a track is restated": lambda m: start_track(m.grace, CAMERA),
    "a track stops": lambda m: stop_track(m.grace, kind="camera"),
    "a hand goes up": lambda m: raise_hand(m.alice),
    "a hand goes down": lambda m: lower_hand(m.grace),
    "a host lowers a hand": lambda m: lower_hand(m.alice, number=m.grace.number),
    "a message is sent": lambda m: send_message(m.grace, text="<b>Hi</b>"),
    "the room is renamed": lambda m: update_room(m.room, name="Retrospective"),
    "a recording starts": lambda m: record(m, "recording.started"),
    "a live output starts": lambda m: go_live(m, "output.started"),
    "a live output ends": lambda m: go_live(m, "output.started", "output.ended"),
    "a recording stops": lambda m: record(m, "recording.started", "recording.stopped"),
}


def be_counted(meeting: Meeting) -> None:
    seat(meeting.room, name="Ivan")
    tell_counts(timezone.now())


def promote(meeting: Meeting) -> None:
    change_role(meeting.grace.session, number=meeting.grace.number, role="member")


def promote_and_demote(meeting: Meeting) -> None:
    promote(meeting)
    start_track(meeting.grace, CAMERA)
    raise_hand(meeting.grace)
    change_role(meeting.grace.session, number=meeting.grace.number, role="guest")


IN_WEBINARS: dict[str, Callable[[Meeting], Any]] = {
    "an attendee joins": lambda m: seat(m.room, name="Ivan"),
    "attendees are counted": be_counted,
    "an attendee's hand goes down": lambda m: lower_hand(m.grace),
    "an attendee's connection is lost and comes back": come_back,
    "an attendee is renamed": resume,
    "an attendee leaves": lambda m: leave(m.grace),
    "an attendee is removed": lambda m: remove(m.grace.session, number=m.grace.number),
    "an attendee is promoted": promote,
    "an attendee is promoted and demoted": promote_and_demote,
    "an attendee writes": lambda m: send_message(m.grace, text="Hi"),
    "everybody in the webinar goes absent": go_absent,
    "the webinar is ended": lambda m: end_session(m.alice),
}


@pytest.mark.parametrize("change", IN_WEBINARS)
def test_events_of_webinars_give_the_snapshot_after_them(
    webinar: Meeting, change: str
) -> None:
    check_events(webinar, IN_WEBINARS[change])


@pytest.mark.parametrize("change", CHANGES)
def test_events_applied_to_the_snapshot_before_give_the_one_after(
    meeting: Meeting, change: str
) -> None:
    check_events(meeting, CHANGES[change])


def check_events(meeting: Meeting, change: Callable[[Meeting], Any]) -> None:
    position, before = take_snapshot(meeting.alice.session)
    as_it_was = deepcopy(before)
    change(meeting)
    position_after, after = take_snapshot(meeting.alice.session)
    events, more = read_events(meeting.room.pk, after=position)
    assert [event["position"] for event in events] == list(
        range(position + 1, position_after + 1)
    )
    state = before
    for event in events:
        state = apply_event(state, event)
    assert state == after
    assert before == as_it_was
    assert not more


def test_all_events_of_a_session_give_its_snapshot(meeting: Meeting) -> None:
    _position, snapshot = take_snapshot(meeting.alice.session)
    events, _more = read_events(meeting.room.pk, after=0)
    state = empty_state(meeting.room.as_message(), None)
    for event in events:
        state = apply_event(state, event)
    assert state == snapshot


def test_a_state_holds_the_latest_messages(meeting: Meeting) -> None:
    for number in range(CHAT_LIMIT + 5):
        send_message(meeting.alice, text=str(number))
    _position, snapshot = take_snapshot(meeting.alice.session)
    events, _more = read_events(meeting.room.pk, after=0)
    state = empty_state(meeting.room.as_message(), None)
    for event in events:
        state = apply_event(state, event)
    assert len(state["chat"]) == CHAT_LIMIT
    assert state["chat"] == snapshot["chat"]


def test_a_recording_of_an_earlier_session_stops_nothing() -> None:
    state = empty_state({}, {}) | {"recording": {"id": "now"}}
    event = {"event": "recording.stopped", "data": {"recording": {"id": "earlier"}}}
    assert apply_event(state, event) == state


def test_an_event_that_changes_no_state_leaves_it() -> None:
    state = empty_state({}, {})
    assert apply_event(state, {"event": "something.new", "data": {}}) is state
