"""Stream keys as they are kept: encrypted by a key made from SECRET_KEY (Fernet)."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

HINT_FROM = 12  # letters; of a shorter key nothing is shown
HINT_LETTERS = 4


class KeyLost(ValueError):
    """It was encrypted under another SECRET_KEY."""


def seal(key: str) -> bytes:
    return _fernet().encrypt(key.encode())


def unseal(secret: bytes) -> str:
    """Raises KeyLost."""
    try:
        return _fernet().decrypt(secret).decode()
    except InvalidToken as error:
        raise KeyLost from error


def hint_of(key: str) -> str:
    return key[-HINT_LETTERS:] if len(key) >= HINT_FROM else ""


def _fernet() -> Fernet:
    material = f"live targets:{settings.SECRET_KEY}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(material).digest()))
