"""Join tokens: JWTs by which an embedding application lets people into a room.

A token stands for itself: nothing is kept of it, so it cannot be taken back, and it
lasts 30 days at most.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid, SignInNeeded
from conference.models import User
from rooms.access import KINDS, SESSION_ROLES, Access, Action, access_room
from rooms.models import Role, Room
from rooms.rules.text import clean_name

DEFAULT_LIFE = timedelta(hours=1)
LONGEST_LIFE = timedelta(days=30)
_ALGORITHM = "HS256"
_ISSUER = "conference"
_AUDIENCE = "conference.join"


@dataclass(frozen=True, slots=True)
class Admission:
    """What a join token says about its holder.

    Without a name the holder chooses one. ``publish`` are kinds of track. With
    ``eject`` the holder is taken out of the session when the token expires.
    """

    expires_at: datetime
    not_before: datetime | None = None
    name: str = ""
    role: Role = Role.GUEST
    publish: Collection[str] = KINDS
    eject: bool = False

    def __post_init__(self) -> None:
        if self.name:
            clean_name(self.name)
        if self.role not in SESSION_ROLES:
            raise Invalid(_("A token cannot give this role."), field="role")
        if not set(self.publish).issubset(KINDS):
            raise Invalid(_("There is no such kind of track."), field="publish")
        if self.not_before and self.not_before >= self.expires_at:
            raise Invalid(_("It would expire before it is valid."), field="expires_at")

    @property
    def eject_at(self) -> datetime | None:
        return self.expires_at if self.eject else None


def make_token(access: Access, admission: Admission) -> str:
    """Raises Denied or Invalid."""
    access.check(Action.MANAGE)
    life = admission.expires_at - timezone.now()
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise Invalid(
            _("A token expires within %(days)d days.") % {"days": LONGEST_LIFE.days},
            field="expires_at",
        )
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "exp": admission.expires_at,
        "room": str(access.room.pk),
        "name": admission.name,
        "role": admission.role,
        "publish": [kind for kind in KINDS if kind in admission.publish],
        "eject": admission.eject,
    }
    if admission.not_before:
        claims["nbf"] = admission.not_before
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def enter(
    slug: str, user: User | AnonymousUser | None, token: str
) -> tuple[Access, Admission | None]:
    """The room for somebody who wants in: as the token says, if there is one.

    Raises what ``access_room`` does, and SignInNeeded for a token that is expired,
    too early or not ours, Denied for one of another room.
    """
    if not token:
        return access_room(slug, user, Action.ENTER), None
    claims = _claims(token)
    room = Room.objects.filter(slug=slug, pk=claims["room"]).first()
    if room is None:
        raise Denied(_("This link is for another room."), code="wrong_room")
    if room.archived_at:
        raise Denied(_("This room is archived."), code="room_archived")
    admission = Admission(
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        name=claims["name"],
        role=Role(claims["role"]),
        publish=claims["publish"],
        eject=claims["eject"],
    )
    person = user if isinstance(user, User) else None
    return Access(room, admission.role, person), admission


def _claims(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": ["exp", "room"]},
        )
    except jwt.ImmatureSignatureError as error:
        raise SignInNeeded(
            _("This link is not valid yet: come back later."), code="token_too_early"
        ) from error
    except jwt.InvalidTokenError as error:
        raise SignInNeeded(
            _("This link has expired or is not ours: ask for a new one."),
            code="bad_token",
        ) from error
    return claims


@cache
def _key() -> bytes:
    """A key of its own, so that no other signature of this site lets anybody in."""
    return salted_hmac("rooms.join_tokens", "", algorithm="sha256").digest()
