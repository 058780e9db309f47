"""Finding recordings by what was written in their chats."""

import pytest

from recordings.chat_words import LIMIT, chat_words_of, written
from recordings.models import Recording
from rooms.models import ChatMessage
from tests.recordings.meeting import Meeting, us


def say(meeting: Meeting, text: str, at: float) -> None:
    ChatMessage.objects.create(
        room=meeting.room,
        session=meeting.session,
        sender_name="Bob",
        text=text,
        sent_us=us(at),
        position=meeting.room.chat.count() + 1,
    )


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(10, 20)
    say(meeting, "Before it: secret", 5)
    say(meeting, "The BUDGET of next year, and the plan?", 12)
    say(meeting, "100% Größe 予算は来年です the plan", 15)
    say(meeting, "After it: forgotten", 25)
    meeting.keep()
    recording.refresh_from_db()
    return recording


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("budget", True),
        ("Budg", True),
        ("plan year", True),
        ("plan nowhere", False),
        ("GRÖSSE", True),
        ("予算", True),
        ("secret", False),
        ("forgotten", False),
        ("%", False),
        ("b_dget", False),
        ("", False),
    ],
)
def test_found_by_every_word(recording: Recording, search: str, is_found: bool) -> None:
    assert Recording.objects.filter(written(search)).exists() is is_found


def test_words_are_kept_once(recording: Recording) -> None:
    words = recording.chat_words.split()
    assert len(words) == len(set(words))


def test_a_chat_of_any_length_stays_bounded(meeting: Meeting) -> None:
    recording = meeting.record(0, 20)
    for index in range(20):
        text = " ".join(f"word{index}x{number}" for number in range(300))
        say(meeting, text, 1 + index / 10)
    words = chat_words_of(recording)
    assert words.startswith("word0x0 word0x1 ")
    assert LIMIT - 50 < len(words) <= LIMIT
