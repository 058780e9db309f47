"""Recordings and exports through the gate of their room."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from conference.errors import NotFound
from conference.models import User
from recordings.models import Export, LiveOutput, Recording, ShareLink
from rooms.access import Access, Action, access_room, access_session, visible_rooms

Person = User | AnonymousUser | None


def access_recording(
    recording_id: UUID | str, user: Person, action: Action = Action.SEE
) -> tuple[Recording, Access]:
    """Raises NotFound, SignInNeeded or Denied, as ``rooms.access`` does."""
    recording = Recording.objects.filter(pk=recording_id).first()
    if recording is None:
        raise NotFound(_("There is no such recording."))
    recording.session, access = access_session(recording.session_id, user, action)
    return recording, access


def access_export(
    export_id: UUID | str, user: Person, action: Action = Action.SEE
) -> tuple[Export, Access]:
    """Raises NotFound, SignInNeeded or Denied, as ``rooms.access`` does."""
    export = Export.objects.filter(pk=export_id).first()
    if export is None:
        raise NotFound(_("There is no such export."))
    export.recording, access = access_recording(export.recording_id, user, action)
    return export, access


def access_output(
    slug: str, output_id: UUID | str, user: Person, action: Action = Action.BROADCAST
) -> tuple[LiveOutput, Access]:
    """Raises NotFound, SignInNeeded or Denied, as ``rooms.access`` does."""
    access = access_room(slug, user, action)
    found = LiveOutput.objects.filter(pk=output_id, room=access.room)
    output = found.without_pictures().first()
    if output is None:
        raise NotFound(_("There is no such live output."))
    output.room = access.room
    return output, access


def access_share_link(
    link_id: UUID | str, user: Person, action: Action
) -> tuple[ShareLink, Access]:
    """Raises NotFound, SignInNeeded or Denied, as ``rooms.access`` does."""
    link = ShareLink.objects.filter(pk=link_id).first()
    if link is None:
        raise NotFound(_("There is no such link."))
    link.recording, access = access_recording(link.recording_id, user, action)
    return link, access


def visible_recordings(user: Person) -> QuerySet[Recording]:
    return Recording.objects.filter(room__in=visible_rooms(user))
