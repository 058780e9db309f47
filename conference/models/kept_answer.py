"""A kept answer: what a POST with an ``Idempotency-Key`` was answered."""

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """under way (``status`` is null) -> answered. Removed after a day."""

    # The user or the API key that asked.
    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    # SHA-256 of what was asked: address and body.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["caller", "key"], name="answer_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.key} of {self.caller}"
