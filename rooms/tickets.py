"""Tickets and resume tokens: JWTs that open the sockets of one participant."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from conference.errors import Denied, NotFound, Refused, SignInNeeded
from rooms.access import check_present, participant_left
from rooms.models import Participant, Room
from rooms.rows import the_one

TICKET_SECONDS = 60
RESUME_SECONDS = 24 * 60 * 60
_ALGORITHM = "HS256"
_ISSUER = "conference"
_AUDIENCE = "conference.sockets"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket or resume token says, for as long as somebody who came in time has
    to wait for their turn."""

    participant_id: UUID
    room_id: UUID
    epoch: int


def make_ticket(participant: Participant) -> str:
    return _make(participant, TICKET_SECONDS)


def make_resume(participant: Participant) -> str:
    return _make(participant, RESUME_SECONDS)


def check(token: str) -> Ticket:
    """Ask no database. Raises SignInNeeded for a token that is expired or not ours."""
    claims = _claims(token)
    return Ticket(UUID(claims["sub"]), UUID(claims["room"]), claims["epoch"])


def find_holder(ticket: Ticket, *, room_slug: str) -> Participant:
    """The participant that a ticket speaks for, with its session and room.

    Raises Denied (of another room), NotFound (no such room), Gone (session over,
    participant left) or Conflict (a newer epoch).
    """
    rows = Participant.objects.select_related("session__room")
    participant = the_one(rows.filter(pk=ticket.participant_id))
    if participant is None or participant.session.room.slug != room_slug:
        raise _misplaced(participant, room_slug)
    check_present(participant, epoch=ticket.epoch)
    return participant


def _make(participant: Participant, seconds: int) -> str:
    now = timezone.now()
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + timedelta(seconds=seconds),
        "sub": str(participant.pk),
        "room": str(participant.session.room_id),
        "epoch": participant.epoch,
    }
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def _claims(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": ["exp", "sub", "room", "epoch"]},
        )
    except jwt.InvalidTokenError as error:
        raise SignInNeeded(
            _("The ticket is missing, expired or not ours: join again."),
            code="bad_ticket",
        ) from error
    return claims


def _misplaced(participant: Participant | None, room_slug: str) -> Refused:
    if not Room.objects.filter(slug=room_slug).exists():
        return NotFound(_("There is no such room."))
    if participant is None:
        return participant_left()
    return Denied(_("This ticket is for another room."), code="wrong_room")


@cache
def _key() -> bytes:
    """A key of its own, so that no other signature of this site is a ticket."""
    return salted_hmac("rooms.tickets", "", algorithm="sha256").digest()
