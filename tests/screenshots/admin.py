"""The administration's pages."""

from recordings.models import AuditAction, AuditEntry, Export
from rooms.models import Room
from tests.screenshots.shot import NOBODY, Shot


def shots() -> list[Shot]:
    AuditEntry.objects.create(
        action=AuditAction.SWEPT,
        details={"objects": 3, "bytes": 5_242_880, "uploads": 1},
    )
    failed = Export.objects.filter(state="failed").latest("created_at")
    room = Room.objects.latest("created_at")
    paths = {
        "admin-users": "/admin/conference/user/",
        "admin-keys": "/admin/conference/apikey/",
        "admin-rooms": "/admin/rooms/room/",
        "admin-room": f"/admin/rooms/room/{room.pk}/change/",
        "admin-sessions": "/admin/rooms/session/",
        "admin-participants": "/admin/rooms/participant/",
        "admin-meetings": "/admin/rooms/meeting/",
        "admin-recordings": "/admin/recordings/recording/",
        "admin-segments": "/admin/recordings/segment/",
        "admin-exports": "/admin/recordings/export/",
        "admin-export": f"/admin/recordings/export/{failed.pk}/change/",
        "admin-outputs": "/admin/recordings/liveoutput/",
        "admin-holds": "/admin/recordings/hold/add/",
        "admin-audit": "/admin/recordings/auditentry/",
    }
    return [
        Shot("admin-sign-in", "/admin/", who=NOBODY, reload=True),
        Shot("admin", "/admin/", whole=True, wall=True, reload=True),
        Shot("admin-german", "/admin/", whole=True, language="de", reload=True),
        *(Shot(name, path, reload=True) for name, path in paths.items()),
    ]
