"""What hosts do with a session and the people in it.

Whoever calls has made sure that a host asks: REST by the room's gate, sockets by
``moderating``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Denied, Invalid, NotFound
from rooms.access import SESSION_ROLES, Action, session_over
from rooms.clock import to_us
from rooms.models import Participant, Role, Room, Session
from rooms.rules.attendees import told_of
from rooms.rules.events import emit
from rooms.rules.lifecycle import check_has_place, depart, depart_all
from rooms.rules.seat import check_may, lock_session, take_seat, tell
from rooms.rules.tracks import stop_all


@contextmanager
def moderating(participant: Participant) -> Iterator[Session]:
    """The participant's session, in a transaction. Raises Denied, Gone, Conflict."""
    with transaction.atomic():
        seat = take_seat(participant)
        check_may(seat, Action.MODERATE)
        yield seat.session


def open_session(room: Room) -> Session:
    """Raises Conflict where nobody is in the room."""
    session = Session.objects.filter(room=room, ended_at=None).first()
    if session is None:
        raise Conflict(_("Nobody is in this room."), code="no_session")
    session.room = room
    return session


def ask_to_mute(session: Session, *, number: int, by: str) -> None:
    """Ask a page to turn its microphone off; one that is off hears nothing."""
    with transaction.atomic():
        _ask_to_mute(_take_other(session, number), by, timezone.now())


def ask_all_to_mute(session: Session, *, by: str, but: int | None = None) -> None:
    """Everybody, but for the one who asks."""
    with transaction.atomic():
        _lock_open(session)
        now = timezone.now()
        for seat in told_of(session):
            if seat.number != but:
                seat.session = session
                _ask_to_mute(seat, by, now)


def remove(session: Session, *, number: int) -> None:
    """Take somebody out. Their sockets close with 4410."""
    with transaction.atomic():
        seat = _take_other(session, number)
        _check_not_owner(seat)
        depart(seat, reason="removed", now=timezone.now())


def change_role(session: Session, *, number: int, role: str) -> Participant:
    """What somebody is until they leave the session. In a webinar a guest who gets
    another role takes part from then on, and who is made a guest only watches."""
    if role not in SESSION_ROLES:
        raise Invalid(
            _("A role in a session is one of: %(roles)s.")
            % {"roles": ", ".join(SESSION_ROLES)},
            field="role",
        )
    with transaction.atomic():
        seat = _take_other(session, number)
        _check_not_owner(seat)
        if seat.role != role:
            _give_role(seat, Role(role), timezone.now())
    return seat


def _give_role(seat: Participant, role: Role, now: datetime) -> None:
    attended, seat.role = seat.attends, role
    if attended == seat.attends:
        seat.save(update_fields=["role"])
        data = {"number": seat.number, "role": role}
        return tell(seat, "participant.updated", data, now)
    seat.hand_raised_at = None
    if attended:
        check_has_place(seat.session, role)
        data = {"participant": seat.as_message()}
        tell(seat, "participant.joined", data, now)
    else:
        stop_all(seat)
        seat.fence += 1  # the media socket that is open may publish: this ends it
        data = {"number": seat.number, "reason": "attends"}
        tell(seat, "participant.left", data, now)
    seat.save(update_fields=["role", "hand_raised_at", "fence"])


def set_locked(session: Session, *, locked: bool) -> Session:
    """A locked session lets nobody new in but who may moderate."""
    with transaction.atomic():
        current = _lock_open(session)
        if current.locked != locked:
            current.locked = locked
            current.save(update_fields=["locked"])
            emit(
                current.room_id,
                "session.updated",
                {"session": current.as_message()},
                session_id=current.pk,
                at_us=to_us(timezone.now()),
            )
    return current


def end(session: Session) -> Session:
    """End the session for everybody."""
    with transaction.atomic():
        current = _lock_open(session)
        depart_all(current, now=timezone.now())
    return current


def end_session(participant: Participant) -> None:
    with moderating(participant) as session:
        end(session)


def _ask_to_mute(seat: Participant, by: str, now: datetime) -> None:
    if "microphone" in seat.tracks:
        tell(seat, "participant.muted", {"number": seat.number, "by": by}, now)


def _lock_open(session: Session) -> Session:
    locked = lock_session(session)
    if locked is None or locked.ended_at is not None:
        raise session_over()
    return locked


def _take_other(session: Session, number: int) -> Participant:
    current = _lock_open(session)
    here = Participant.objects.filter(session=current, left_at=None, number=number)
    seat = here.exclude(joined_at=None).first()
    if seat is None:
        raise NotFound(_("Nobody in this session has that number."))
    seat.session = current
    return seat


def _check_not_owner(seat: Participant) -> None:
    if seat.role == Role.OWNER:
        raise Denied(_("This is the room's owner."), code="is_owner")
