"""API keys: made and shown once, found by their secret, revoked."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Invalid, NotFound
from conference.models import ApiKey, Scope, User
from rooms.rules.text import clean_name

SECRET_START = "conf_"  # noqa: S105  tells scanners of leaked secrets whose it is
SECRET_BYTES = 32
PREFIX_LETTERS = len(SECRET_START) + 6
KEYS_LIMIT = 50  # usable ones of one user
USED_WITHIN = timedelta(minutes=1)


def create_key(
    user: User,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The key and its secret, which nobody can read again.

    Raises Invalid or Conflict.
    """
    name = clean_name(name)
    unknown = set(scopes).difference(Scope.values)
    if unknown or not scopes:
        raise Invalid(
            _("Choose from these scopes: %(scopes)s.")
            % {"scopes": ", ".join(Scope.values)},
            field="scopes",
        )
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(_("A key cannot have expired already."), field="expires_at")
    if ApiKey.objects.usable().filter(user=user).count() >= KEYS_LIMIT:
        raise Conflict(
            _("You have %(limit)d keys; revoke one first.") % {"limit": KEYS_LIMIT},
            code="too_many_keys",
        )
    secret = SECRET_START + secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[:PREFIX_LETTERS],
        digest=_digest(secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=expires_at,
    )
    return key, secret


def own_key(user: User, key_id: UUID | str) -> ApiKey:
    """Raises NotFound for a key that is not this user's."""
    key = ApiKey.objects.filter(pk=key_id, user=user).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key


def revoke_key(key: ApiKey) -> None:
    """From now on it opens nothing; revoking it again changes nothing."""
    live = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
    live.update(revoked_at=timezone.now())
    key.refresh_from_db()


def find_key(secret: str) -> ApiKey | None:
    """The usable key with this secret, with its user; remembers that it was used."""
    key = (
        ApiKey.objects.usable()
        .select_related("user")
        .filter(digest=_digest(secret))
        .first()
    )
    if key is not None:
        _note_use(key, timezone.now())
    return key


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or key.last_used_at < now - USED_WITHIN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
