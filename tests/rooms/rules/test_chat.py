"""Chat: what is sent, and the history of a room."""

import pytest

from conference.errors import Gone, Invalid
from rooms.models import ChatMessage, Room
from rooms.rules.chat import read_history, send_message
from rooms.rules.lifecycle import leave
from tests.rooms.people import seat


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "é 👩‍💻\nsecond", "a" * 4000]
)
def test_text_stays_as_it_was_written(room: Room, text: str) -> None:
    message = send_message(seat(room, name="<i>Grace</i>"), text=f"  {text}\n")
    stored = ChatMessage.objects.get()
    assert message == stored.as_message()
    assert (message["text"], message["name"]) == (text, "<i>Grace</i>")


@pytest.mark.parametrize("text", ["", " \n ", "a" * 4001, "a\x00b", "\ud800", 5, None])
def test_what_is_no_message_is_not_sent(room: Room, text: str) -> None:
    with pytest.raises(Invalid):
        send_message(seat(room), text=text)
    assert not ChatMessage.objects.exists()


def test_a_message_has_its_events_position(room: Room) -> None:
    position = send_message(seat(room), text="Hello")["position"]
    room.refresh_from_db()
    assert position == room.position
    event = room.events.get(position=position)
    assert event.data["message"]["position"] == position


def test_history_outlives_sessions_and_is_read_backwards(room: Room) -> None:
    for session in ("Monday", "Tuesday"):
        participant = seat(room)
        for number in range(3):
            send_message(participant, text=f"{session} {number}")
        leave(participant)
    latest, more = read_history(room.pk, limit=4)
    assert [one["text"] for one in latest] == [
        "Monday 2",
        "Tuesday 0",
        "Tuesday 1",
        "Tuesday 2",
    ]
    assert more
    earlier, more = read_history(room.pk, before=latest[0]["position"], limit=4)
    assert [one["text"] for one in earlier] == ["Monday 0", "Monday 1"]
    assert not more


def test_who_has_left_sends_nothing(room: Room) -> None:
    seat(room)
    participant = seat(room)
    leave(participant)
    with pytest.raises(Gone):
        send_message(participant, text="Hello?")
    assert not ChatMessage.objects.exists()
