"""A meeting: a room, booked for a time, which may repeat; and who is invited."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.models.room import Room
from rooms.recurrence import RULE_LIMIT, Schedule


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def within(self, after: datetime, before: datetime) -> "MeetingQuerySet":
        """Those that may take place in this range and are not cancelled."""
        return self.filter(
            Q(last_ends_at=None) | Q(last_ends_at__gt=after),
            first_starts_at__lt=before,
            cancelled_at=None,
        )


class Meeting(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="meetings")
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="meetings"
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    # Wall time in the zone: what stays when the clocks change.
    start_date = models.DateField(_("date"))
    start_time = models.TimeField(_("time"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    rule = models.CharField(_("repeats"), max_length=RULE_LIMIT, blank=True)
    # What follows from the above, for queries. A series without end has no last.
    first_starts_at = models.DateTimeField(editable=False)
    last_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    # SEQUENCE of RFC 5545: raised with each change that invitations tell of.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "last_ends_at"]),
            models.Index(fields=["-created_at"], name="meeting_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def start(self) -> datetime:
        """Naive, as on a clock in the zone."""
        return datetime.combine(self.start_date, self.start_time)

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def schedule(self) -> Schedule:
        """Asks the database for the cancelled days, unless they are prefetched."""
        days = frozenset(one.date for one in self.cancelled_occurrences.all())
        return Schedule(self.start, self.time_zone, self.duration, self.rule, days)

    def is_over(self, now: datetime) -> bool:
        return self.last_ends_at is not None and self.last_ends_at <= now


class CancelledOccurrence(models.Model):
    """A day on which a repeated meeting does not take place."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="cancelled_occurrences"
    )
    date = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["meeting", "date"], name="occurrence_cancelled_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.date}"


class Notice(models.TextChoices):
    """What an invitee is told next, or was told last."""

    REQUEST = "request", _("Invitation")
    CANCEL = "cancel", _("Cancellation")
    CANCEL_OCCURRENCE = "cancel_occurrence", _("Cancellation of one day")


class MailState(models.TextChoices):
    """queued -> sent, or failed; a change or "send again" queues anew."""

    QUEUED = "queued", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")


class Invitee(models.Model):
    """Somebody invited by e-mail, and how far the news has reached them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitees")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # No longer invited; the row goes once that has been said.
    removed_at = models.DateTimeField(null=True, blank=True)
    notice = models.CharField(max_length=20, choices=Notice, default=Notice.REQUEST)
    occurrence = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=MailState, default=MailState.QUEUED)
    reason = models.TextField(blank=True)
    sent_sequence = models.PositiveIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Names what is queued: who sends an older notice does not mark a newer one sent.
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("invitee")
        verbose_name_plural = _("invitees")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "email"], name="invited_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=Q(state="queued"),
                name="invitee_mail_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email
