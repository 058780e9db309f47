"""A share link: who has its address may see one recording for some time."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.models.recording import Recording


def make_token() -> str:
    """192 bits, in letters that an address may have."""
    return secrets.token_urlsafe(24)


class ShareLink(models.Model):
    """open -> expired, by its date; open -> revoked, by somebody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="share_links")
    # As it is in the address: who made it may copy it again.
    token = models.CharField(max_length=64, unique=True, default=make_token)
    # Hashed as accounts' are; empty where none is asked for.
    password = models.CharField(max_length=128, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # Visits of the page, once per browser; and the last of them.
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return str(self.recording)

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
