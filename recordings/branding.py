"""What is around and over the tiles of a film, an export or live: background, chat,
banner, texts, title card, logo.

Drawn once by Pillow, as overlays of the frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageOps

from recordings.fonts import font_for
from recordings.layout import Areas, Scene
from recordings.options import ExportOptions
from recordings.plates import BACKGROUND, PLATE, TEXT, TILE, Overlay, to_overlay
from recordings.rects import MARGIN, Rect, even

LOGO_PART = 0.12  # of the frame's shorter side
FAR_US = 1 << 62
NAME = (147, 197, 253, 255)  # of who wrote, in the chat


@dataclass(frozen=True, slots=True)
class Pictures:
    """Files as they were uploaded, in a format that Pillow reads; empty: none."""

    logo: bytes = b""
    background: bytes = b""


class Branding:
    """Texts are timed from ``origin_us``; the title card is there from the first
    picture until ``card_until_us``."""

    def __init__(
        self,
        options: ExportOptions,
        pictures: Pictures,
        areas: Areas,
        *,
        origin_us: int,
        card_until_us: int,
    ) -> None:
        self._size = options.size
        self._areas = areas
        self._still = [*_background(options, pictures, self._size)]
        if areas.banner and options.banner:
            self._still.append(_banner(options.banner, areas.banner))
        self._timed = [*_texts(options, self._size, origin_us)]
        if options.title:
            self._timed.append((0, card_until_us, _title(options, self._size)))
        if pictures.logo:
            self._timed.append((0, FAR_US, _logo(pictures.logo, self._size)))

    def behind(self, scene: Scene) -> Iterator[Overlay]:
        yield from self._still
        if self._areas.chat:
            yield _chat(scene.chat, self._areas.chat)

    def above(self, at_us: int) -> list[Overlay]:
        return [overlay for start, end, overlay in self._timed if start <= at_us < end]


def _background(
    options: ExportOptions, pictures: Pictures, size: tuple[int, int]
) -> Iterator[Overlay]:
    if options.background:
        yield to_overlay(Image.new("RGBA", size, options.background), 0, 0)
    if pictures.background:
        picture = Image.open(BytesIO(pictures.background)).convert("RGBA")
        yield to_overlay(ImageOps.fit(picture, size), 0, 0)


def _logo(logo: bytes, size: tuple[int, int]) -> Overlay:
    side = even(min(size) * LOGO_PART)
    picture = Image.open(BytesIO(logo)).convert("RGBA")
    picture = ImageOps.contain(picture, (3 * side, side))
    image = Image.new("RGBA", (_up(picture.width), _up(picture.height)))
    image.paste(picture)
    return to_overlay(image, size[0] - image.width - 2 * MARGIN, 2 * MARGIN)


def _title(options: ExportOptions, size: tuple[int, int]) -> Overlay:
    """A card that hides all that is below it."""
    colour = ImageColor.getrgb(options.background) if options.background else BACKGROUND
    image = Image.new("RGBA", size, (*colour[:3], 255))
    letters = min(size) // 10
    lines = wrap(options.title, letters, size[0] * 8 // 10)
    _draw_lines(image, lines, letters, colour=_readable_on(colour))
    return to_overlay(image, 0, 0)


def _banner(text: str, area: Rect) -> Overlay:
    image = Image.new("RGBA", (area.width, area.height), (*TILE, 255))
    letters = max(8, area.height // 2)
    _draw_lines(image, wrap(text, letters, area.width - 4 * MARGIN)[:1], letters)
    return to_overlay(image, area.x, area.y)


def _texts(
    options: ExportOptions, size: tuple[int, int], origin_us: int
) -> Iterator[tuple[int, int, Overlay]]:
    for start, end, position, text in options.texts:
        until_us = FAR_US if end is None else origin_us + round(end * 1e6)
        yield origin_us + round(start * 1e6), until_us, _text(text, position, size)


def _text(text: str, position: str, size: tuple[int, int]) -> Overlay:
    width, height = size
    letters = max(10, min(size) // 18)
    lines = wrap(text, letters, width * 8 // 10)
    box = Image.new("RGBA", (even(width * 0.86), _up(len(lines) * letters * 3 // 2)))
    longest = max(_length(line, letters) for line in lines)
    left = (box.width - longest) / 2 - letters
    ImageDraw.Draw(box).rounded_rectangle(
        (max(0, left), 0, min(box.width, box.width - left) - 1, box.height - 1),
        letters // 3,
        fill=PLATE,
    )
    _draw_lines(box, lines, letters)
    places = {"top": 0.12, "middle": 0.5, "bottom": 0.84}
    y = even(height * places[position] - box.height / 2)
    return to_overlay(box, even((width - box.width) / 2), max(0, y))


@lru_cache(maxsize=8)
def _chat(messages: tuple[tuple[str, str], ...], area: Rect) -> Overlay:
    """The newest at the bottom; what does not fit is left out at the top."""
    image = Image.new("RGBA", (area.width, area.height), (*TILE, 255))
    draw = ImageDraw.Draw(image)
    letters = max(10, min(20, min(area.width, area.height) // 16))
    y = area.height - MARGIN
    for name, text in reversed(messages):
        lines = wrap(text, letters, area.width - 4 * MARGIN)
        y -= (len(lines) + 1) * letters * 4 // 3 + MARGIN
        if y < 0:
            break
        draw.text((2 * MARGIN, y), name, NAME, font_for(name, letters))
        for index, line in enumerate(lines, 1):
            place = (2 * MARGIN, y + index * letters * 4 // 3)
            draw.text(place, line, TEXT, font_for(line, letters))
    return to_overlay(image, area.x, area.y)


def wrap(text: str, letters: int, width: int) -> list[str]:
    """Lines no wider than ``width``; a word that is wider is cut."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _length(joined, letters) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if _length(lines[-1] + character, letters) > width and lines[-1]:
                lines.append("")
            lines[-1] += character
    return lines


def _length(text: str, letters: int) -> float:
    return float(font_for(text, letters).getlength(text))


def _draw_lines(
    image: Image.Image,
    lines: list[str],
    letters: int,
    colour: tuple[int, ...] = TEXT,
) -> None:
    """In the middle of an image."""
    draw = ImageDraw.Draw(image)
    step = letters * 3 // 2
    top = image.height / 2 - (len(lines) - 1) * step / 2
    for index, line in enumerate(lines):
        place = (image.width / 2, top + index * step)
        draw.text(place, line, colour, font_for(line, letters), anchor="mm")


def _readable_on(colour: tuple[int, ...]) -> tuple[int, int, int, int]:
    red, green, blue = colour[:3]
    is_light = 0.299 * red + 0.587 * green + 0.114 * blue > 150
    return (17, 20, 24, 255) if is_light else (255, 255, 255, 255)


def _up(value: int) -> int:
    """The next even number, at least 2."""
    return max(2, (value + 1) // 2 * 2)
