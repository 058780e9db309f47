"""An export: a file made from a recording, again as often as wanted."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.models.recording import Recording


class ExportFormat(models.TextChoices):
    MP4 = "mp4", _("Video (MP4)")
    TRACKS = "tracks", _("One file per person")


class ExportState(models.TextChoices):
    """queued -> running -> ready | failed | cancelled; failed | cancelled -> queued."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Export(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="exports")
    format = models.CharField(max_length=16, choices=ExportFormat)
    layout = models.CharField(max_length=16, default="grid")
    state = models.CharField(
        max_length=16, choices=ExportState, default=ExportState.QUEUED
    )
    # Part of the recording that is done, 0 to 1.
    progress = models.FloatField(default=0)
    # Why it failed: a stable code, and a sentence for its owner.
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)
    # One task at a time: a task whose attempt is not the row's stops.
    attempt = models.PositiveIntegerField(default=1)
    # How often a worker died over it since it was last asked for.
    deaths = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=300, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Last sign of life: of the task, or of the message that waits for a worker.
    # An export without one is queued again.
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recording", "-created_at"]),
            models.Index(fields=["state", "-created_at"]),
            models.Index(fields=["-created_at"], name="export_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.recording} {self.format}"
