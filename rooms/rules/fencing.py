"""Fencing: the newest media socket of a participant is the only one that writes."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from conference.errors import Denied
from rooms.access import check_present, participant_left
from rooms.models import Participant


def raise_fence(participant: Participant) -> int:
    """The fence of a new media socket, above those of all before it.

    Raises Gone or Conflict where the page has lost its place, and Denied before the
    control socket has opened: nobody watches a meeting unseen.
    """
    with transaction.atomic():
        row = Participant.objects.filter(pk=participant.pk)
        row.update(fence=F("fence") + 1)
        seat = row.select_related("session").first()
        if seat is None:
            raise participant_left()
        check_present(seat, epoch=participant.epoch)
        if seat.joined_at is None:
            raise Denied(_("Open the control socket first."), code="not_joined")
    return seat.fence
