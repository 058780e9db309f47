"""/api/v1/docs/: every call of the schema, on a page without script."""

import re

from django.test import Client

from conference.api.docs import words


def test_every_call_is_on_the_page(db: None) -> None:
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    schema = Client().get("/api/v1/schema/?format=json").json()
    for path, calls in schema["paths"].items():
        assert path in text
        for call in calls.values():
            assert f'id="{call["operationId"]}"' in text
    assert "Scope of API keys: `rooms:write`" in text


def test_it_needs_no_inline_script_or_style(db: None) -> None:
    text = Client().get("/api/v1/docs/").content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|https?://", text)


def test_types_in_words() -> None:
    room = {"$ref": "#/components/schemas/Room"}
    assert words(room) == "Room"
    assert words({"type": "array", "items": room}) == "[Room]"
    assert words({"enum": ["a", "b"]}) == "a | b"
    assert words({"type": "string", "format": "date-time"}) == "date-time"
    assert words({"allOf": [room], "readOnly": True}) == "Room"
    assert words({"oneOf": [room, {"type": "string"}]}) == "Room / string"
