"""How the schema describes what all calls have in common: errors, and scopes."""

from collections.abc import Callable
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from conference.api.scopes import scope_of
from conference.idempotency import KEY_LIMIT

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Sent again within a day, the request gets the answer of the first.",
)


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    attr = serializers.CharField(allow_null=True, help_text="The field it is about.")


class ErrorsSerializer(serializers.Serializer[Any]):
    """The one envelope of all errors."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]  # a field of ours


class Schema(AutoSchema):
    """Adds to each operation the errors that it may answer with, and its scope."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        describe: Callable[[object, str], Any] = self._get_response_for_code
        for status in self._error_statuses():
            bodies.setdefault(status, describe(ErrorsSerializer, status))
        return dict(sorted(bodies.items()))

    def _error_statuses(self) -> list[str]:
        statuses = ["400", "401", "403", "406", "429"]
        has_body = self.method in ("POST", "PATCH", "PUT")
        if "{" in self.path or self._is_list_view():
            statuses.append("404")
        if self.method != "GET":
            statuses.append("409")
        if has_body:
            statuses.append("415")
        if self.method == "POST":
            statuses.append("422")
        return statuses

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def get_description(self) -> str:  # type: ignore[override]  # as in AutoSchema
        description: str = super().get_description()
        scope = scope_of(self.method, self.path)
        about = f"Scope of API keys: `{scope}`." if scope else "Closed to API keys."
        return f"{description}\n\n{about}".strip()
