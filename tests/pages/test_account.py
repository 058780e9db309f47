"""Signing up, in and out, and a new password, in the product's words."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from conference.models import User
from tests.pages.conftest import SignedIn


def test_sign_in(client: Client, alice: User) -> None:
    page = client.get(reverse("account_login")).text
    assert ">Email</label>" in page
    assert ">Password</label>" in page
    assert "Sign in</button>" in page
    answer = client.post(
        reverse("account_login"), {"login": alice.email, "password": "secret"}
    )
    assert answer.headers["Location"] == "/"


def test_wrong_password_is_told_and_signs_nobody_in(
    client: Client, alice: User
) -> None:
    answer = client.post(
        reverse("account_login"), {"login": alice.email, "password": "wrong"}
    )
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "_auth_user_id" not in client.session


def test_sign_up_signs_in(client: Client, db: None) -> None:
    answer = client.post(
        reverse("account_signup"),
        {"email": "dora@example.com", "password1": "a-long-enough-one"},
    )
    assert answer.headers["Location"] == "/"
    assert User.objects.filter(email="dora@example.com").exists()
    assert "New meeting" in client.get("/").text


def test_weak_password_is_refused_with_the_reason(client: Client, db: None) -> None:
    answer = client.post(
        reverse("account_signup"), {"email": "dora@example.com", "password1": "123"}
    )
    assert "too short" in answer.text
    assert not User.objects.exists()


def test_sign_out(alice: User, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    assert client.post(reverse("account_logout")).headers["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_new_password_by_mail(client: Client, alice: User) -> None:
    client.post(reverse("account_reset_password"), {"email": alice.email})
    [message] = mail.outbox
    link = next(word for word in message.body.split() if "/accounts/" in word)
    form = client.get(link, follow=True)
    answer = client.post(
        form.request["PATH_INFO"],
        {"password1": "another-long-one", "password2": "another-long-one"},
    )
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("another-long-one")


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
    ],
)
def test_pages_are_in_our_look(client: Client, db: None, name: str) -> None:
    assert "css/tokens.css" in client.get(reverse(name)).text


@pytest.mark.parametrize(
    "name", ["account_logout", "account_change_password", "account_email"]
)
def test_own_pages_are_in_our_look(alice: User, signed_in: SignedIn, name: str) -> None:
    page = signed_in(alice).get(reverse(name))
    assert page.status_code == 200
    assert "css/tokens.css" in page.text
