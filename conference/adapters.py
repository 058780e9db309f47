"""Where allauth's ways are not ours: links in mails, names from sign-in services."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest

from conference.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Links in mails begin with PUBLIC_URL, whatever host a request asked for."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        return _public(super().get_email_confirmation_url(request, emailconfirmation))


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Our users have one name, as OpenID's claim ``name``."""
        user: User = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
        limit = User._meta.get_field("name").max_length
        user.name = (data.get("name") or "")[:limit]
        return user


def _public(url: str) -> str:
    return f"{settings.PUBLIC_URL}{urlsplit(url).path}"
