"""``/keys/`` and ``/keys/{id}/``: one's own API keys; not for keys themselves."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from conference.api.authentication import SiteSession, caller
from conference.keys import create_key, own_key, revoke_key
from conference.models import ApiKey, Scope


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False
    )

    class Meta:
        model = ApiKey
        fields = (
            "id",
            "name",
            "prefix",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )
        read_only_fields = ("id", "prefix", "created_at", "last_used_at", "revoked_at")


class NewKeySerializer(KeySerializer):
    """With the secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(KeySerializer.Meta):
        fields = (  # type: ignore[assignment]
            *KeySerializer.Meta.fields,
            "secret",
        )


class KeyList(ListCreateAPIView[ApiKey]):
    authentication_classes = (SiteSession,)
    serializer_class = KeySerializer
    queryset = ApiKey.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(user=caller(self.request))

    @extend_schema(request=KeySerializer, responses={201: NewKeySerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The answer has the secret; nobody can read it again."""
        form = KeySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        key, secret = create_key(caller(request), **form.validated_data)
        data = KeySerializer(key).data | {"secret": secret}
        return Response(data, status=201, headers={"Cache-Control": "no-store"})


class KeyDetail(RetrieveDestroyAPIView[ApiKey]):
    """``DELETE`` revokes: the key opens nothing from then on, and stays listed."""

    authentication_classes = (SiteSession,)
    serializer_class = KeySerializer

    def get_object(self) -> ApiKey:
        return own_key(caller(self.request), self.kwargs["pk"])

    def perform_destroy(self, instance: ApiKey) -> None:
        revoke_key(instance)
