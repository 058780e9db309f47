"""The one error envelope: type, and errors with code, detail and attr."""

from typing import Any

from django.utils.translation import gettext as _
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from conference.database_errors import AWAY, database_away
from conference.errors import NotFound, Refused, SignInNeeded, TooMany, Unavailable


class ErrorEnvelope(ExceptionHandler):
    """Lets rules refuse over REST as they do elsewhere."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, AWAY):
            exc = database_away(exc)
        if isinstance(exc, Refused):
            return _as_api_exception(exc)
        known: Exception = super().convert_known_exceptions(exc)
        return known


class _Refusal(exceptions.APIException):
    def __init__(self, error: Refused) -> None:
        super().__init__(detail=error.detail, code=error.code)
        self.status_code = error.status
        if isinstance(error, (TooMany, Unavailable)):
            self.wait = error.retry_after_seconds
        if isinstance(error, SignInNeeded):
            self.auth_header = "Session"


def _as_api_exception(error: Refused) -> exceptions.APIException:
    if error.status != 400:
        return _Refusal(error)
    detail = exceptions.ErrorDetail(error.detail, error.code)
    return exceptions.ValidationError(
        {error.field: [detail]} if error.field else detail
    )


class NoSuchResource(APIView):
    """What is not an address of the API is answered in its envelope, too."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("There is nothing at this address."))
