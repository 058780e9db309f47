"""The named people, their room, and one of each thing in it."""

from tests.pages.conftest import recording, session
from tests.rooms.api.conftest import client_of, fresh_throttles
from tests.rooms.conftest import alice, bob, charlie, room

__all__ = [
    "alice",
    "bob",
    "charlie",
    "client_of",
    "fresh_throttles",
    "recording",
    "room",
    "session",
]
