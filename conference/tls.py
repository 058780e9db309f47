"""TLS without a proxy: checks a certificate, or makes one.

A self-signed certificate is for trying the product across a LAN, since browsers give
cameras to secure pages only; they warn before they open the site.
"""

import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.exceptions import ImproperlyConfigured

# Safari takes no certificate that is valid for longer.
VALID_DAYS = 397
RENEW_DAYS = 30


def check_certificate(certificate: Path, key: Path) -> None:
    """Raises ImproperlyConfigured where a server could not use them."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate, key
        )
    except (OSError, ssl.SSLError) as error:
        raise ImproperlyConfigured(
            f"TLS_CERT={str(certificate)!r} and TLS_KEY={str(key)!r}: {error}."
        ) from error


def ensure_self_signed(certificate: Path, key: Path, names: list[str]) -> None:
    """Make both files, unless they are there and good for all names."""
    if _is_good(certificate, key, names):
        return
    certificate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(key, pem)
    _write(certificate, _sign(private, names).public_bytes(Encoding.PEM))


def _is_good(certificate: Path, key: Path, names: list[str]) -> bool:
    if not certificate.exists() or not key.exists():
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_fresh = found.not_valid_after_utc - datetime.now(UTC) > timedelta(
        days=RENEW_DAYS
    )
    return is_fresh and set(_alternatives(names)) <= set(held)


def _sign(private: ec.EllipticCurvePrivateKey, names: list[str]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Conference")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=VALID_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(private, SHA256())
    )


def _alternatives(names: list[str]) -> list[x509.GeneralName]:
    alternatives: list[x509.GeneralName] = []
    for name in names:
        try:
            alternatives.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            alternatives.append(x509.DNSName(name))
    return alternatives


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for nobody else to read."""
    unfinished = path.with_suffix(".part")
    with os.fdopen(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
    ) as file:
        file.write(content)
    unfinished.replace(path)
