"""Fencing: the newest media socket of a participant is the only one that writes."""

from django.utils.translation import gettext as _

from conference import commits
from conference.errors import Denied
from rooms.access import check_present, participant_left
from rooms.models import Participant
from rooms.rows import the_one


def raise_fence(participant: Participant) -> int:
    """The fence of a new media socket, above those of all before it.

    Raises Gone or Conflict where the page has lost its place, and Denied before the
    control socket has opened: nobody watches a meeting unseen.
    """
    seat: Participant | None = participant  # read just now: it has rarely changed
    while seat is not None:
        check_present(seat, epoch=participant.epoch)
        if seat.joined_at is None:
            raise Denied(_("Open the control socket first."), code="not_joined")
        if _raise(seat):
            return seat.fence + 1
        rows = Participant.objects.select_related("session__room")
        seat = the_one(rows.filter(pk=participant.pk))
    raise participant_left()


def _raise(seat: Participant) -> bool:
    """False where the row is not as it was. Who has not left is in a session that has
    not ended."""
    same = Participant.objects.filter(
        pk=seat.pk, fence=seat.fence, epoch=seat.epoch, left_at=None
    )
    with commits.atomic(is_synced=not seat.attends):
        return bool(same.update(fence=seat.fence + 1))
