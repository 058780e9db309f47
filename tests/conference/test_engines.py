"""REDIS_URL: what it means, and what is told of wrong ones."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from conference import engines


def test_all_that_processes_share_is_in_redis() -> None:
    url = "rediss://meet:secret@redis.example.com:6380/3"
    found = engines.in_redis(url)
    assert found.broker_url == found.stream_log == found.cache["LOCATION"] == url
    [host] = found.channel_layer["CONFIG"]["hosts"]
    assert host["address"] == url
    assert found.broker_ssl
    assert engines.in_redis("redis://redis.example.com").broker_ssl is None


def test_published_messages_stay_with_their_database() -> None:
    prefixes = {
        engines.in_redis(f"redis://localhost/{database}").channel_layer["CONFIG"][
            "prefix"
        ]
        for database in ("", "0", "1")
    }
    assert len(prefixes) == 2


@pytest.mark.parametrize(
    "given",
    [
        "localhost:6379",
        "unix:///run/redis.sock",
        "redis://",
        "redis://u:secret@redis:port",
        "redis://u:secret@redis/rooms",
        "redis://u:secret@redis/0?socket_timeout=1",
    ],
)
def test_a_wrong_address_is_told_without_its_password(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be") as caught:
        engines.in_redis(given)
    assert "secret" not in str(caught.value)
