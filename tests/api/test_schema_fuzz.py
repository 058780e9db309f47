"""Whatever is asked, by whomever: no 500, and no answer outside the schema.

schemathesis makes requests from the schema, good and bad ones, half of them about
things that exist. Each is undone before the next.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conference.keys import create_key
from conference.models import User
from recordings.models import Export, ExportState, Recording
from rooms.models import Member, Room
from tests.rooms.meetings import scheduled
from tests.rooms.people import seat

EXAMPLES = 3  # an operation, person and kind of request
CSRF = "a" * 32
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Known = dict[str, str]  # beginning of a path -> the id of what exists there


@pytest.fixture
def known(room: Room, recording: Recording, alice: User) -> Known:
    export = Export.objects.create(
        recording=recording, format="mp4", state=ExportState.FAILED
    )
    key, _secret = create_key(alice, name="A key", scopes=["rooms:read"])
    participant = seat(room, name="Grace")
    return {
        "/api/v1/exports/": str(export.pk),
        "/api/v1/keys/": str(key.pk),
        "/api/v1/meetings/": str(scheduled(room, alice).pk),
        "/api/v1/recordings/": str(recording.pk),
        "/api/v1/rooms/{slug}/members/": str(Member.objects.get().pk),
        "/api/v1/rooms/{slug}/participants/": str(participant.pk),
        "/api/v1/sessions/": str(recording.session_id),
    }


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for scope in SimpleRateThrottle.THROTTLE_RATES:
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, "1000000/min")


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Django's own test client does so: the test's transaction is the requests'."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", ["alice", "charlie", None])
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_every_answer_is_in_the_schema(
    who: str | None,
    mode: schemathesis.GenerationMode,
    known: Known,
    room: Room,
    request: pytest.FixtureRequest,
) -> None:
    cookies = cookies_of(request.getfixturevalue(who)) if who else {}
    for operation in operations():
        exists = {"slug": room.slug} if "{slug}" in operation.path else {}
        exists |= id_in(operation.path, known)
        cases = st.one_of(
            operation.as_strategy(mode),
            operation.as_strategy(mode, path_parameters=exists),
        )
        answer_all(cases, cookies)


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", get_wsgi_application()
    )
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def answer_all(cases: st.SearchStrategy[Any], cookies: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def answer(case: Any) -> None:
        # Who asks is ours to say.
        case.headers.pop("Authorization", None)
        case.cookies.clear()
        with transaction.atomic():
            response = case.call(headers={"X-CSRFToken": CSRF}, cookies=cookies)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    answer()


def id_in(path: str, known: Known) -> dict[str, str]:
    starts = [start for start in known if path.startswith(f"{start}{{id}}/")]
    return {"id": known[starts[0]]} if starts else {}


def cookies_of(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
