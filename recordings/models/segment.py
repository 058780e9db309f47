"""A segment: a run of one stream's records as one object in the archive."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.models.recording import Recording
from rooms.models import Participant


class Segment(models.Model):
    """Index row of an archive object. Written after the object, before the trim."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="segments"
    )
    # Segments are cut where recordings begin and end, so each belongs to one.
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="segments")
    first_position = models.PositiveBigIntegerField()
    last_position = models.PositiveBigIntegerField()
    # Media times of the records, microseconds, both ends included.
    start_us = models.BigIntegerField()
    end_us = models.BigIntegerField()
    bytes = models.PositiveBigIntegerField()
    records = models.PositiveIntegerField()
    key = models.CharField(max_length=300, unique=True)
    # Per kind and codec what recordings/segment_index.py says of the records.
    tracks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["participant", "first_position"], name="segment_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["participant", "start_us"]),
        ]

    def __str__(self) -> str:
        """What tells it from others of its session: the whole key is too long."""
        return self.key.rpartition("/")[2]
