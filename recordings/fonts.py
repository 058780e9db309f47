"""Fonts for names in any script, as far as the system has them; else Pillow's own."""

from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
# Those with most scripts first; after them every other Noto Sans.
FAVOURITES = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf")
PATTERNS = ("NotoSans*-Regular.ttf", "NotoSans*-Regular.ttc", "NotoSans*-Regular.otf")
NOBODYS = "\U0010ffff"  # in no font: it draws what the font has for a missing glyph


@lru_cache(maxsize=256)
def font_for(text: str, size: int) -> ImageFont.ImageFont | FreeTypeFont:
    """The first font that has all of a text's characters, or most of them."""
    wanted = {character for character in text if not character.isspace()}
    best: FreeTypeFont | None = None
    fewest = len(wanted) + 1
    for path in _font_files():
        font = _open(path, size)
        if font is None:
            continue
        missing = sum(not _has(font, character) for character in wanted)
        if not missing:
            return font
        if missing < fewest:
            best, fewest = font, missing
    return best or ImageFont.load_default(size)


@cache
def _font_files() -> tuple[Path, ...]:
    favourites, others = [], []
    for folder in FOLDERS:
        for name in FAVOURITES:
            favourites += sorted(folder.rglob(name))
        for pattern in PATTERNS:
            others += sorted(folder.rglob(pattern))
    return (*favourites, *others)


def _open(path: Path, size: int) -> FreeTypeFont | None:
    try:
        return ImageFont.truetype(str(path), size)
    except OSError:  # a broken font, or one that FreeType cannot scale
        return None


def _has(font: FreeTypeFont, character: str) -> bool:
    return _draw(font, character) != _draw(font, NOBODYS)


def _draw(font: FreeTypeFont, character: str) -> bytes:
    side = int(font.size * 2)
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).text((0, 0), character, font=font, fill=255)
    return image.tobytes()
