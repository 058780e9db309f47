"""The state of a room, and what an event does to it: pure, as docs/protocol.md says.

``apply_event(snapshot before, event)`` equals the snapshot after it, for every event.
"""

from collections.abc import Callable
from typing import Any

CHAT_LIMIT = 100  # latest messages in a state

State = dict[str, Any]
Message = dict[str, Any]

# Of a webinar: how many only watch, and whose hand is up, first come first.
NO_ATTENDEES: State = {"count": 0, "hands": []}


def empty_state(room: Message, session: Message | None) -> State:
    """The state at the start of a session: ``room`` and ``session`` as messages."""
    return {
        "room": room,
        "session": session,
        "participants": [],
        "attendees": NO_ATTENDEES,
        "recording": None,
        "outputs": [],
        "chat": [],
    }


def apply_event(state: State, event: Message) -> State:
    """The state after an ``event`` message; the one before stays as it was.

    An event of a type that changes no state, or about somebody who is not there,
    gives the same state.
    """
    apply = _APPLY.get(event["event"])
    return state if apply is None else {**state, **apply(state, event["data"])}


def _session_started(state: State, data: Message) -> State:
    return empty_state(state["room"], data["session"]) | {"chat": state["chat"]}


def _session_ended(state: State, data: Message) -> State:
    return {
        "session": data["session"],
        "participants": [],
        "attendees": NO_ATTENDEES,
        "recording": None,
        "outputs": [],
    }


def _session_updated(state: State, data: Message) -> State:
    return {"session": data["session"]}


def _participant_joined(state: State, data: Message) -> State:
    joined = data["participant"]
    others = _without(state, joined["number"])
    return {
        "participants": sorted([*others, joined], key=lambda one: one["number"]),
        "attendees": _without_hand(state, joined["number"]),
    }


def _participant_updated(state: State, data: Message) -> State:
    changes = {key: value for key, value in data.items() if key != "number"}
    return _change(state, data["number"], lambda one: {**one, **changes})


def _participant_left(state: State, data: Message) -> State:
    return {
        "participants": _without(state, data["number"]),
        "attendees": _without_hand(state, data["number"]),
    }


def _attendees_counted(state: State, data: Message) -> State:
    return {"attendees": {**state["attendees"], "count": data["count"]}}


def _attendee_updated(state: State, data: Message) -> State:
    """A hand that goes up or down; one who leaves or joins has none."""
    attendee = data["attendee"]
    attendees = _without_hand(state, attendee["number"])
    if attendee["hand_raised_us"] is None:
        return {"attendees": attendees}
    hands = sorted([*attendees["hands"], attendee], key=_by_hand)
    return {"attendees": {**attendees, "hands": hands}}


def _by_hand(attendee: Message) -> tuple[int, int]:
    return attendee["hand_raised_us"], attendee["number"]


def _track_started(state: State, data: Message) -> State:
    track = data["track"]
    return _change(
        state,
        data["number"],
        lambda one: {**one, "tracks": {**one["tracks"], track["kind"]: track}},
    )


def _track_stopped(state: State, data: Message) -> State:
    def stop(one: Message) -> Message:
        tracks = {k: v for k, v in one["tracks"].items() if k != data["kind"]}
        return {**one, "tracks": tracks}

    return _change(state, data["number"], stop)


def _chat_message(state: State, data: Message) -> State:
    return {"chat": [*state["chat"], data["message"]][-CHAT_LIMIT:]}


def _recording_started(state: State, data: Message) -> State:
    return {"recording": data["recording"]}


def _recording_stopped(state: State, data: Message) -> State:
    running = state["recording"]
    if running is None or running["id"] != data["recording"]["id"]:
        return {}  # one of an earlier session, closed late
    return {"recording": None}


def _output_started(state: State, data: Message) -> State:
    return {"outputs": [*state["outputs"], data["output"]]}


def _output_ended(state: State, data: Message) -> State:
    ended = data["output"]["id"]
    return {"outputs": [one for one in state["outputs"] if one["id"] != ended]}


def _room_updated(state: State, data: Message) -> State:
    return {"room": data["room"]}


_APPLY: dict[str, Callable[[State, Message], State]] = {
    "session.started": _session_started,
    "session.ended": _session_ended,
    "session.updated": _session_updated,
    "participant.joined": _participant_joined,
    "participant.updated": _participant_updated,
    "participant.left": _participant_left,
    "attendees.counted": _attendees_counted,
    "attendee.updated": _attendee_updated,
    "track.started": _track_started,
    "track.stopped": _track_stopped,
    "chat.message": _chat_message,
    "recording.started": _recording_started,
    "recording.stopped": _recording_stopped,
    "output.started": _output_started,
    "output.ended": _output_ended,
    "room.updated": _room_updated,
}


def _without(state: State, number: int) -> list[Message]:
    return [one for one in state["participants"] if one["number"] != number]


def _without_hand(state: State, number: int) -> State:
    attendees: State = state["attendees"]
    hands = [one for one in attendees["hands"] if one["number"] != number]
    return {**attendees, "hands": hands}


def _change(state: State, number: int, change: Callable[[Message], Message]) -> State:
    return {
        "participants": [
            change(one) if one["number"] == number else one
            for one in state["participants"]
        ]
    }
