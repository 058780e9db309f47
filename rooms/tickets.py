"""Tickets and resume tokens: JWTs that open the sockets of one participant."""

import time
from datetime import timedelta
from functools import cache
from typing import Any

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


def make_ticket(participant: Participant) -> str:
    return _make(participant, TICKET_SECONDS)


def make_resume(participant: Participant) -> str:
    return _make(participant, RESUME_SECONDS)


def read(token: str, *, room_slug: str, came_at: float | None = None) -> Participant:
    """The participant that a ticket or resume token speaks for, with its session
    and room.

    ``came_at`` is when it came, by ``time.monotonic()``: while it waits for its turn in
    this process it does not expire. Otherwise a crowd would be sent back to the end of
    its own queue.

    Raises SignInNeeded (expired, not ours), Denied (of another room), NotFound (no
    such room), Gone (session over, participant left) or Conflict (a newer epoch).
    """
    waited_seconds = time.monotonic() - came_at if came_at is not None else 0
    claims = _claims(token, leeway=waited_seconds)
    rows = Participant.objects.select_related("session__room")
    participant = the_one(rows.filter(pk=claims["sub"]))
    if participant is None or participant.session.room.slug != room_slug:
        raise _misplaced(participant, room_slug)
    check_present(participant, epoch=claims["epoch"])
    return participant


def holder(token: str) -> str | None:
    """The id of the participant that a token was made for, whatever became of them."""
    try:
        return str(_claims(token)["sub"])
    except Refused:
        return None


def _make(participant: Participant, seconds: int) -> str:
    now = timezone.now()
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + timedelta(seconds=seconds),
        "sub": str(participant.pk),
        "epoch": participant.epoch,
    }
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def _claims(token: str, *, leeway: float = 0) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            leeway=leeway,
            options={"require": ["exp", "sub", "epoch"]},
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
