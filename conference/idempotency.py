"""Requests that may be sent again: ``Idempotency-Key`` on POST.

The first request is carried out and its answer kept for a day; the same request with
the same key gets that answer. A request that was refused has changed nothing, so its
key is free again. Answers with secrets (``Cache-Control: no-store``) are not kept.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Invalid, Refused
from conference.keys import find_key
from conference.models import KeptAnswer, User

KEPT_FOR = timedelta(days=1)
# Whoever has carried out a request for so long has died over it.
ABANDONED_AFTER = timedelta(minutes=1)
KEY_LIMIT = 255  # characters, as in the model


class Mismatch(Refused):
    status = 422
    code = "idempotency_mismatch"


class IdempotencyMiddleware:
    """For all of REST; keys of who is not signed in are not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        is_asked_for = request.method == "POST" and request.path.startswith("/api/")
        caller = _caller(request) if is_asked_for and key is not None else None
        if caller is None or key is None:
            return self.get_response(request)
        try:
            kept = _begin(caller, key, _fingerprint(request))
        except Refused as error:
            return _refusal(error)
        if kept.status is not None:
            answer = HttpResponse(kept.body, "application/json", kept.status)
            answer["Idempotency-Replayed"] = "true"
            return answer
        return _finish(kept, self.get_response(request))


def forget_answers() -> None:
    """Remove those that are older than a day."""
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()


def _caller(request: HttpRequest) -> str | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        api_key = find_key(secret.strip())
        return f"key {api_key.pk}" if api_key else None
    return f"user {request.user.pk}" if isinstance(request.user, User) else None


def _fingerprint(request: HttpRequest) -> str:
    asked = request.get_full_path().encode() + b"\n" + request.body
    return hashlib.sha256(asked).hexdigest()


def _begin(caller: str, key: str, fingerprint: str) -> KeptAnswer:
    """The row of this key: a new one to carry out, or an answered one.

    Raises Invalid, Conflict or Mismatch.
    """
    if not (0 < len(key) <= KEY_LIMIT and key.isascii() and key.isprintable()):
        raise Invalid(
            _("An Idempotency-Key has 1 to %(limit)d printable ASCII characters.")
            % {"limit": KEY_LIMIT},
            code="idempotency_key",
        )
    now = timezone.now()
    own = KeptAnswer.objects.filter(caller=caller, key=key)
    own.filter(created_at__lt=now - KEPT_FOR).delete()
    own.filter(created_at__lt=now - ABANDONED_AFTER, status=None).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                caller=caller, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        return _known(own.filter(fingerprint=fingerprint).first())


def _known(kept: KeptAnswer | None) -> KeptAnswer:
    if kept is None:
        raise Mismatch(_("This Idempotency-Key was used for another request."))
    if kept.status is None:
        raise Conflict(
            _("A request with this Idempotency-Key is under way."),
            code="idempotency_busy",
        )
    return kept


def _finish(kept: KeptAnswer, answer: HttpResponse) -> HttpResponse:
    is_done = 200 <= answer.status_code < 300
    if is_done and "no-store" not in answer.get("Cache-Control", ""):
        kept.status = answer.status_code
        kept.body = answer.content.decode()
        kept.save(update_fields=["status", "body"])
    else:
        kept.delete()
    return answer


def _refusal(error: Refused) -> HttpResponse:
    about = {"code": error.code, "detail": error.detail, "attr": None}
    return JsonResponse(
        {"type": "client_error", "errors": [about]}, status=error.status
    )
