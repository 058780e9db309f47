"""Lists are narrowed by query parameters; a value that cannot be is 400."""

from datetime import UTC, datetime, timedelta

import pytest

from conference.models import User
from recordings.models import Recording
from rooms.models import Room
from rooms.rules.chat import send_message
from rooms.rules.rooms import create_room
from tests.pages.conftest import recording, session
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import seat

__all__ = ["recording", "session"]
API = "/api/v1/"


@pytest.mark.parametrize(
    "address",
    [
        "rooms/?entry=everybody",
        "rooms/?name=%00",
        "sessions/?open=maybe",
        "sessions/?started_after=yesterday",
        "recordings/?state=lost",
        "recordings/?session=1",
        "recordings/?started_before=soon",
        "rooms/{slug}/chat/?session=x",
        "rooms/{slug}/chat/?sent_after=x",
        "rooms/{slug}/participants/?role=king",
        "recordings/{recording}/exports/?state=x",
    ],
)
def test_a_value_that_cannot_be_is_400(
    client_of: ClientOf, room: Room, alice: User, recording: Recording, address: str
) -> None:
    address = API + address.format(slug=room.slug, recording=recording.pk)
    answer = client_of(alice).get(address)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"


def test_recordings_by_title_and_time(
    client_of: ClientOf, alice: User, recording: Recording
) -> None:
    start = recording.started_at

    def count(**query: str) -> int:
        results = client_of(alice).get(f"{API}recordings/", query).json()["results"]
        return len(results)

    assert count(title="WEEKLY") == 1
    assert count(title="monthly") == 0
    assert count(started_after=start.isoformat()) == 1
    assert count(started_before=start.isoformat()) == 0
    assert count(started_before=(start + timedelta(seconds=1)).isoformat()) == 1


def test_chat_by_text_and_time(client_of: ClientOf, room: Room, alice: User) -> None:
    participant = seat(room, alice)
    for text in ("The link is here", "Thanks"):
        send_message(participant, text=text)
    address = f"{API}rooms/{room.slug}/chat/"

    def texts(**query: str) -> list[str]:
        results = client_of(alice).get(address, query).json()["results"]
        return [one["text"] for one in results]

    assert texts(text="LINK") == ["The link is here"]
    assert texts(session=str(participant.session_id)) == ["Thanks", "The link is here"]
    assert texts(sent_after=datetime(2999, 1, 1, tzinfo=UTC).isoformat()) == []


def test_rooms_by_name_and_entry(client_of: ClientOf, room: Room, alice: User) -> None:
    create_room(alice, name="Board", entry="members")
    client = client_of(alice)

    def names(query: str) -> list[str]:
        results = client.get(f"{API}rooms/{query}").json()["results"]
        return [one["name"] for one in results]

    assert names("?name=weekly") == ["Weekly sync"]
    assert names("?entry=members") == ["Board"]
