"""Certificates, and settings that must fit them."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured

from conference import tls
from tests.server import asgi_server

NAMES = ["localhost", "127.0.0.1", "meet.example.com"]


def names_of(certificate: Path) -> list[str]:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in held]


def test_a_certificate_is_made_anew_for_new_names_alone(tmp_path: Path) -> None:
    certificate, key = (
        tmp_path / "tls" / "certificate.pem",
        tmp_path / "tls" / "key.pem",
    )
    tls.ensure_self_signed(certificate, key, NAMES)
    tls.check_certificate(certificate, key)
    assert names_of(certificate) == NAMES
    first = certificate.read_bytes()
    tls.ensure_self_signed(certificate, key, NAMES[:2])
    assert certificate.read_bytes() == first
    tls.ensure_self_signed(certificate, key, [*NAMES, "192.0.2.7"])
    assert names_of(certificate) == [*NAMES, "192.0.2.7"]
    tls.check_certificate(certificate, key)


def test_files_that_are_no_certificate_are_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    for certificate in (wrong, tmp_path / "missing.pem"):
        with pytest.raises(ImproperlyConfigured, match="TLS_CERT="):
            tls.check_certificate(certificate, certificate)


def read_with(tmp_path: Path, **environment: str) -> str:
    """What the settings say of themselves, read by a process of its own."""
    result = subprocess.run(
        [sys.executable, "-c", "from conference.settings import *; print(PUBLIC_URL)"],
        env={"DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout or result.stderr


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "http://127.0.0.1:8000\n"),
        ({"TLS": "self-signed", "PORT": "8443"}, "https://127.0.0.1:8443\n"),
        ({"PUBLIC_URL": "https://meet.example.com"}, "needs TLS: set TRUSTED_PROXIES"),
        (
            {"PUBLIC_URL": "https://meet.example.com", "TRUSTED_PROXIES": "1"},
            "https://meet.example.com\n",
        ),
        (
            {"PUBLIC_URL": "http://meet.example.com", "TLS": "self-signed"},
            "must be https with TLS.",
        ),
        (
            {"TLS": "self-signed", "TLS_CERT": "/a", "TLS_KEY": "/b"},
            "Set TLS, or TLS_CERT and TLS_KEY, not both.",
        ),
    ],
)
def test_the_public_address_and_tls_fit_together(
    tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    assert says in read_with(tmp_path, **environment)


def test_a_proxy_is_believed_where_there_is_one(tmp_path: Path) -> None:
    public = "https://meet.example.com"
    host, secure = {"Host": "meet.example.com"}, {"X-Forwarded-Proto": "https"}
    with asgi_server(tmp_path, PUBLIC_URL=public, TRUSTED_PROXIES="1") as server:
        path = "/api/v1/rooms/"
        plain = httpx.get(f"{server.url}{path}", headers=host)
        assert plain.headers["Location"] == f"{public}{path}"
        assert httpx.get(f"{server.url}{path}", headers=host | secure).is_client_error
        assert httpx.get(f"{server.url}/healthz").status_code == 200
