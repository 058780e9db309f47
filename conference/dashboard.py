"""The first page of the admin: what is going on, what failed, what takes the space."""

from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conference.admin_rows import link_to, list_address, list_link
from conference.queue_lengths import queue_lengths
from recordings.models import (
    AuditAction,
    AuditEntry,
    Export,
    ExportState,
    Recording,
    RecordingState,
)
from rooms.models import Invitee, MailState, Meeting, Participant, Room, Session

SHOWN = 10  # rows of a table
# Adding up every recording takes longer than the rest of the page.
STORAGE_SECONDS = 60
STORAGE = "admin.storage"
# Kept by its room's rule, not by anybody: rooms/models/room.py, keep_unrecorded_days.
BY_ITSELF = Q(started_by=None, keep_days__gt=0)

Table = dict[str, Any]


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK."""
    sizes: dict[str, Any] = cache.get_or_set(STORAGE, _add_up, STORAGE_SECONDS) or {}
    return context | {
        "figures": _figures(sizes),
        "live": _live(),
        "queues": _queues(),
        "running": _running(),
        "failures": _failures(),
        "retry_address": reverse("admin:recordings_export_changelist"),
        "mails": Invitee.objects.filter(state=MailState.FAILED).count(),
        "mails_address": list_address(Meeting),
        "largest": _largest(sizes["rooms"]),
        "swept": _swept(),
    }


def _add_up() -> dict[str, Any]:
    """By room: how many recordings, bytes of them, those bytes that nobody asked for,
    and bytes of exports."""
    by_room = (
        Recording.objects.order_by()
        .values("room")
        .annotate(
            count=Count("pk"),
            total=Sum("bytes"),
            by_itself=Sum("bytes", filter=BY_ITSELF, default=0),
        )
    )
    exports = dict(
        Export.objects.order_by()
        .filter(bytes__gt=0)
        .values_list("recording__room")
        .annotate(Sum("bytes"))
    )
    rooms = [
        (
            row["room"],
            row["count"],
            row["total"],
            row["by_itself"],
            exports.get(row["room"], 0),
        )
        for row in by_room
    ]
    rooms.sort(key=lambda room: room[2] + room[4], reverse=True)
    return {
        "recordings": sum(room[2] for room in rooms),
        "exports": sum(exports.values()),
        "rooms": rooms[:SHOWN],
    }


def _figures(sizes: dict[str, Any]) -> list[dict[str, str]]:
    live = Session.objects.filter(ended_at=None)
    people = Participant.objects.filter(left_at=None, joined_at__isnull=False)
    recordings = Recording.objects.aggregate(
        running=Count("pk", filter=Q(ended_us=None)),
        sealing=Count("pk", filter=Q(ended_us__isnull=False, sealed_at=None)),
        ready=Count("pk", filter=Q(sealed_at__isnull=False)),
    )
    exports = dict(Export.objects.order_by().values_list("state").annotate(Count("pk")))
    return [
        {
            "title": _("Sessions live now"),
            "value": str(live.count()),
            "note": _("%(count)d people in them") % {"count": people.count()},
            "address": list_address(Session, state="live"),
        },
        {
            "title": _("Recordings"),
            "value": str(recordings["ready"]),
            "note": _in_words(
                (RecordingState.RUNNING, recordings["running"]),
                (RecordingState.SEALING, recordings["sealing"]),
            ),
            "address": list_address(Recording),
        },
        {
            "title": _("Exports"),
            "value": str(exports.get(ExportState.READY, 0)),
            "note": _in_words(
                *(
                    (state, exports.get(state, 0))
                    for state in ExportState
                    if state != ExportState.READY
                )
            ),
            "address": list_address(Export),
        },
        {
            "title": _("Storage used"),
            "value": filesizeformat(sizes["recordings"] + sizes["exports"]),
            "note": _("%(recordings)s recorded, %(exports)s exported")
            % {
                "recordings": filesizeformat(sizes["recordings"]),
                "exports": filesizeformat(sizes["exports"]),
            },
            "address": list_address(Recording, o="-6"),
        },
    ]


def _in_words(*counts: tuple[Any, int]) -> str:
    return ", ".join(f"{state.label}: {count}" for state, count in counts)


def _live() -> Table:
    here = Count(
        "participants",
        filter=Q(participants__left_at=None, participants__joined_at__isnull=False),
    )
    sessions = (
        Session.objects.filter(ended_at=None)
        .select_related("room")
        .annotate(here=here)
        .order_by("-started_at")
    )
    return {
        "headers": [_("Room"), _("Since"), _("People")],
        "rows": [
            [
                link_to(session.room),
                date_format(localtime(session.started_at), "DATETIME_FORMAT"),
                list_link(Participant, session.here, session=session.pk),
            ]
            for session in sessions[:SHOWN]
        ],
    }


def _queues() -> Table:
    lengths = queue_lengths()
    return {
        "headers": [_("Queue"), _("Waiting")],
        "rows": [[name, count] for name, count in (lengths or {}).items()],
        "is_away": lengths is None,
    }


def _running() -> Table:
    """Exports that are being made, and what waits for a worker, oldest first."""
    busy = Export.objects.filter(state__in=(ExportState.RUNNING, ExportState.QUEUED))
    return {
        "headers": [pgettext("noun", "Export"), _("State"), _("Done"), _("Asked for")],
        "rows": [
            [
                link_to(export),
                export.get_state_display(),
                f"{export.progress:.0%}",
                date_format(localtime(export.created_at), "DATETIME_FORMAT"),
            ]
            for export in busy.select_related("recording").order_by(
                "-state", "created_at"
            )[:SHOWN]
        ],
    }


def _failures() -> QuerySet[Export]:
    failed = Export.objects.filter(state=ExportState.FAILED)
    return failed.select_related("recording").order_by("-created_at")[:SHOWN]


def _swept() -> Table:
    """What the periodic task found in the archive that nobody owned."""
    entries = AuditEntry.objects.filter(action=AuditAction.SWEPT)[:SHOWN]
    return {
        "headers": [_("Removed"), _("Objects"), _("Size"), _("Unfinished uploads")],
        "rows": [
            [
                date_format(localtime(entry.at), "DATETIME_FORMAT"),
                entry.details["objects"],
                filesizeformat(entry.details["bytes"]),
                entry.details["uploads"],
            ]
            for entry in entries
        ],
    }


def _largest(sizes: list[tuple[UUID, int, int, int, int]]) -> Table:
    rooms = Room.objects.in_bulk([room for room, *_sizes in sizes])
    return {
        "headers": [
            _("Room"),
            _("Recordings"),
            _("Recorded"),
            _("Of it by itself"),
            _("Exported"),
        ],
        "rows": [
            [
                link_to(rooms[room]),
                list_link(Recording, count, room=room),
                *map(filesizeformat, bytes_of),
            ]
            for room, count, *bytes_of in sizes
            if room in rooms
        ],
    }
