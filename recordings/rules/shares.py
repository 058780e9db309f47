"""Rules of share links: make one, revoke it, open it by its address."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Denied, Gone, Invalid, NotFound, TooMany
from recordings.audit import note
from recordings.models import (
    AuditAction,
    Export,
    ExportFormat,
    ExportState,
    Recording,
    ShareLink,
)
from recordings.rules.export import BUSY, request_export
from rooms.access import Access, Action

DAYS_LIMIT = 365
PASSWORD_LIMIT = 128  # characters
OPEN_LINKS_LIMIT = 50  # of one recording
# Wrong passwords for one link, from one address.
TRIES = 10
TRIES_SECONDS = 600


def make_share_link(
    access: Access, recording: Recording, *, days: Any, password: str = ""
) -> ShareLink:
    """Share a ready recording for some days. Where nobody has asked for a video of it
    yet, this does. Raises Denied, Invalid, Conflict."""
    access.check(Action.CURATE)
    if not isinstance(days, int) or not 1 <= days <= DAYS_LIMIT:
        raise Invalid(
            _("A link works for 1 to %(limit)d days.") % {"limit": DAYS_LIMIT},
            field="days",
        )
    if len(password) > PASSWORD_LIMIT:
        raise Invalid(
            _("A password has at most %(limit)d characters.")
            % {"limit": PASSWORD_LIMIT},
            field="password",
        )
    now = timezone.now()
    with transaction.atomic():
        found = Recording.objects.select_for_update().filter(pk=recording.pk).first()
        if found is None or found.sealed_at is None:
            raise Conflict(_("This recording is not ready yet."), code="not_ready")
        open_links = found.share_links.filter(revoked_at=None, expires_at__gt=now)
        if open_links.count() >= OPEN_LINKS_LIMIT:
            raise Conflict(
                _("This recording has %(limit)d links. Revoke one of them first.")
                % {"limit": OPEN_LINKS_LIMIT},
                code="too_many_links",
            )
        link = ShareLink.objects.create(
            recording=found,
            password=make_password(password) if password else "",
            created_by=access.user,
            expires_at=now + timedelta(days=days),
        )
        note(
            AuditAction.SHARED,
            found,
            access.user,
            link=str(link.pk),
            days=days,
            password=bool(password),
        )
        if not _videos(found).filter(state__in=(*BUSY, ExportState.READY)).exists():
            request_export(access, found, format=ExportFormat.MP4)
    return link


def revoke_share_link(access: Access, link: ShareLink) -> ShareLink:
    """Who has seen it open keeps no right to it. Raises Denied, Conflict."""
    access.check(Action.CURATE)
    now = timezone.now()
    with transaction.atomic():
        links = ShareLink.objects.filter(pk=link.pk, revoked_at=None)
        if not links.update(revoked_at=now):
            raise Conflict(_("This link has been revoked."), code="revoked")
        note(AuditAction.UNSHARED, link.recording, access.user, link=str(link.pk))
    link.revoked_at = now
    return link


def open_share_link(token: str) -> ShareLink:
    """For whoever has the address. Raises NotFound, Gone."""
    links = ShareLink.objects.select_related("recording__room")
    link = links.filter(token=token).first()
    if link is None:
        raise NotFound(_("There is no such link."))
    if link.revoked_at is not None:
        raise Gone(_("This link has been revoked."), code="revoked")
    if not link.is_open(timezone.now()):
        raise Gone(_("This link has expired."), code="expired")
    return link


def check_link_password(link: ShareLink, password: str, *, address: str) -> None:
    """Raises Denied, and TooMany after some wrong ones from one address."""
    key = f"share.{link.pk}.{address}"
    cache.add(key, 0, TRIES_SECONDS)
    try:
        tries = cache.incr(key)
    except ValueError:  # expired just now
        tries = 1
    if tries > TRIES:
        raise TooMany(
            _("Too many wrong passwords. Try again in ten minutes."),
            retry_after_seconds=TRIES_SECONDS,
        )
    if not check_password(password, link.password):
        raise Denied(_("This is not the password."), code="wrong_password")
    cache.delete(key)


def count_visit(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(
        opened=F("opened") + 1, opened_at=timezone.now()
    )


def shown_video(recording: Recording) -> Export | None:
    """The newest that is there."""
    ready = _videos(recording).filter(state=ExportState.READY)
    return ready.order_by("-finished_at").first()


def _videos(recording: Recording) -> QuerySet[Export]:
    return Export.objects.filter(recording=recording, format=ExportFormat.MP4)
