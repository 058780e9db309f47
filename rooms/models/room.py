"""A room: a permanent place with a name, rules and an address; and its members."""

import secrets
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# 10 of 24 letters are 46 bits. Letters that look alike in print (i, l) are left out.
SLUG_LETTERS = "abcdefghjkmnopqrstuvwxyz"


def make_slug() -> str:
    """An address nobody guesses and one can read aloud, such as ``abc-defg-hjk``."""
    letters = [secrets.choice(SLUG_LETTERS) for _ in range(10)]
    return "-".join(("".join(letters[:3]), "".join(letters[3:7]), "".join(letters[7:])))


class Entry(models.TextChoices):
    """Who may enter."""

    ANYONE = "anyone", _("Anyone with the link")
    SIGNED_IN = "signed_in", _("People who are signed in")
    MEMBERS = "members", _("Members only")


class RoomKind(models.TextChoices):
    """Who takes part, and who only watches."""

    MEETING = "meeting", _("Meeting")
    WEBINAR = "webinar", _("Webinar")


class Recorders(models.TextChoices):
    """Who may record, and export what was recorded."""

    HOSTS = "hosts", _("The owner and hosts")
    MEMBERS = "members", _("Members too")
    # What was recorded before stays, and those who may otherwise record export it.
    NOBODY = "nobody", _("Nobody: it is never recorded")


class Role(models.TextChoices):
    """What somebody is in a room, most rights first."""

    OWNER = "owner", _("Owner")
    HOST = "host", _("Host")
    MEMBER = "member", _("Member")
    GUEST = "guest", _("Guest")


# Those that an owner gives; everybody else who enters is a guest.
MEMBER_ROLES = [(role.value, role.label) for role in (Role.HOST, Role.MEMBER)]


class Room(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), unique=True, default=make_slug)
    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="rooms"
    )
    # Stays as it is while a session is open.
    kind = models.CharField(
        _("kind"), max_length=16, choices=RoomKind, default=RoomKind.MEETING
    )
    # Of a webinar: whether those who only watch may write, too.
    attendees_chat = models.BooleanField(_("attendees may chat"), default=True)
    entry = models.CharField(
        _("who may enter"), max_length=16, choices=Entry, default=Entry.ANYONE
    )
    recorders = models.CharField(
        _("who may record"), max_length=16, choices=Recorders, default=Recorders.HOSTS
    )
    # Days after which recordings are deleted; 0 keeps them.
    retention_days = models.PositiveSmallIntegerField(
        _("recordings are kept (days)"), default=0
    )
    # Sessions that nobody records are recorded by themselves and kept for so many
    # days, which whoever joins is told; 0 keeps nothing of them.
    keep_unrecorded_days = models.PositiveSmallIntegerField(
        _("sessions that nobody records are kept (days)"), default=0
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # An archived room is in no list, and nobody enters it or meets in it.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    # Number of the last event; raised in the transaction that writes the event.
    position = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["-created_at"], name="room_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_attendees(self) -> bool:
        """Whether guests only watch."""
        return self.kind == RoomKind.WEBINAR

    @property
    def is_never_recorded(self) -> bool:
        """Whoever joins is told so: it stays while a session is open."""
        return self.recorders == Recorders.NOBODY

    def as_message(self) -> dict[str, Any]:
        """``room`` of docs/protocol.md."""
        return {
            "slug": self.slug,
            "name": self.name,
            "entry": self.entry,
            "kind": self.kind,
            "attendees_chat": self.attendees_chat,
        }


class Member(models.Model):
    """Somebody with a standing role in a room. The owner has no row here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=MEMBER_ROLES, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "user"], name="member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"
