"""The gate: who may enter a room and do what. Nothing else loads a room for a person.

What one may not see is NotFound, a room for members alone too; what one may see but
not do is Denied. A guest is asked to sign in before a door that may open then.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from conference.errors import Conflict, Denied, Gone, NotFound, SignInNeeded
from conference.models import User
from rooms.models import (
    Entry,
    Meeting,
    Member,
    Participant,
    Recorders,
    Role,
    Room,
    Session,
)
from rooms.rows import the_one
from rooms.streams.record import Kind

KINDS = tuple(kind.wire_name for kind in Kind)  # of tracks

# Those that somebody may be given for one session.
SESSION_ROLES = (Role.HOST, Role.MEMBER, Role.GUEST)


class Action(StrEnum):
    ENTER = "enter"
    SEE = "see"  # the room's sessions, recordings and history
    SCHEDULE = "schedule"  # meetings in the room
    RECORD = "record"  # also stop, and export what was recorded
    CURATE = "curate"  # rename and delete recordings
    BROADCAST = "broadcast"  # send a session out live
    MODERATE = "moderate"
    MANAGE = "manage"


_MAY: dict[str, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.HOST: frozenset(Action) - {Action.MANAGE},
    Role.MEMBER: frozenset({Action.ENTER, Action.SEE}),  # record where the room lets
    Role.GUEST: frozenset(),  # may enter where the room lets guests in
}
# What nobody does in a room that is archived.
_NOT_IN_ARCHIVED = frozenset({Action.ENTER, Action.SCHEDULE})


def may(role: str, action: Action) -> bool:
    """Whether a role may do this, whoever holds it."""
    return action in _MAY[role]


def publishable(participant: Participant) -> list[str]:
    """The kinds of track that a participant may publish: all, or those that a join
    token has named; an attendee none."""
    if participant.attends:
        return []
    return list(KINDS) if participant.publish is None else participant.publish


def shown_rights(participant: Participant) -> list[str]:
    """What a participant may do beyond taking part: moderate by the role in this
    session, record and broadcast by the standing in the room."""
    room = participant.session.room
    standing = Access(room, _role(room, participant.user), participant.user)
    rights = {
        Action.RECORD: standing.can(Action.RECORD) and not room.is_never_recorded,
        Action.BROADCAST: standing.can(Action.BROADCAST),
        Action.MODERATE: may(participant.role, Action.MODERATE),
    }
    return [str(action) for action, is_given in rights.items() if is_given]


@dataclass(frozen=True, slots=True)
class Access:
    """A room, and what somebody is in it."""

    room: Room
    role: Role
    user: User | None

    @property
    def attends(self) -> bool:
        """Whether who enters so only watches."""
        return self.room.has_attendees and self.role is Role.GUEST

    def can(self, action: Action) -> bool:
        if self.room.archived_at and action in _NOT_IN_ARCHIVED:
            return False
        if action is Action.RECORD and self.role is Role.MEMBER:
            return self.room.recorders == Recorders.MEMBERS
        if action is Action.ENTER and self.role is Role.GUEST:
            return self.room.entry == Entry.ANYONE or (
                self.room.entry == Entry.SIGNED_IN and self.user is not None
            )
        return may(self.role, action)

    def check(self, action: Action) -> None:
        if self.can(action):
            return
        if self.user is None and action is Action.ENTER and not self.room.archived_at:
            raise SignInNeeded(_("Sign in to enter this room."))
        if not self.can(Action.SEE):
            raise _no_room()
        if self.room.archived_at and action in _NOT_IN_ARCHIVED:
            raise Denied(
                _("This room is archived. Its owner can bring it back."),
                code="room_archived",
            )
        raise Denied(_("Your role in this room does not allow that."))


def access_room(slug: str, user: User | AnonymousUser | None, action: Action) -> Access:
    """The room at this address, for somebody who wants to do this there.

    Raises NotFound, SignInNeeded or Denied.
    """
    person = _signed_in(user, action)
    room = the_one(Room.objects.filter(slug=slug))
    if room is None:
        raise _no_room()
    access = Access(room, _role(room, person), person)
    access.check(action)
    return access


def access_session(
    session_id: UUID | str, user: User | AnonymousUser | None, action: Action
) -> tuple[Session, Access]:
    """A session and its room; raises as ``access_room`` does."""
    person = _signed_in(user, action)
    session = (
        Session.objects.select_related("room__owner").filter(pk=session_id).first()
    )
    if session is None:
        raise NotFound(_("There is no such session."))
    access = Access(session.room, _role(session.room, person), person)
    access.check(action)
    return session, access


def access_meeting(
    meeting_id: UUID | str, user: User | AnonymousUser | None, action: Action
) -> tuple[Meeting, Access]:
    """A scheduled meeting and its room; raises as ``access_room`` does."""
    person = _signed_in(user, action)
    meeting = (
        Meeting.objects.select_related("room__owner", "organiser")
        .filter(pk=meeting_id)
        .first()
    )
    if meeting is None:
        raise _no_meeting()
    access = Access(meeting.room, _role(meeting.room, person), person)
    if not access.can(Action.SEE):
        raise _no_meeting()
    access.check(action)
    return meeting, access


def visible_rooms(user: User | AnonymousUser | None) -> QuerySet[Room]:
    """The rooms of which this person may SEE the sessions and recordings."""
    if not isinstance(user, User):
        return Room.objects.none()
    memberships = Member.objects.filter(user=user).values("room")
    return Room.objects.filter(Q(owner=user) | Q(pk__in=memberships))


def check_present(participant: Participant, *, epoch: int) -> None:
    """Raises Gone or Conflict where this page has no place in the session any more.

    Expects ``participant.session`` to be as fresh as the participant.
    """
    if participant.session.ended_at is not None:
        raise session_over()
    if participant.left_at is not None:
        raise participant_left()
    if participant.epoch != epoch:
        raise replaced()


def session_over() -> Gone:
    return Gone(_("The session is over."))


def participant_left() -> Gone:
    return Gone(_("You have left the session."), code="participant_left")


def replaced() -> Conflict:
    return Conflict(_("A newer page has taken your place."), code="replaced")


def _signed_in(user: User | AnonymousUser | None, action: Action) -> User | None:
    """The user, or None for a guest; guests may only ask to enter."""
    person = user if isinstance(user, User) else None
    if person is None and action is not Action.ENTER:
        raise SignInNeeded(_("Sign in first."))
    return person


def _role(room: Room, user: User | None) -> Role:
    if user is None:
        return Role.GUEST
    if room.owner_id == user.pk:
        return Role.OWNER
    member = Member.objects.filter(room=room, user=user).values_list("role", flat=True)
    return Role(member.first() or Role.GUEST)


def _no_meeting() -> NotFound:
    return NotFound(_("There is no such meeting."))


def _no_room() -> NotFound:
    """The same words whether it exists or not."""
    return NotFound(_("There is no such room, or it is open to its members only."))
