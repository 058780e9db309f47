"""Every page and list that grows with the rows, by its address."""

from typing import Any

import httpx

FAR = 20  # pages that a cursor has gone on, of 100 rows each
API = "/api/v1"
PAGES = (
    "/",
    "/meetings/",
    "/meetings/?when=past",
    "/meetings/?view=month",
    "/rooms/",
    "/rooms/?search=planning",
    "/rooms/?search=nothing-like-it",
    "/rooms/?page=400",
    "/recordings/",
    "/recordings/?search=planning",
    "/recordings/?search=nothing-like-it",
    "/recordings/?search=budget%20tomorrow",  # of the chat
    "/recordings/?page=2000",
    "/recordings/?order=oldest",
    "/recordings/?order=title",
    "/recordings/?order=longest",
    "/recordings/?order=largest",
    "/recordings/?state=ready",
    "/recordings/?state=sealing",
    "/recordings/?since=2025-06-01&until=2025-06-30",
    "/account/",
    "/account/keys/",
    "/admin/",
    "/admin/conference/user/",
    "/admin/conference/user/?q=person",
    "/admin/rooms/room/",
    "/admin/rooms/room/?q=planning",
    "/admin/rooms/room/?p=50",
    "/admin/rooms/session/",
    "/admin/rooms/session/?state=live",
    "/admin/rooms/session/?q=planning",
    "/admin/rooms/participant/",
    "/admin/rooms/participant/?q=person",
    "/admin/rooms/meeting/",
    "/admin/rooms/event/",
    "/admin/rooms/chatmessage/",
    "/admin/recordings/recording/",
    "/admin/recordings/recording/?q=planning",
    "/admin/recordings/recording/?state=ready",
    "/admin/recordings/segment/",
    "/admin/recordings/export/",
    "/admin/recordings/export/?state__exact=failed",
    f"{API}/rooms/",
    f"{API}/rooms/?page_size=100",
    f"{API}/rooms/?entry=members",
    f"{API}/sessions/",
    f"{API}/sessions/?open=true",
    f"{API}/sessions/?open=false&page_size=100",
    f"{API}/recordings/",
    f"{API}/recordings/?title=planning",
    f"{API}/recordings/?title=nothing-like-it",
    f"{API}/recordings/?state=ready&page_size=100",
    f"{API}/meetings/",
)


def addresses(client: httpx.Client) -> list[str]:
    """With those of one room, session and recording, and pages far into lists. The
    room is the one with most in it."""
    recording = first(client, f"{API}/recordings/")
    busy = busiest_room(client)
    session = recording["session"]
    return [
        *PAGES,
        *of_one(busy, session, recording["id"]),
        far(client, f"{API}/rooms/?page_size=100"),
        far(client, f"{API}/sessions/?page_size=100"),
        far(client, f"{API}/recordings/?page_size=100"),
        far(client, f"{API}/rooms/{busy}/chat/?page_size=100"),
    ]


def of_one(room: str, session: str, recording: str) -> list[str]:
    return [
        f"/rooms/{room}/",
        f"/rooms/{room}/settings/",
        f"/recordings/{recording}/",
        f"/recordings/{recording}/people/",
        f"/recordings/?room={room}",
        f"/sessions/{session}/",
        f"/sessions/{session}/people/",
        f"{API}/rooms/{room}/",
        f"{API}/rooms/{room}/members/",
        f"{API}/rooms/{room}/participants/",
        f"{API}/rooms/{room}/chat/",
        f"{API}/sessions/?room={room}",
        f"{API}/sessions/{session}/",
        f"{API}/sessions/{session}/participants/",
        f"{API}/sessions/{session}/timeline/",
        f"{API}/recordings/?room={room}",
        f"{API}/recordings/{recording}/",
        f"{API}/recordings/{recording}/exports/",
    ]


def first(client: httpx.Client, address: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(address).json()["results"][0]
    return found


def busiest_room(client: httpx.Client) -> str:
    """The seed makes its first room so: the first sessions are all in it."""
    oldest = f"{API}/recordings/?started_before=2025-01-06T09:00:00Z"
    slug: str = first(client, oldest)["room"]
    return slug


def far(client: httpx.Client, address: str) -> str:
    for _page in range(FAR):
        address = client.get(address).json()["next"] or address
    return address
