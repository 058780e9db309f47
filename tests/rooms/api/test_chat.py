"""/rooms/{slug}/chat/."""

from conference.models import User
from rooms.models import Room
from rooms.rules.chat import send_message
from tests.rooms.api.conftest import ClientOf
from tests.rooms.people import seat


def test_members_read_the_chat_newest_first(
    client_of: ClientOf, room: Room, bob: User, charlie: User
) -> None:
    participant = seat(room, name="Grace")
    for text in ("<b>first</b>", "second"):
        send_message(participant, text=text)
    address = f"/api/v1/rooms/{room.slug}/chat/"
    found = client_of(bob).get(address).json()["results"]
    assert [one["text"] for one in found] == ["second", "<b>first</b>"]
    assert found[0]["name"] == "Grace"
    assert found[0]["participant"] == str(participant.pk)
    assert found[0]["sent_at"].endswith("+00:00")
    assert client_of(charlie).get(address).status_code == 404
