"""What a client may ask on the control socket: one entry a request in ``REQUESTS``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from conference.errors import Invalid
from rooms.clock import now_us
from rooms.models import Event, Participant
from rooms.rules.attendees import list_attendees
from rooms.rules.chat import read_history, send_message
from rooms.rules.events import read_events
from rooms.rules.hand import lower_hand, raise_hand
from rooms.rules.lifecycle import leave
from rooms.rules.moderation import (
    ask_all_to_mute,
    ask_to_mute,
    change_role,
    end_session,
    moderating,
    remove,
    set_locked,
)
from rooms.rules.reactions import react
from rooms.rules.tracks import Announcement, start_track, stop_track

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A request without fields."""


@dataclass(frozen=True, slots=True)
class Ping:
    now_us: int | float


@dataclass(frozen=True, slots=True)
class Events:
    after: int


@dataclass(frozen=True, slots=True)
class Attendees:
    after: int


@dataclass(frozen=True, slots=True)
class ChatSend:
    text: str


@dataclass(frozen=True, slots=True)
class ChatHistory:
    before: int


@dataclass(frozen=True, slots=True)
class HandLower:
    number: int | None = None


@dataclass(frozen=True, slots=True)
class React:
    emoji: str


@dataclass(frozen=True, slots=True)
class Other:
    """A request about somebody else."""

    number: int


@dataclass(frozen=True, slots=True)
class OthersRole:
    number: int
    role: str


@dataclass(frozen=True, slots=True)
class TrackStop:
    kind: str


def _ping(participant: Participant, payload: Ping) -> Answer:
    return {"type": "pong", "now_us": payload.now_us, "server_us": now_us()}


def _events(participant: Participant, payload: Events) -> Answer:
    """From this session on: earlier ones are not for everybody who may enter."""
    session = Event.objects.filter(session=participant.session_id)
    first = session.order_by("position").values_list("position", flat=True)[0]
    events, more = read_events(
        participant.session.room_id, after=max(payload.after, first - 1)
    )
    return {"events": events, "more": more}


def _attendees(participant: Participant, payload: Attendees) -> Answer:
    attendees, more = list_attendees(participant, after=payload.after)
    return {"attendees": attendees, "more": more}


def _chat_history(participant: Participant, payload: ChatHistory) -> Answer:
    messages, more = read_history(participant.session.room_id, before=payload.before)
    return {"messages": messages, "more": more}


def _mute(participant: Participant, payload: Other) -> None:
    with moderating(participant) as session:
        ask_to_mute(session, number=payload.number, by=participant.name)


def _mute_all(participant: Participant, payload: Nothing) -> None:
    with moderating(participant) as session:
        ask_all_to_mute(session, by=participant.name, but=participant.number)


def _remove(participant: Participant, payload: Other) -> None:
    with moderating(participant) as session:
        remove(session, number=payload.number)


def _change_role(participant: Participant, payload: OthersRole) -> None:
    with moderating(participant) as session:
        change_role(session, number=payload.number, role=payload.role)


def _set_locked(participant: Participant, *, locked: bool) -> None:
    with moderating(participant) as session:
        set_locked(session, locked=locked)


@dataclass(frozen=True, slots=True)
class Request:
    """How a request is carried out: ``run(participant, payload)`` gives the fields
    of the answer, if it has any. ``in_loop`` is for what waits for nothing."""

    payload: type[Any]
    run: Callable[[Participant, Any], Answer | None]
    in_loop: bool = False
    then_close: bool = False


REQUESTS = {
    "ping": Request(Ping, _ping, in_loop=True),
    "events": Request(Events, _events),
    "attendees": Request(Attendees, _attendees),
    "chat.send": Request(
        ChatSend, lambda who, asked: {"message": send_message(who, text=asked.text)}
    ),
    "chat.history": Request(ChatHistory, _chat_history),
    "hand.raise": Request(Nothing, lambda who, asked: raise_hand(who)),
    "hand.lower": Request(
        HandLower, lambda who, asked: lower_hand(who, number=asked.number)
    ),
    "react": Request(React, lambda who, asked: react(who, emoji=asked.emoji)),
    "track.start": Request(
        Announcement, lambda who, asked: {"track": start_track(who, asked)}
    ),
    "track.stop": Request(
        TrackStop, lambda who, asked: stop_track(who, kind=asked.kind)
    ),
    "leave": Request(Nothing, lambda who, asked: leave(who), then_close=True),
    "participant.mute": Request(Other, _mute),
    "participant.remove": Request(Other, _remove),
    "participant.role": Request(OthersRole, _change_role),
    "participants.mute": Request(Nothing, _mute_all),
    "session.lock": Request(Nothing, lambda who, asked: _set_locked(who, locked=True)),
    "session.unlock": Request(
        Nothing, lambda who, asked: _set_locked(who, locked=False)
    ),
    "session.end": Request(Nothing, lambda who, asked: end_session(who)),
}


def find_request(message: dict[str, Any]) -> Request:
    """The request that a message makes; raises Invalid if it makes none."""
    request_id = message.get("id")
    if isinstance(request_id, bool) or not isinstance(request_id, str | int | float):
        raise Invalid(_("A request has an id, a string or a number."), field="id")
    name = message.get("type")
    request = REQUESTS.get(name) if isinstance(name, str) else None
    if request is None:
        raise Invalid(_("There is no such request."), code="unknown_type")
    return request
