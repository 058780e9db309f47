"""A stored file as an HTTP answer, whole or in part (RFC 9110, "Range Requests").

The file is read in threads and streamed by an asynchronous iterator, so that a slow
client holds no thread and no more than a chunk.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from conference.errors import Unavailable
from recordings.objects import ObjectStorage, Shown, StorageAway, patiently

CHUNK_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*")
# What file systems of people's computers do not take in a name.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class Unsatisfiable(Exception):
    """The range begins behind the end of the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range asked for; None means the whole file.

    That is also the answer to what is malformed or asks for several ranges, which a
    server may ignore. Raises Unsatisfiable.
    """
    match = _RANGE.fullmatch(header)
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:  # the last so many bytes
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), int(match[2] or size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first >= size or not (match[1] or int(match[2])):
        raise Unsatisfiable
    return first, min(last, size - 1)


def clean_file_name(name: str) -> str:
    return " ".join(_UNSAFE.sub(" ", name).split()).strip(". ") or "file"


def serve_file(
    request: HttpRequest, storage: ObjectStorage, key: str, shown: Shown
) -> HttpResponseBase:
    """200, 206 or 416. Raises Unavailable where the storage does not answer, and
    FileNotFoundError, before the answer begins."""
    try:
        size = storage.size(key)
    except StorageAway as error:
        raise storage_away() from error
    etag = f'"{key.rpartition("/")[2]}"'  # an object never changes under its key
    try:
        part = _asked_for(request, etag, size)
    except Unsatisfiable:
        refusal = HttpResponse(status=416)
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    first, last = part or (0, size - 1)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(_read(storage, key, first, last + 1))
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Type"] = shown.content_type
    response["Content-Length"] = str(last + 1 - first)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    disposition = content_disposition_header(
        as_attachment=not shown.inline, filename=shown.name
    )
    response["Content-Disposition"] = disposition or "inline"
    return response


def _asked_for(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    condition = request.headers.get("If-Range")
    if condition is not None and condition != etag:
        return None  # the client holds a part of another file
    return parse_range(request.headers.get("Range", ""), size)


def storage_away() -> Unavailable:
    return Unavailable(
        _("The storage of recordings does not answer. Try again in a minute.")
    )


async def _read(
    storage: ObjectStorage, key: str, first: int, end: int
) -> AsyncIterator[bytes]:
    """Part by part, so that a storage that is away for a moment breaks nothing."""
    while first < end:
        count = min(CHUNK_BYTES, end - first)
        read = partial(storage.read_part, key, first, count)
        chunk = await asyncio.to_thread(patiently, read)
        if not chunk:
            raise OSError(f"{key} is shorter than it was.")
        first += len(chunk)
        yield chunk
