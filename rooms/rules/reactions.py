"""Reactions: an emoji that is shown for a moment, and kept as an event only."""

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid, TooMany
from rooms.models import Participant
from rooms.rules.seat import take_seat, tell

# As in docs/protocol.md: few, so that every client can draw them.
REACTIONS = ("👍", "👏", "❤️", "🎉", "😂", "😮", "😢", "👎")
MOST, IN_SECONDS = 10, 10  # of one participant


def react(participant: Participant, *, emoji: str) -> None:
    """Raises Invalid for another emoji, TooMany, and Denied to attendees of a webinar:
    among thousands nobody sees one."""
    if emoji not in REACTIONS:
        raise Invalid(
            _("Choose one of: %(allowed)s.") % {"allowed": " ".join(REACTIONS)},
            field="emoji",
        )
    _check_not_too_many(participant)
    with transaction.atomic():
        seat = take_seat(participant)
        if seat.attends:
            raise Denied(_("Only hosts and panellists react in this webinar."))
        data = {"number": seat.number, "emoji": emoji}
        tell(seat, "reaction.sent", data, timezone.now())


def _check_not_too_many(participant: Participant) -> None:
    key = f"reactions.{participant.pk}"
    cache.add(key, 0, IN_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # expired just now
        return
    if count > MOST:
        raise TooMany(_("Too many reactions. Wait a moment."))
