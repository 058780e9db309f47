"""An export: a file made from a recording, again as often as wanted."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.models.recording import Recording


class ExportFormat(models.TextChoices):
    MP4 = "mp4", _("Video (MP4)")
    WEBM = "webm", _("Video (WebM)")
    AUDIO = "audio", _("Sound alone")
    TRACKS = "tracks", _("One file per person")
    HLS = "hls", _("Video for streaming (HLS)")
    CHAT = "chat", _("Chat")
    EVENTS = "events", _("Events (JSON)")


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
    # What differs from the defaults of recordings/options.py.
    options = models.JSONField(default=dict, blank=True)
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
    # How often a worker died over a part of it since it was last asked for.
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


class ExportPicture(models.Model):
    """A logo or a background, as an export was asked for with it."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="pictures")
    use = models.CharField(max_length=16)  # "logo", "background"
    data = models.BinaryField()  # PNG

    class Meta:
        verbose_name = _("picture of an export")
        verbose_name_plural = _("pictures of exports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["export", "use"], name="one_picture_a_use")
        ]

    def __str__(self) -> str:
        return self.use


class PartState(models.TextChoices):
    """waiting -> running -> done; running -> waiting when its worker died."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Done")


class PartKind(models.TextChoices):
    SOUND = "sound", _("Sound")
    PICTURES = "pictures", _("Pictures")
    FINAL = "final", _("Final file")


class ExportPart(models.Model):
    """A piece of the work on an export, for one worker. The final one is last."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=PartKind)
    # Of the pictures, counted from the export's first one.
    first = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=16, choices=PartState, default=PartState.WAITING
    )
    # Its share of the whole work, and how much of that is done, 0 to 1.
    weight = models.FloatField(default=1)
    progress = models.FloatField(default=0)
    # Whose it is while it is running: one random word each time, and who works.
    claim = models.CharField(max_length=32, blank=True)
    worker = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    deaths = models.PositiveSmallIntegerField(default=0)
    # Its objects, in order: name below the part's folder, and seconds.
    files = models.JSONField(default=list)

    class Meta:
        verbose_name = _("part of an export")
        verbose_name_plural = _("parts of exports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["export", "number"], name="part_once")
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"
