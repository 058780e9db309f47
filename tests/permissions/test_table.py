"""Every REST call and every page answers everybody as the table says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conference.models import User
from tests.permissions.conftest import World
from tests.permissions.table import PAGES, REST

API = "api/v1/"
# The admin is for staff (below); signing in is allauth's, and tested with it.
ELSEWHERE = ("admin/", "accounts/", "^api/")


def routes(patterns: Any, start: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not route.startswith(ELSEWHERE):
            yield route


def methods(route: str) -> tuple[str, ...]:
    return (
        ("GET", "POST", "PATCH", "DELETE")
        if route.startswith(API)
        else (
            "GET",
            "POST",
        )
    )


def ask(client: Client, method: str, address: str) -> HttpResponseBase:
    """What was done is undone at once: the next asks about the same."""
    is_rest = address.startswith(f"/{API}")
    with transaction.atomic():
        answer = client.generic(
            method,
            address,
            "{}" if is_rest else "",
            "application/json" if is_rest else "application/x-www-form-urlencoded",
        )
        transaction.set_rollback(True)
    return answer


def mark_of(answer: HttpResponseBase) -> str:
    if answer.headers.get("Location", "").startswith("/accounts/login/"):
        return "1"
    return {401: "1", 403: "3", 404: "4"}.get(answer.status_code, "+")


def marks(world: World, call: str, start: str = "") -> str:
    method, _space, route = call.partition(" ")
    address = world.address(start + route)
    return "".join(mark_of(ask(client, method, address)) for client in world.clients)


def test_rest_calls(world: World) -> None:
    assert {call: marks(world, call, API) for call in REST} == REST


def test_pages(world: World) -> None:
    assert {call: marks(world, call) for call in PAGES} == PAGES


def test_what_is_not_in_the_table_is_not_there(world: World) -> None:
    """Any other method of any address is 405, or the table lacks it."""
    listed = set(PAGES) | {call.replace(" ", f" {API}", 1) for call in REST}
    missing = [
        f"{method} {route}"
        for route in routes(get_resolver().url_patterns)
        for method in methods(route)
        if f"{method} {route}" not in listed
        and ask(world.clients[0], method, world.address(route)).status_code != 405
    ]
    assert not missing


def test_every_call_in_the_table_exists() -> None:
    known = set(routes(get_resolver().url_patterns))
    listed = [call.partition(" ")[2] for call in PAGES]
    listed += [API + call.partition(" ")[2] for call in REST]
    assert set(listed) <= known


@pytest.mark.parametrize("is_staff", [True, False])
def test_the_admin_is_for_staff(world: World, alice: User, is_staff: bool) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=is_staff)
    answers = [client.get("/admin/").status_code for client in world.clients]
    assert answers == [200 if is_staff else 302, 302, 302, 302, 302]
