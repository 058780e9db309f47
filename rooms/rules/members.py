"""Members: people with a standing role in a room, given by its owner."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from conference.errors import Conflict, Invalid, NotFound
from conference.models import User
from rooms.access import Access, Action
from rooms.models import Member, Role
from rooms.models.room import MEMBER_ROLES


def add_member(access: Access, *, email: str, role: str = Role.MEMBER) -> Member:
    """Give the user with this address a role. Raises Denied, Invalid, Conflict."""
    access.check(Action.MANAGE)
    role = _clean_role(role)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Invalid(
            _("Nobody has signed up with this address."),
            code="unknown_user",
            field="email",
        )
    if user.pk == access.room.owner_id:
        raise Conflict(_("This is the room's owner."), code="is_owner")
    try:
        with transaction.atomic():
            return Member.objects.create(room=access.room, user=user, role=role)
    except IntegrityError:
        raise Conflict(
            _("This person is a member already."), code="already_member"
        ) from None


def change_member(access: Access, member: Member, *, role: str) -> Member:
    """In force from the next time that the member joins. Raises Denied, Invalid."""
    access.check(Action.MANAGE)
    member.role = _clean_role(role)
    member.save(update_fields=["role"])
    return member


def remove_member(access: Access, member: Member) -> None:
    """The owner removes anybody, everybody else themselves. Raises Denied."""
    if access.user is None or member.user_id != access.user.pk:
        access.check(Action.MANAGE)
    member.delete()


def find_member(access: Access, member_id: UUID | str) -> Member:
    """Raises NotFound for one of another room."""
    member = (
        Member.objects.select_related("user")
        .filter(pk=member_id, room=access.room)
        .first()
    )
    if member is None:
        raise NotFound(_("There is no such member in this room."))
    return member


def _clean_role(role: str) -> Role:
    roles = [value for value, _label in MEMBER_ROLES]
    if role not in roles:
        raise Invalid(
            _("A member's role is one of: %(roles)s.") % {"roles": ", ".join(roles)},
            field="role",
        )
    return Role(role)
