"""A live output: one picture of a session, encoded once, for servers and audiences."""

import secrets
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.clock import to_us
from rooms.models import Room, Session


class OutputState(models.TextChoices):
    """waiting -> running -> ended | failed; running -> waiting: its worker is gone."""

    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("On air")
    ENDED = "ended", _("Ended")
    FAILED = "failed", _("Failed")


class TargetState(models.TextChoices):
    """waiting -> connecting -> live; live | connecting -> retrying -> connecting."""

    WAITING = "waiting", _("Waiting")
    CONNECTING = "connecting", _("Connecting")
    LIVE = "live", _("Live")
    RETRYING = "retrying", _("Trying again")
    REFUSED = "refused", _("Refused")


LIVING = (OutputState.WAITING, OutputState.RUNNING)


def make_token() -> str:
    """192 bits, in letters that an address may have."""
    return secrets.token_urlsafe(24)


PICTURES = ("logo", "background_picture")


class LiveOutputs(models.QuerySet["LiveOutput"]):
    def without_pictures(self) -> Self:
        """They are megabytes; ``has_logo``, ``has_background_picture`` say whether one
        is there."""
        there = {f"has_{name}": ~Q(**{name: b""}) for name in PICTURES}
        return self.defer(*PICTURES).annotate(**there)


class LiveOutput(models.Model):
    """Its row is the lease of the worker that makes it: ``claim`` names it, ``seen_at``
    is its last sign of life."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="outputs")
    session = models.ForeignKey(Session, models.CASCADE, related_name="outputs")
    state = models.CharField(
        max_length=16, choices=OutputState, default=OutputState.WAITING
    )
    # What differs from the defaults of recordings/options.py.
    options = models.JSONField(default=dict, blank=True)
    logo = models.BinaryField(default=b"", blank=True)
    background_picture = models.BinaryField(default=b"", blank=True)
    # Raised by each change of what is above: a worker looks at it every second.
    version = models.PositiveIntegerField(default=1)
    # Whether it is there to be watched over HTTP, and by whoever has its link.
    hls = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    token = models.CharField(max_length=64, unique=True, default=make_token)
    # What of it can be played now: recordings/live/playlist.py, ``Window``.
    window = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)
    claim = models.CharField(max_length=32, blank=True)
    worker = models.CharField(max_length=300, blank=True)
    # Workers that had it, the present one included.
    runs = models.PositiveIntegerField(default=0)
    # Pictures that came too late to be made, since it began.
    dropped = models.PositiveBigIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()

    objects = LiveOutputs.as_manager()

    class Meta:
        verbose_name = _("live output")
        verbose_name_plural = _("live outputs")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "-created_at"]),
            models.Index(fields=["-created_at"], name="output_newest"),
            # Looked at every other second, among all that ever were.
            models.Index(
                fields=["seen_at"],
                condition=Q(state__in=("waiting", "running")),
                name="output_living",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.created_at:%Y-%m-%d %H:%M}"

    def as_message(self) -> dict[str, Any]:
        """OUTPUT of docs/protocol.md."""
        return {
            "id": str(self.id),
            "started_us": to_us(self.created_at),
            "by": self.started_by.get_full_name() if self.started_by else "",
            "is_public": self.is_public,
        }

    @property
    def is_living(self) -> bool:
        return self.state in LIVING


class OutputTarget(models.Model):
    """A server that gets an output by RTMP. Its stream key is kept encrypted, and is
    never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    output = models.ForeignKey(LiveOutput, models.CASCADE, related_name="targets")
    # rtmp or rtmps, server and application; without the stream key.
    url = models.CharField(max_length=500)
    secret = models.BinaryField()
    # The key's last letters, so that people can tell keys apart.
    key_hint = models.CharField(max_length=16, blank=True)
    state = models.CharField(
        max_length=16, choices=TargetState, default=TargetState.WAITING
    )
    error = models.CharField(max_length=300, blank=True)
    # Connections that were lost or did not come about.
    retries = models.PositiveIntegerField(default=0)
    live_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("live target")
        verbose_name_plural = _("live targets")
        ordering: ClassVar[list[str]] = ["created_at"]

    def __str__(self) -> str:
        return self.url
