"""The administration's pages."""

from playwright.sync_api import Page

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
        Shot("admin-sign-in", "/admin/", who=NOBODY),
        Shot("admin", "/admin/", whole=True, wall=True),
        Shot("admin-german", "/admin/", whole=True, language="de"),
        Shot("admin-menu", "/admin/", open_menu),
        *(Shot(name, path) for name, path in paths.items()),
    ]


def open_menu(page: Page) -> None:
    """Beside the page where there is room, else opened."""
    button = page.locator("#header-inner span, #header-inner a").first
    if not page.locator("#nav-sidebar").is_visible() and button.is_visible():
        button.click()
