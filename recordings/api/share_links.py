"""``/recordings/{id}/share-links/`` and ``/share-links/{id}/``."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers, status
from rest_framework.generics import ListCreateAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from recordings.access import access_recording, access_share_link
from recordings.models import ShareLink
from recordings.rules import make_share_link, revoke_share_link
from recordings.rules.shares import DAYS_LIMIT, PASSWORD_LIMIT
from rooms.access import Action


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    days = serializers.IntegerField(
        min_value=1,
        max_value=DAYS_LIMIT,
        write_only=True,
        help_text="It works so long.",
    )
    password = serializers.CharField(
        max_length=PASSWORD_LIMIT,
        write_only=True,
        required=False,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text="Asked for by the page, if given.",
    )
    has_password = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField()

    class Meta:
        model = ShareLink
        fields = (
            "id",
            "recording",
            "days",
            "password",
            "path",
            "has_password",
            "created_at",
            "expires_at",
            "revoked_at",
            "opened",
            "opened_at",
        )
        read_only_fields = (
            "id",
            "recording",
            "created_at",
            "expires_at",
            "revoked_at",
            "opened",
            "opened_at",
        )

    def get_has_password(self, link: ShareLink) -> bool:
        return bool(link.password)

    def get_path(self, link: ShareLink) -> str:
        """Of the page on this site."""
        return reverse("shared", args=[link.token])

    def create(self, validated_data: dict[str, Any]) -> ShareLink:
        return make_share_link(**validated_data)


class RecordingShareLinks(ListCreateAPIView[ShareLink]):
    """Whoever has the address of one may see the recording for some time."""

    serializer_class = ShareLinkSerializer
    queryset = ShareLink.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[ShareLink]:
        recording, _access = access_recording(
            self.kwargs["pk"], self.request.user, Action.CURATE
        )
        return ShareLink.objects.filter(recording=recording)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        recording, access = access_recording(kwargs["pk"], request.user, Action.CURATE)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        form.save(access=access, recording=recording)
        return Response(form.data, status=status.HTTP_201_CREATED)


class ShareLinkDetail(RetrieveDestroyAPIView[ShareLink]):
    """Deleting one revokes it at once."""

    serializer_class = ShareLinkSerializer

    def get_object(self) -> ShareLink:
        link, self.access = access_share_link(
            self.kwargs["pk"], self.request.user, Action.CURATE
        )
        return link

    def perform_destroy(self, instance: ShareLink) -> None:
        revoke_share_link(self.access, instance)
