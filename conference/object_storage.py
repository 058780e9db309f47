"""Where segments, posters and exports are kept: a folder, or a bucket of an S3 server.

Gives the ``archive`` of Django's STORAGES from the environment.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from conference import env

KEY = "{key}"


def read(folder: Path) -> dict[str, Any]:
    bucket = env.text("S3_BUCKET", "")
    options = {
        "bucket_name": bucket,
        "endpoint_url": _endpoint(env.text("S3_ENDPOINT_URL", "")),
        "region_name": env.text("S3_REGION", "us-east-1"),
        "location": _prefix(env.text("S3_KEY_TEMPLATE", KEY)),
        "object_parameters": _encryption(
            env.choice("S3_ENCRYPTION", "", ("", "AES256", "aws:kms")),
            env.text("S3_KMS_KEY_ID", ""),
        ),
        "is_direct": env.choice("S3_DOWNLOADS", "direct", ("direct", "proxy"))
        == "direct",
    }
    # Without keys boto3 looks where it always does: files, or the machine's own role.
    options["access_key"], options["secret_key"] = (
        value or None
        for value in env.all_or_none("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
    )
    if bucket:
        return {"BACKEND": "recordings.objects_s3.BucketStorage", "OPTIONS": options}
    return {
        "BACKEND": "recordings.objects.FolderStorage",
        "OPTIONS": {"location": folder},
    }


def download_origin(archive: dict[str, Any]) -> str:
    """Where browsers are sent for files, empty where that is the site itself."""
    options = archive["OPTIONS"]
    if not options.get("is_direct"):
        return ""
    if options["endpoint_url"]:
        parts = urlsplit(options["endpoint_url"])
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{options['bucket_name']}.s3.{options['region_name']}.amazonaws.com"


def _endpoint(address: str) -> str | None:
    """With an address of its own the bucket is a part of the path."""
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ImproperlyConfigured(
            f"S3_ENDPOINT_URL={address!r} must be like https://s3.example.com."
        )
    return address or None


def _prefix(template: str) -> str:
    before, key, after = template.partition(KEY)
    if not key or after or before.startswith("/") or ".." in before:
        raise ImproperlyConfigured(
            f"S3_KEY_TEMPLATE={template!r} must end with {KEY}, "
            f"such as conference/{KEY}."
        )
    if before and not before.endswith("/"):
        raise ImproperlyConfigured(
            f"S3_KEY_TEMPLATE={template!r}: what comes before {KEY} must end with /."
        )
    return before


def _encryption(method: str, key_id: str) -> dict[str, str]:
    if key_id and method != "aws:kms":
        raise ImproperlyConfigured("S3_KMS_KEY_ID is for S3_ENCRYPTION=aws:kms.")
    parameters = {"ServerSideEncryption": method} if method else {}
    return parameters | ({"SSEKMSKeyId": key_id} if key_id else {})
