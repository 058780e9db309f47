"""REST clients of the named people."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from conference.models import User

ClientOf = Callable[[User | None], APIClient]


@pytest.fixture
def client_of() -> ClientOf:
    def sign_in(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def fresh_throttles() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
