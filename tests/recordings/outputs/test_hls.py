"""A session is watched over HTTP: the playlist and its pieces are read back."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import av
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conference.models import User
from recordings.archive import archive
from recordings.live.pieces import folder_of
from recordings.live.running import KEPT_AFTER, look_after
from recordings.models import LiveOutput
from recordings.rules.outputs import change_output, start_output, stop_output
from rooms.models import Entry
from tests.recordings.media import GREEN, RED, is_like, tone, video
from tests.recordings.outputs.live import PATIENCE, LiveRoom, Seen, Worker, joined
from tests.server import wait_for

SMALL: dict[str, Any] = {"quality": "360p", "rate": 15, "hls": True}


def get(client: Client, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != 200:
        return b""
    return async_to_sync(whole)(answer) if answer.streaming else answer.content


async def whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])


def names(playlist: bytes) -> list[str]:
    return re.findall(r"^[0-9].*\.m4s$", playlist.decode(), re.MULTILINE)


def watch(client: Client, folder: str, *, pieces: int = 2) -> Seen:
    """The newest pieces of a playlist, as a player has them."""
    wait_for(lambda: len(names(get(client, f"{folder}live.m3u8"))) >= pieces, PATIENCE)
    playlist = get(client, f"{folder}live.m3u8")
    run = re.findall(r'MAP:URI="(.*)"', playlist.decode())[-1]
    data = get(client, folder + run)
    data += b"".join(get(client, folder + name) for name in names(playlist)[-pieces:])
    with av.open(BytesIO(data), "r") as file:
        return joined(file.decode())


def folder_for(output: LiveOutput) -> str:
    where = {"slug": output.room.slug, "pk": output.pk, "name": "index.m3u8"}
    return reverse("output-hls", kwargs=where).removesuffix("index.m3u8")


def test_it_is_watched_over_http_and_gone_afterwards(
    live_room: LiveRoom, module_worker: Worker, client: Client
) -> None:
    live_room.join("Bob", video(RED, start=0, end=2), tone(440, start=0, end=2))
    output = start_output(live_room.access, **SMALL)
    folder = folder_for(output)
    assert client.get(f"{folder}index.m3u8").status_code == 404  # not yet
    seen = watch(client, folder)
    assert is_like(seen.colour(320, 180), RED)
    assert seen.level(440) > 0.2
    assert len(seen.pictures) == 2 * 2 * 15
    index = get(client, f"{folder}index.m3u8").decode()
    assert re.search(r'RESOLUTION=640x360,CODECS="avc1\.\w{6},mp4a\.40\.2"', index)
    answer = client.get(f"{folder}live.m3u8")
    assert answer["Content-Type"] == "application/vnd.apple.mpegurl"
    assert answer["Cache-Control"] == "private, max-age=1"
    assert client.get(f"{folder}00009999-1.m4s").status_code == 404
    stop_output(live_room.access, output)
    assert b"ENDLIST" in get(client, f"{folder}live.m3u8")
    assert len(names(get(client, f"{folder}live.m3u8"))) >= 2
    look_after(now=timezone.now() + 2 * KEPT_AFTER)
    assert client.get(f"{folder}live.m3u8").status_code == 404
    assert LiveOutput.objects.get().window == {}


def test_a_public_link_opens_it_until_it_is_not_public(
    live_room: LiveRoom, module_worker: Worker, client: Client
) -> None:
    live_room.room.entry = Entry.MEMBERS
    live_room.room.save()
    live_room.join("Bob", video(GREEN, start=0, end=2), tone(330, start=0, end=2))
    output = start_output(live_room.access, is_public=True, **SMALL)
    folder = f"/live/{output.token}/"
    assert is_like(watch(client, folder).colour(320, 180), GREEN)
    assert client.get(f"{folder}live.m3u8")["Cache-Control"] == "public, max-age=1"
    assert client.get(folder).status_code == 200
    inside = folder_for(output)
    assert client.get(f"{inside}live.m3u8").status_code in (401, 403)
    charlie = User.objects.create_user("charlie@example.com", "secret")
    client.force_login(charlie)
    assert client.get(f"{inside}live.m3u8").status_code == 404
    alice = Client()
    alice.force_login(live_room.access.user)  # type: ignore[arg-type]
    assert get(alice, f"{inside}live.m3u8")
    change_output(live_room.access, output, is_public=False)
    for name in ("", "index.m3u8", "live.m3u8"):
        assert client.get(folder + name).status_code == 404
    stop_output(live_room.access, output)


def test_turned_off_nothing_of_it_is_left(
    live_room: LiveRoom, module_worker: Worker, client: Client, settings: Any
) -> None:
    live_room.join("Bob", video(RED, start=0, end=2), tone(440, start=0, end=2))
    output = start_output(live_room.access, **SMALL)
    folder = folder_for(output)
    watch(client, folder, pieces=1)
    assert list(archive().walk(f"{folder_of(output)}/"))
    LiveOutput.objects.update(hls=False, version=output.version + 1)
    wait_for(lambda: not list(archive().walk(f"{folder_of(output)}/")), PATIENCE)
    assert client.get(f"{folder}live.m3u8").status_code == 404
    assert not Path(settings.DATA_DIR, "archive", folder_of(output)).exists()
    stop_output(live_room.access, output)
