"""Addresses in settings: what they mean, and what is told of wrong ones."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from conference import databases, env, mailing, network
from conference.mailing import MailServer

DatabaseParts = dict[str, Any]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://Meet.Example.com", "https://meet.example.com"),
        ("https://meet.example.com/", "https://meet.example.com"),
        ("https://meet.example.com:443", "https://meet.example.com"),
        ("http://meet.example.com:443", "http://meet.example.com:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(
    monkeypatch: pytest.MonkeyPatch, given: str, read: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", given)
    assert env.origin("PUBLIC_URL", "http://localhost") == read


@pytest.mark.parametrize(
    "given",
    [
        "meet.example.com",
        "ftp://meet.example.com",
        "https://",
        "https://meet.example.com/conference",
        "https://meet.example.com?x=1",
        "https://alice@meet.example.com",
        "https://meet.example.com:port",
        "https://meet.example.com:99999",
        "https://*.example.com",
        "https://[::1",
    ],
)
def test_what_is_no_origin_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", given)
    with pytest.raises(ImproperlyConfigured, match=r"PUBLIC_URL=.* must be an address"):
        env.origin("PUBLIC_URL", "http://localhost")


def test_settings_that_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.all_or_none("TLS_CERT", "TLS_KEY") == ("", "")
    monkeypatch.setenv("TLS_CERT", "/cert.pem")
    with pytest.raises(ImproperlyConfigured, match="Set all of TLS_CERT, TLS_KEY, or"):
        env.all_or_none("TLS_CERT", "TLS_KEY")


@pytest.mark.parametrize("given", ["conference", "Conference <meet>", ""])
def test_what_is_no_sender_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("DEFAULT_FROM_EMAIL", given)
    with pytest.raises(ImproperlyConfigured, match="must be like"):
        env.sender("DEFAULT_FROM_EMAIL", "")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (
            "postgres://meet:p%40ss@db.example.com:5433/rooms",
            {
                "NAME": "rooms",
                "USER": "meet",
                "PASSWORD": "p@ss",
                "HOST": "db.example.com",
                "PORT": "5433",
            },
        ),
        (
            "postgresql:///rooms?host=/run/postgresql&sslmode=disable&pool=5",
            {"NAME": "rooms", "USER": "", "HOST": "/run/postgresql", "PORT": ""},
        ),
        ("sqlite:///data/my%20rooms.sqlite3", {"NAME": "/data/my rooms.sqlite3"}),
    ],
)
def test_a_database_address(given: str, read: DatabaseParts) -> None:
    found = databases.read(given)
    assert {name: found[name] for name in read} == read


def test_options_of_postgresql() -> None:
    options = databases.read("postgres://db/rooms?sslmode=require&pool=5")["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["pool"]["max_size"] == 5


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("mysql://meet:secret@db/rooms", "must be sqlite:///"),
        ("sqlite://rooms.sqlite3", "must be sqlite:///"),
        ("sqlite:///", "must be sqlite:///"),
        ("sqlite:///rooms.sqlite3?mode=ro", "no option 'mode'"),
        ("postgres://meet:secret@db", "must name a database"),
        ("postgres://meet:secret@db:port/rooms", "must be sqlite:///"),
        ("postgres://meet:secret@db/rooms?sslmod=require", "no option 'sslmod'"),
        ("postgres://meet:secret@db/rooms?pool=many", "pool='many' must be"),
    ],
)
def test_a_wrong_database_address_is_told_without_its_password(
    given: str, sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        databases.read(given)
    assert sentence in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("smtp://localhost", MailServer(host="localhost", port=25)),
        (
            "smtp+starttls://meet%40example.com:p%2Fss@mail.example.com",
            MailServer(
                host="mail.example.com",
                port=587,
                user="meet@example.com",
                password="p/ss",
                starttls=True,
            ),
        ),
        (
            "smtps://mail.example.com:4650",
            MailServer(host="mail.example.com", port=4650, tls=True),
        ),
    ],
)
def test_a_mail_address(given: str, read: MailServer) -> None:
    assert mailing.read(given) == read


@pytest.mark.parametrize(
    "given",
    ["smtp://", "imap://u:secret@mail", "smtp://u:secret@mail:x", "smtp://mail/box"],
)
def test_a_wrong_mail_address_is_told_without_its_password(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be") as caught:
        mailing.read(given)
    assert "secret" not in str(caught.value)


def test_who_listens_everywhere_goes_by_the_machines_names() -> None:
    assert network.own_names("127.0.0.1") == ["localhost", "127.0.0.1", "::1"]
    everywhere = network.own_names("::")
    assert set(network.lan_addresses()) <= set(everywhere)
    assert len(everywhere) > 3
