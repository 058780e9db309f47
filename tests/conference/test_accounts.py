"""Accounts: sign up, sign in, sign out."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conference.models import User

PASSWORD = "a-long-passphrase"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def sign_up(client: Client, **form: str) -> int:
    form = {"email": "alice@example.com", "password1": PASSWORD} | form
    return client.post(reverse("account_signup"), form).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("form", "name"), [({"name": " Alice "}, "Alice"), ({}, "alice")]
)
def test_signing_up_signs_in(client: Client, form: dict[str, str], name: str) -> None:
    assert sign_up(client, **form) == 302
    user = User.objects.get()
    assert (user.email, user.get_full_name()) == ("alice@example.com", name)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "form",
    [
        {"email": "nobody"},
        {"password1": "short"},
        {"password1": "12345678901"},
        {"name": "x" * 101},
    ],
)
def test_a_bad_form_makes_no_account(client: Client, form: dict[str, str]) -> None:
    assert sign_up(client, **form) == 200
    assert not User.objects.exists()


def test_an_address_has_one_account_in_any_case(client: Client) -> None:
    User.objects.create_user("Alice@Example.com", PASSWORD)
    sign_up(client, email="alice@example.COM")
    assert User.objects.count() == 1


def test_signing_in_and_out(client: Client) -> None:
    User.objects.create_user("alice@example.com", PASSWORD)
    form = {"login": "Alice@example.com", "password": PASSWORD}
    wrong = form | {"password": "wrong"}
    assert client.post(reverse("account_login"), wrong).status_code == 200
    assert not is_signed_in(client)
    assert client.post(reverse("account_login"), form).status_code == 302
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)
