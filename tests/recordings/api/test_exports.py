"""``/recordings/{id}/exports/`` and ``/exports/{id}/``; downloads over real HTTP."""

import http.client
from urllib.parse import urlsplit

import pytest
from rest_framework.test import APIClient

from recordings.archive import archive
from recordings.exporting import run_export
from recordings.models import Export, Recording
from recordings.rules import rename
from tests.recordings.meeting import Meeting
from tests.server import Server


def ask(client: APIClient, recording: Recording, **fields: str) -> str:
    answer = client.post(f"/api/v1/recordings/{recording.pk}/exports/", fields)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_a_host_asks_for_an_export(
    recording: Recording, alice: APIClient, bob: APIClient
) -> None:
    export_id = ask(alice, recording, format="mp4")
    address = f"/api/v1/exports/{export_id}/"
    waiting = bob.get(address).json()
    assert (waiting["state"], waiting["progress"]) == ("queued", 0)
    assert waiting["download"] is None
    assert waiting["error"] is None

    run_export(export_id, 1)
    ready = bob.get(address).json()
    assert (ready["state"], ready["progress"]) == ("ready", 1)
    assert ready["download"] == f"{address}download/"
    listed = bob.get(f"/api/v1/recordings/{recording.pk}/exports/").json()["results"]
    assert listed == [ready]


def test_members_and_outsiders_do_not(
    recording: Recording, alice: APIClient, bob: APIClient, charlie: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/exports/"
    assert bob.post(address, {"format": "mp4"}).status_code == 403
    assert charlie.post(address, {"format": "mp4"}).status_code == 404
    assert charlie.get(address).status_code == 404
    one = f"/api/v1/exports/{ask(alice, recording, format='mp4')}/"
    for path in ("", "download/"):
        assert charlie.get(one + path).status_code == 404
    for path in ("cancel/", "retry/"):
        assert bob.post(one + path).status_code == 403
        assert charlie.post(one + path).status_code == 404
    assert bob.delete(one).status_code == 403
    assert Export.objects.get().state == "queued"


@pytest.mark.parametrize("fields", [{}, {"format": "avi"}, {"format": 1}])
def test_formats_are_known_ones(
    recording: Recording, alice: APIClient, fields: dict[str, object]
) -> None:
    answer = alice.post(f"/api/v1/recordings/{recording.pk}/exports/", fields)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "format"


def test_cancel_retry_delete(recording: Recording, alice: APIClient) -> None:
    address = f"/api/v1/exports/{ask(alice, recording, format='mp4')}/"
    assert alice.delete(address).status_code == 409
    assert alice.post(f"{address}retry/").status_code == 409
    assert alice.post(f"{address}cancel/").json()["state"] == "cancelled"
    assert alice.post(f"{address}cancel/").status_code == 409
    assert alice.get(f"{address}download/").status_code == 409
    assert alice.post(f"{address}retry/").json()["state"] == "queued"
    run_export(str(Export.objects.get().pk), 2)
    key = Export.objects.get().key
    assert alice.delete(address).status_code == 204
    assert not archive().exists(key)


class Download:
    """A file over real HTTP."""

    def __init__(self, server: Server, meeting: Meeting, export: Export) -> None:
        client = APIClient()
        client.force_login(meeting.alice)
        self._cookie = f"sessionid={client.cookies['sessionid'].value}"
        self._host = urlsplit(server.url).netloc
        self._path = f"/api/v1/exports/{export.pk}/download/"

    def get(
        self, method: str = "GET", query: str = "", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        path = self._path + query
        connection.request(method, path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (302, b"")
        # The link is all that it takes.
        connection.request(method, answer.headers["Location"], headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body


def test_a_download_is_whole_or_a_part(
    server: Server, meeting: Meeting, recording: Recording, alice: APIClient
) -> None:
    rename(meeting.access, recording, 'Größe: "A/B"')
    export_id = ask(alice, recording, format="mp4")
    run_export(export_id, 1)
    export = Export.objects.get()
    with archive().open(export.key) as file:
        data = file.read()
    download = Download(server, meeting, export)

    answer, body = download.get()
    assert (answer.status, body) == (200, data)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20A%20B%20")
    assert name.endswith("%20grid.mp4")
    etag = answer.headers["ETag"]

    answer, body = download.get(query="?inline=1")
    assert answer.headers["Content-Disposition"].startswith("inline")

    answer, body = download.get(Range="bytes=100-199")
    assert (answer.status, body) == (206, data[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert download.get(Range="bytes=-50")[1] == data[-50:]
    assert download.get(Range=f"bytes={len(data) - 5}-")[1] == data[-5:]
    assert download.get(Range=f"bytes=0-{10**12}")[0].status == 206

    answer, body = download.get(Range=f"bytes={len(data)}-")
    assert (answer.status, body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(data)}"

    assert download.get(Range="bytes=0-9", If_Range=etag)[0].status == 206
    assert download.get(Range="bytes=0-9", If_Range='"other"')[0].status == 200

    answer, body = download.get("HEAD")
    assert (answer.status, body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(data))
