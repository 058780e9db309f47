"""Signing in by OpenID Connect, against a real service in this process."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from conference.models import User

pytestmark = pytest.mark.django_db

CLIENT_ID, CLIENT_SECRET = "conference", "a secret between two servers"
Claims = dict[str, Any]


class Service(ThreadingHTTPServer):
    """Lets everybody in, as whoever ``claims`` says."""

    claims: Claims

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.codes: dict[str, str] = {}
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"

    def configuration(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the person is sent back to."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked["redirect_uri"]
        query = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{query}"

    def token(self, asked: dict[str, str]) -> Claims:
        assert asked["client_secret"] == CLIENT_SECRET
        assert asked["redirect_uri"] == self.codes.pop(asked["code"])
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            **self.claims,
        }
        return {
            "access_token": "token",
            "token_type": "Bearer",
            "id_token": jwt.encode(claims, CLIENT_SECRET * 2),
        }


class Answers(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.authorize(dict(parse_qsl(query))))
            self.end_headers()
            return
        answers = {
            "/.well-known/openid-configuration": self.server.configuration(),
            "/userinfo": self.server.claims,
        }
        self.answer(answers[path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(self.server.token(dict(parse_qsl(body))))

    def answer(self, content: Claims) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: failures are the tests' to tell."""


@contextmanager
def running() -> Iterator[Service]:
    with Service() as service:
        thread = Thread(target=service.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    with running() as service:
        service.claims = {
            "sub": "42",
            "email": "Alice@Example.com",
            "email_verified": True,
            "name": "Alice Liddell",
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
            | {"APPS": [app_of(service.issuer)]}
        }
        yield service


def app_of(issuer: str) -> Claims:
    return {
        "provider_id": "oidc",
        "name": "Wonderland",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": issuer},
    }


def sign_in(client: Client) -> None:
    """As the button does, and the redirects after it."""
    start = reverse("openid_connect_login", args=["oidc"])
    away = client.post(start)
    assert away.status_code == 302, away.content
    back = httpx.get(away["Location"]).headers["Location"]
    target = urlsplit(back)
    query = {name: value for name, [value] in parse_qs(target.query).items()}
    client.get(target.path, query)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_sign_in_page_offers_the_service(client: Client, service: Service) -> None:
    assert "Sign in with Wonderland" in client.get(reverse("account_login")).text


def test_without_the_settings_there_is_no_button(client: Client) -> None:
    assert "Sign in with" not in client.get(reverse("account_login")).text


def test_the_first_sign_in_makes_an_account(client: Client, service: Service) -> None:
    sign_in(client)
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.name) == ("alice@example.com", "Alice Liddell")
    assert not user.has_usable_password()


def test_the_second_one_finds_it(service: Service) -> None:
    sign_in(Client())
    later = Client()
    sign_in(later)
    assert is_signed_in(later)
    assert User.objects.count() == 1


def test_a_verified_address_opens_the_account_that_has_it(
    client: Client, service: Service
) -> None:
    alice = User.objects.create_user("alice@example.com", "set by who knows whom")
    sign_in(client)
    assert client.session["_auth_user_id"] == str(alice.pk)
    # Nobody had shown that the address was theirs: that password is void now.
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_an_address_that_is_not_verified_opens_nothing(
    client: Client, service: Service
) -> None:
    User.objects.create_user("alice@example.com", "secret")
    service.claims["email_verified"] = False
    sign_in(client)
    assert not is_signed_in(client)
    assert User.objects.count() == 1
