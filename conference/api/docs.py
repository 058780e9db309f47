"""``/api/v1/docs/``: the schema as a page for people. Rendered here, so it needs no
script, and obeys the same policy as every page."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"resources": resources()})


@cache
def resources() -> dict[str, list[Schema]]:
    """The calls of each resource, in the order of their addresses."""
    generator: Any = SchemaGenerator  # it has no types
    schema: Schema = generator().get_schema(public=True)
    components = schema["components"]["schemas"]
    found: dict[str, list[Schema]] = {}
    for path, calls in schema["paths"].items():
        for method, call in calls.items():
            found.setdefault(call["tags"][0], []).append(
                {
                    "id": call["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "about": call.get("description", ""),
                    "parameters": [_parameter(p) for p in call.get("parameters", ())],
                    "fields": _fields(_content(call.get("requestBody")), components),
                    "answers": [
                        (status, words(_content(answer)))
                        for status, answer in call["responses"].items()
                        if status.startswith("2")
                    ],
                    "result": _result(call, components),
                }
            )
    return found


def words(schema: Schema) -> str:
    """What a value is, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for part in ("allOf", "oneOf"):
        if part in schema:
            return " / ".join(words(one) for one in schema[part])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{words(schema['items'])}]"
    return str(schema.get("format") or schema.get("type") or "")


def _parameter(parameter: Schema) -> Schema:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": words(parameter["schema"]),
        "required": parameter.get("required", False),
        "about": parameter.get("description", ""),
    }


def _content(body: Schema | None) -> Schema:
    """The schema of a request's or an answer's first kind of content."""
    kinds: dict[str, Schema] = (body or {}).get("content", {})
    schema: Schema = next(iter(kinds.values()), {}).get("schema", {})
    return schema


def _result(call: Schema, components: Schema) -> list[Schema]:
    answers = [a for status, a in call["responses"].items() if status.startswith("2")]
    return _fields(_content(answers[0]), components) if answers else []


def _fields(schema: Schema, components: Schema) -> list[Schema]:
    """The fields of an object; of a page of a list, those of its members."""
    component = components.get(words(schema), schema)
    properties = component.get("properties", {})
    if "results" in properties:
        return _fields(properties["results"]["items"], components)
    return [
        {
            "name": name,
            "type": _enum(field, components),
            "required": name in component.get("required", ()),
            "about": field.get("description", ""),
        }
        for name, field in properties.items()
    ]


def _enum(field: Schema, components: Schema) -> str:
    """Choices are said where they are used."""
    named = words(field)
    component = components.get(named, {})
    return words(component) if "enum" in component else named
