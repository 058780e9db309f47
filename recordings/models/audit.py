"""The audit trail: what was done to recordings, kept when they are gone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    DELETED = "deleted", _("Deleted")
    EXPIRED = "expired", _("Deleted, kept for long enough")
    RETENTION = "retention", _("Retention changed")
    HELD = "held", _("Put under legal hold")
    RELEASED = "released", _("Released from legal hold")
    SHARED = "shared", _("Share link made")
    UNSHARED = "unshared", _("Share link revoked")
    LIVE = "live", _("Live output started")
    LIVE_ENDED = "live_ended", _("Live output stopped")
    TARGET_ADDED = "target_added", _("Live target added")
    TARGET_REMOVED = "target_removed", _("Live target removed")
    SWEPT = "swept", _("Objects without an owner removed")


class AuditEntry(models.Model):
    """Refers to nothing that may be deleted: names are copied."""

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    action = models.CharField(_("what"), max_length=16, choices=AuditAction)
    # Null: the product itself, by its rules.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    by_name = models.CharField(_("name"), max_length=254, blank=True)
    recording = models.UUIDField(_("recording"), null=True, db_index=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    room = models.CharField(_("room"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.title}"
