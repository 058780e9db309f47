"""How mails leave: EMAIL_URL as Django's mail settings."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
FORMS = "console:// or smtp://, smtp+starttls:// or smtps://user:password@host:port"
BACKENDS = "django.core.mail.backends"


@dataclass(frozen=True, slots=True)
class MailServer:
    backend: str = f"{BACKENDS}.smtp.EmailBackend"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False  # from the first byte


def read(url: str) -> MailServer:
    """Raises ImproperlyConfigured, never with the URL, which may hold a password."""
    if url == "console://":
        return MailServer(backend=f"{BACKENDS}.console.EmailBackend")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL must be {FORMS}: {error}.") from None
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in SMTP_PORTS or not parts.hostname or not is_bare:
        raise ImproperlyConfigured(f"EMAIL_URL must be {FORMS}.")
    return MailServer(
        host=parts.hostname,
        port=port or SMTP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+starttls",
        tls=parts.scheme == "smtps",
    )
