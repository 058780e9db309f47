"""Links in mails lead to the public address, whatever a request asked for."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from conference.models import User

pytestmark = pytest.mark.django_db

PUBLIC = "https://meet.example.com"


@pytest.fixture(autouse=True)
def public(settings: Settings) -> None:
    settings.PUBLIC_URL = PUBLIC


def links() -> list[str]:
    [message] = mail.outbox
    return re.findall(r"https?://\S+", str(message.body))


def test_a_new_password_is_set_by_a_link_in_a_mail(client: Client) -> None:
    alice = User.objects.create_user("alice@example.com", "forgotten")
    address = reverse("account_reset_password")
    client.post(address, {"email": "Alice@example.com"}, headers={"host": "localhost"})
    [link] = links()
    assert link.startswith(f"{PUBLIC}/accounts/password/reset/key/")

    form = client.get(link.removeprefix(PUBLIC), follow=True).redirect_chain[-1][0]
    new = "correct horse battery staple"
    client.post(form, {"password1": new, "password2": new})
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_a_new_address_is_confirmed_by_a_link_in_a_mail(client: Client) -> None:
    password = "correct horse battery staple"
    form = {"email": "bob@example.com", "password1": password, "name": "Bob"}
    client.post(reverse("account_signup"), form, headers={"host": "localhost"})
    [link] = links()
    assert link.startswith(f"{PUBLIC}/accounts/confirm-email/")
    client.post(link.removeprefix(PUBLIC))
    assert EmailAddress.objects.get(email="bob@example.com").verified
