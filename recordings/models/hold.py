"""A legal hold: while there is one, nobody deletes the recording."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recordings.models.recording import Recording


class Hold(models.Model):
    # Protects its room as well: a row that is referred to so is not deleted.
    recording = models.OneToOneField(
        Recording, models.PROTECT, related_name="hold", verbose_name=_("recording")
    )
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    set_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering: ClassVar[list[str]] = ["-set_at"]

    def __str__(self) -> str:
        return f"{self.recording}: {self.reason}"
