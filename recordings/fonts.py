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
COLOUR_FONTS = ("NotoColorEmoji.ttf", "Noto-COLRv1.ttf", "seguiemj.ttf")
COLOUR_SIZE = 109  # pixels: the only one of Noto's
# Where no font has them.
LETTERS = {
    "👍": "+1",
    "👎": "-1",
    "❤️": "<3",
    "😂": ":D",
    "😮": ":O",
    "😢": ":(",
    "👏": "*",
    "🎉": "!",
}
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


def draw_emoji(emoji: str, side: int) -> Image.Image:
    """An emoji in a square of so many pixels: in colour where a colour font has it,
    else as another font draws it, else in letters."""
    colour = _colour_font()
    if colour is not None and _has(colour, emoji):
        return _drawn(emoji, colour).resize((side, side), Image.Resampling.LANCZOS)
    plain = emoji.rstrip("\ufe0f")  # "in colour, please", which is no character
    font = font_for(plain, side)
    if not isinstance(font, FreeTypeFont) or not _has(font, plain):
        plain = LETTERS.get(emoji, "!")
    image = Image.new("RGBA", (side, side))
    _draw_fitting(image, plain)
    return image


def _drawn(emoji: str, font: FreeTypeFont) -> Image.Image:
    """As large as the font has it, in a square."""
    left, top, right, bottom = map(int, font.getbbox(emoji))
    side = max(right - left, bottom - top, 1)
    image = Image.new("RGBA", (side, side))
    place = ((side - right - left) / 2, (side - bottom - top) / 2)
    ImageDraw.Draw(image).text(place, emoji, font=font, embedded_color=True)
    return image


def _draw_fitting(image: Image.Image, text: str) -> None:
    size = image.width
    font = font_for(text, size)
    while size > 6 and font.getbbox(text)[2] > image.width:
        size -= 1
        font = font_for(text, size)
    centre = (image.width / 2, image.height / 2)
    fill = (255, 255, 255, 255)
    ImageDraw.Draw(image).text(centre, text, fill, font, anchor="mm")


@cache
def _colour_font() -> FreeTypeFont | None:
    """Fonts of bitmaps come in one size."""
    for folder in FOLDERS:
        for name in COLOUR_FONTS:
            for path in sorted(folder.rglob(name)):
                font = _open(path, COLOUR_SIZE)
                if font is not None:
                    return font
    return None


def _has(font: FreeTypeFont, character: str) -> bool:
    try:
        return _draw(font, character) != _draw(font, NOBODYS)
    except OSError:  # of bitmaps that this FreeType cannot draw
        return False


def _draw(font: FreeTypeFont, character: str) -> bytes:
    side = int(font.size * 2)
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).text((0, 0), character, font=font, fill=255)
    return image.tobytes()
