"""Imports point one way (docs/architecture.md, invariant 7)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DJANGO = ("django", "channels", "rest_framework", "celery", "asgiref")
PAGES = ("rooms.api", "rooms.views", "recordings.api", "recordings.views")
LAYERS = ("conference", "rooms", "recordings")

# What a module or package imports nothing of, the longest name deciding.
FORBIDDEN = {
    "conference.env": LAYERS,
    "conference.network": (*LAYERS, *DJANGO),
    "conference.guard": (*LAYERS, *DJANGO),
    "conference.supervisor": ("rooms", "recordings", *DJANGO),
    "rooms": ("recordings", *PAGES),
    "rooms.api": ("recordings", "rooms.live", "rooms.views"),
    "rooms.models": ("recordings", "rooms.rules", "rooms.live", "rooms.streams"),
    "rooms.calendar": (*LAYERS, *DJANGO),
    "rooms.recurrence": (*LAYERS, *DJANGO),
    "rooms.repeat": (*LAYERS, *DJANGO),
    "rooms.rules": ("recordings", "rooms.live", *PAGES),
    "rooms.streams": (*LAYERS, *DJANGO),
    "rooms.state": (*LAYERS, *DJANGO),
    "rooms.urls": ("recordings",),
    "recordings.rules": PAGES,
    "recordings.timeline": (*LAYERS, *DJANGO),
    "recordings.layout": (*LAYERS, *DJANGO),
    "recordings.rects": (*LAYERS, *DJANGO),
    "recordings.speaker": (*LAYERS, *DJANGO),
}
# Its own package, and what is as pure as it is.
ALLOWED = {
    "conference.env": ("conference.network",),
    "rooms.calendar": ("rooms.recurrence",),
    "rooms.repeat": ("rooms.recurrence",),
    "rooms.streams": ("rooms.streams",),
    "recordings.layout": (
        "recordings.rects",
        "recordings.speaker",
        "recordings.timeline",
    ),
    "recordings.speaker": ("recordings.timeline",),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(
        name == package or name.startswith(f"{package}.") for package in packages
    )


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for layer in LAYERS
        for path in sorted((ROOT / layer).rglob("*.py"))
    }


@pytest.mark.parametrize("name", modules())
def test_imports_point_one_way(name: str) -> None:
    rules = [package for package in FORBIDDEN if is_in(name, (package,))]
    if not rules:
        return
    rule = max(rules, key=len)
    wrong = [
        imported
        for imported in imports(modules()[name])
        if is_in(imported, FORBIDDEN[rule])
        and not is_in(imported, ALLOWED.get(rule, ()))
    ]
    assert not wrong


def test_every_name_in_the_table_exists() -> None:
    assert not [
        name for name in FORBIDDEN if not any(is_in(m, (name,)) for m in modules())
    ]
