"""Ranges and names of downloads."""

import pytest

from recordings.download import Unsatisfiable, clean_file_name, parse_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-1000", (0, 99)),
        ("bytes=50-1000", (50, 99)),
        ("bytes=0-1,5-6", None),  # several: the whole file will do
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("items=0-5", None),
    ],
)
def test_ranges(header: str, part: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_ranges_behind_the_end(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        parse_range(header, 100)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Weekly sync 2026-11-20 grid.mp4", "Weekly sync 2026-11-20 grid.mp4"),
        ("../../etc/passwd", "etc passwd"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x"),
        ("Größe", "Größe"),
        ("...", "file"),
    ],
)
def test_names(name: str, cleaned: str) -> None:
    assert clean_file_name(name) == cleaned
