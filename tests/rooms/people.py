"""Ways into a room for tests, through the product's own rules."""

from conference.models import User
from rooms.access import Action, access_room
from rooms.models import Participant, Room
from rooms.rules.lifecycle import connect, join
from rooms.tickets import check, find_holder


def admit(room: Room, user: User | None = None, name: str = "") -> Participant:
    """Somebody who has joined by REST, and has no socket yet."""
    access = access_room(room.slug, user, Action.ENTER)
    name = name or (user.name if user else "Grace")
    return join(access, name=name, consent=True)


def seat(room: Room, user: User | None = None, name: str = "") -> Participant:
    """Somebody who is in the session, as if their control socket were open."""
    return connect(admit(room, user, name))


def holder_of(token: str, room: Room) -> Participant:
    """Whom a ticket lets in there; raises as a socket refuses."""
    return find_holder(check(token), room_slug=room.slug)
