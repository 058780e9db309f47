"""A recording: a kept time range of a session."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.clock import from_us
from rooms.models import Room, Session


class RecordingState(models.TextChoices):
    """running -> sealing -> ready; derived, see ``Recording``."""

    RUNNING = "running", _("Recording")
    SEALING = "sealing", _("Being saved")
    READY = "ready", _("Ready")


class RecordingQuerySet(models.QuerySet["Recording"]):
    def in_state(self, state: str) -> Self:
        return self.filter(
            {
                RecordingState.RUNNING: Q(ended_us=None),
                RecordingState.SEALING: Q(ended_us__isnull=False, sealed_at=None),
                RecordingState.READY: Q(sealed_at__isnull=False),
            }[RecordingState(state)]
        )


class Recording(models.Model):
    """A kept time range: records whose media time is in it are in the archive.

    running: ``ended_us`` is null -> sealing: ended, the hot log still holds some of it
    -> ready: ``sealed_at`` is set, every record is in the archive.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="recordings")
    # The session's, here as well: lists of many rooms go straight to their recordings.
    room = models.ForeignKey(
        Room, models.CASCADE, related_name="recordings", db_index=False
    )
    title = models.CharField(_("title"), max_length=200)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Microseconds since the Unix epoch, server clock.
    started_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    # Days until it is deleted; 0 keeps it until somebody does, null leaves it to the
    # room.
    keep_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of its segments; raised in the transaction that writes a segment's row.
    bytes = models.PositiveBigIntegerField(_("size"), default=0, editable=False)
    # Key of a JPEG in the archive; empty until a worker has made one.
    poster = models.CharField(max_length=300, blank=True, editable=False)
    # The same of its storyboard.
    storyboard = models.CharField(
        max_length=300, blank=True, editable=False, default=""
    )
    # What was written in the chat meanwhile, for searches: recordings/chat_words.py.
    chat_words = models.TextField(blank=True, editable=False, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(ended_us=None),
                name="one_running_recording_per_session",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["session", "-created_at"]),
            models.Index(fields=["room", "-created_at"]),
            models.Index(fields=["-created_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> RecordingState:
        if self.ended_us is None:
            return RecordingState.RUNNING
        return RecordingState.READY if self.sealed_at else RecordingState.SEALING

    @property
    def started_at(self) -> datetime:
        return from_us(self.started_us)

    @property
    def ended_at(self) -> datetime | None:
        return None if self.ended_us is None else from_us(self.ended_us)

    @property
    def expires_at(self) -> datetime | None:
        """When it is deleted; None while it runs, and where nothing deletes it."""
        days = self.room.retention_days if self.keep_days is None else self.keep_days
        if not days or self.ended_at is None:
            return None
        return self.ended_at + timedelta(days=days)

    @property
    def is_held(self) -> bool:
        """Under a legal hold."""
        return hasattr(self, "hold")

    @property
    def seconds(self) -> float | None:
        """How long it is; None while it runs."""
        if self.ended_us is None:
            return None
        return (self.ended_us - self.started_us) / 1_000_000
