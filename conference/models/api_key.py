"""An API key: lets a program act for its user, within scopes."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a key may do; ``resource:read`` is GET, ``resource:write`` the rest."""

    ROOMS_READ = "rooms:read", _("See rooms and their members")
    ROOMS_WRITE = "rooms:write", _("Make, change and delete rooms and members")
    TOKENS_WRITE = "tokens:write", _("Make join tokens")
    SESSIONS_READ = "sessions:read", _("See sessions, who is there, and chat")
    SESSIONS_WRITE = "sessions:write", _("Join, moderate and end sessions")
    MEETINGS_READ = "meetings:read", _("See scheduled meetings")
    MEETINGS_WRITE = "meetings:write", _("Schedule, change and cancel meetings")
    RECORDINGS_READ = "recordings:read", _("See and download recordings")
    RECORDINGS_WRITE = "recordings:write", _("Record, export, rename and delete")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> "ApiKeyQuerySet":
        """Neither revoked nor expired, of a user who may sign in."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=Now())
        return self.filter(unexpired, revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """usable -> revoked (``revoked_at``) or expired (``expires_at`` has passed)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(_("name"), max_length=100)
    # Its first characters, by which people tell their keys apart.
    prefix = models.CharField(max_length=16)
    # SHA-256 of the secret. The secret has 256 random bits, so there is nothing to
    # guess and a slow hash would only slow down every request.
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    # Within a minute: it is not written for every request.
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
