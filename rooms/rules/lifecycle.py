"""A session's life: people join, connect and leave, and the last one ends it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conference import commits
from conference.errors import Conflict, Denied, Invalid, Refused
from rooms import tickets
from rooms.access import Access, Action, may
from rooms.clock import to_us
from rooms.join_tokens import Admission
from rooms.models import Event, Participant, Role, Room, Session
from rooms.rows import the_one
from rooms.rules.attendees import split_of, tell_of
from rooms.rules.events import emit, participant_group, send_on_commit
from rooms.rules.seat import take_seat, tell
from rooms.rules.text import clean_name
from rooms.rules.tracks import stop_all


def join(
    access: Access,
    *,
    name: str,
    consent: bool,
    resume: str = "",
    admission: Admission | None = None,
) -> Participant:
    """A place in the room's open session, which is opened if there is none.

    With a resume token that still fits it is the place that one had, with a new
    epoch. Others are told when the control socket opens. ``admission`` is what a join
    token says, the name before all.
    """
    name = clean_name((admission and admission.name) or name)
    if consent is not True:
        raise Invalid(
            _("Agree that this session may be recorded to join it."),
            code="consent_required",
            field="consent",
        )
    # An attendee who is new has nothing yet that could be lost.
    with commits.atomic(is_synced=bool(resume) or not access.attends):
        seat = _resumed_seat(access, resume)
        if seat is None:
            _check_not_removed(access, resume)
            return _admit(access, name, admission)
        _begin_epoch(seat, name)
        return seat


def connect(participant: Participant) -> Participant:
    """The control socket is open: the person is there. ``connection`` numbers this
    socket; one with a lower number has been replaced and is told so.

    Nobody is told of an attendee who comes for the first time. Raises Gone or Conflict
    where the page has lost its place.
    """
    if _attend(participant):
        return participant
    with commits.atomic(is_synced=not participant.attends):
        seat = take_seat(participant)
        now = timezone.now()
        first_time = seat.joined_at is None
        came_back = not first_time and not seat.connected
        seat.joined_at = seat.joined_at or now
        seat.seen_at = now
        seat.connected = True
        seat.connection += 1
        seat.save(update_fields=["joined_at", "seen_at", "connected", "connection"])
        if first_time and not seat.attends:
            tell(seat, "participant.joined", {"participant": seat.as_message()}, now)
        if came_back:
            tell_of(seat, {"connected": True}, now)
        if not first_time:
            newest = {"type": "participant.connected", "connection": seat.connection}
            send_on_commit(participant_group(seat.pk), newest)
    return seat


def leave(participant: Participant) -> None:
    with transaction.atomic():
        seat = take_seat(participant)
        depart(seat, reason="left", now=timezone.now())


def depart(seat: Participant, *, reason: str, now: datetime) -> None:
    """Take somebody out of a locked session; the last one ends it.

    Who never joined goes without a word: nobody has been told of them. So does an
    attendee who goes by themselves, without a hand up.
    """
    if seat.joined_at is None:
        seat.delete()
    else:
        stop_all(seat)
        is_told = not seat.attends or seat.hand_raised_at or reason == "removed"
        seat.left_at = now
        seat.connected = False
        seat.hand_raised_at = None
        seat.save(update_fields=["left_at", "connected", "hand_raised_at"])
        if is_told:
            data = {"number": seat.number, "reason": reason}
            tell(seat, "participant.left", data, now)
    _end_if_empty(seat.session, now)


def depart_all(session: Session, *, now: datetime) -> None:
    """Take everybody out of a locked session, which ends it."""
    here = Participant.objects.filter(session=session, left_at=None)
    attendees = here.filter(split_of(session.room)).exclude(joined_at=None)
    attendees.update(left_at=now, connected=False, hand_raised_at=None)
    for seat in here:
        seat.session = session
        depart(seat, reason="ended", now=now)
    _end_if_empty(session, now)


def _attend(participant: Participant) -> bool:
    """An attendee who comes for the first time, in one statement: a thousand do so at
    once. False, and nothing has happened, where the row is not as it was or this is
    somebody else. Who has not left is in a session that has not ended."""
    if not participant.attends or participant.joined_at is not None:
        return False
    now = timezone.now()
    came = {"joined_at": now, "seen_at": now, "connected": True, "connection": 1}
    same = Participant.objects.filter(
        pk=participant.pk,
        role=participant.role,
        epoch=participant.epoch,
        joined_at=None,
        left_at=None,
    )
    with commits.atomic(is_synced=False):
        if not same.update(**came):
            return False
    for name, value in came.items():
        setattr(participant, name, value)
    return True


def _end_if_empty(session: Session, now: datetime) -> None:
    here = Participant.objects.filter(session=session, left_at=None)
    if session.ended_at is not None or here.exists():
        return
    session.ended_at = now
    session.attendees = 0
    session.save(update_fields=["ended_at", "attendees"])
    emit(
        session.room_id,
        "session.ended",
        {"session": session.as_message()},
        session_id=session.pk,
        at_us=to_us(now),
    )


def _resumed_seat(access: Access, resume: str) -> Participant | None:
    """The place that a resume token holds, locked; None if the token fits no more."""
    if not resume:
        return None
    try:
        ticket = tickets.check(resume)
        return take_seat(tickets.find_holder(ticket, room_slug=access.room.slug))
    except Refused:
        return None


def _check_not_removed(access: Access, resume: str) -> None:
    """Whom a host has removed stays out until the session is over: who is signed in,
    and a page that says who it was. Of other guests nobody can tell who comes."""
    if not resume and not access.user:
        return
    said = Q(pk=_said_to_be(resume))
    known = said | Q(user=access.user) if access.user else said
    before = Participant.objects.filter(
        known, session__room=access.room, session__ended_at=None, left_at__isnull=False
    )
    places = dict(before.values_list("number", "session"))  # of one session
    if not places:
        return
    left = Event.objects.filter(session__in=places.values(), type="participant.left")
    if left.filter(data__reason="removed", data__number__in=[*places]).exists():
        raise Denied(_("A host has removed you from this meeting."), code="removed")


def _said_to_be(resume: str) -> UUID | None:
    """Whose resume token this is, whatever became of them."""
    try:
        return tickets.check(resume).participant_id
    except Refused:
        return None


def _begin_epoch(seat: Participant, name: str) -> None:
    """A new page takes the place; what the old one published has stopped."""
    now = timezone.now()
    stop_all(seat)
    renamed = seat.name != name
    seat.epoch += 1
    seat.seen_at = now
    seat.name = name
    seat.save(update_fields=["epoch", "seen_at", "name"])
    if renamed and seat.joined_at is not None:
        tell_of(seat, {"name": name}, now)


def _admit(access: Access, name: str, admission: Admission | None) -> Participant:
    now = timezone.now()
    session = _open_session(access.room, now)
    if session.locked and not may(access.role, Action.MODERATE):
        raise Conflict(_("A host has locked this meeting."), code="room_locked")
    check_has_place(session, access.role)
    session.last_number += 1
    session.save(update_fields=["last_number"])
    return Participant.objects.create(
        session=session,
        number=session.last_number,
        user=access.user,
        name=name,
        role=access.role,
        publish=list(admission.publish) if admission else None,
        eject_at=admission.eject_at if admission else None,
        seen_at=now,
        consented_at=now,
    )


def check_has_place(session: Session, role: str) -> None:
    """Raises Conflict where the session is full, for attendees or for all others."""
    is_attendee = session.room.has_attendees and role == Role.GUEST
    limit = settings.ATTENDEES_LIMIT if is_attendee else settings.PARTICIPANTS_LIMIT
    if session.last_number < limit:
        return  # so many have never been there
    here = Participant.objects.filter(session=session, left_at=None)
    attendees = split_of(session.room)
    present = here.filter(attendees) if is_attendee else here.exclude(attendees)
    if present.count() >= limit:
        raise Conflict(_("This session is full."), code="room_full")


def _open_session(room: Room, now: datetime) -> Session:
    """The room's open session, locked. Two who open one at once settle it by the
    unique constraint."""
    session = _find_open(room)
    if session is not None:
        return session
    try:
        with transaction.atomic():
            session = Session.objects.create(room=room, started_at=now)
    except IntegrityError:
        session = _find_open(room)
        if session is None:  # opened and ended between two statements
            raise
        return session
    emit(
        room.pk,
        "session.started",
        {"session": session.as_message()},
        session_id=session.pk,
        at_us=to_us(now),
    )
    return session


def _find_open(room: Room) -> Session | None:
    rows = Session.objects.select_for_update()
    session = the_one(rows.filter(room=room, ended_at=None))
    if session is not None:
        session.room = room
    return session
