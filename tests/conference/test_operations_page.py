"""docs/operations.md names every setting with its default, and no other."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`[A-Z_\d]+`(?:, `[A-Z_\d]+`)*) \| (.*?) \|", flags=re.MULTILINE)


def read_settings() -> Iterator[tuple[str, object]]:
    """Name and default of each call to a reader of ``conference/env.py``.

    The default is None where it is no plain value.
    """
    for path in (ROOT / "conference").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="env"), attr=reader),
                    args=[ast.Constant(value=str(name)), *rest],
                    keywords=keywords,
                ):
                    if reader == "all_or_none":
                        yield name, ""
                        for one in rest:
                            yield str(value_of(one)), ""
                    else:
                        named = {one.arg: one.value for one in keywords}
                        yield name, value_of(rest[0] if rest else named["default"])


def value_of(node: ast.expr) -> str | None:
    """As in the environment."""
    if not isinstance(node, ast.Constant):
        return None
    return str(int(node.value) if isinstance(node.value, bool) else node.value)


def documented_settings() -> dict[str, str]:
    section = PAGE.partition("\n## Settings\n")[2].partition("\n## ")[0]
    return {
        name: default
        for names, default in ROW.findall(section)
        for name in re.findall(r"[A-Z_\d]+", names)
    }


def test_the_page_documents_every_setting_and_no_other() -> None:
    assert sorted(documented_settings()) == sorted(
        {name for name, _ in read_settings()}
    )


def test_the_page_tells_the_defaults() -> None:
    documented = documented_settings()
    for name, default in read_settings():
        if default:
            assert documented[name] == f"`{default}`", name


def test_the_production_settings_pass_djangos_checks(tmp_path: Path) -> None:
    section = PAGE.partition("\n## In production\n")[2]
    block = section.partition("```\n")[2].partition("```")[0]
    settings = dict(line.split("=", 1) for line in block.splitlines())
    secrets = {
        "DATABASE_URL_FILE": "postgres://conference:secret@localhost/conference",
        "SECRET_KEY_FILE": "".join(map(chr, range(ord("0"), ord("z")))),
        "EMAIL_URL_FILE": "smtp+starttls://meet:secret@mail.example.com",
    }
    for name, content in secrets.items():
        assert name in settings
        settings[name] = str(tmp_path / name)
        (tmp_path / name).write_text(content)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("SECRET_KEY", "DATABASE_URL")
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment
        | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "conference.settings"}
        | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout
