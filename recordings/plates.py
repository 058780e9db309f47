"""What is drawn on tiles: name plates with the mute mark, and initials.

Drawn once by Pillow, kept as planes that are blended onto every picture.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from recordings.fonts import draw_emoji, font_for

Plane = NDArray[np.uint8]
Colour = tuple[int, int, int]

BACKGROUND: Colour = (17, 20, 24)
TILE: Colour = (38, 43, 50)
PLATE = (10, 12, 15, 170)
TEXT = (255, 255, 255, 255)
MUTED = (232, 72, 72, 255)
HAND = (250, 204, 21, 255)
# People without a picture are told apart by their colour as well.
AVATARS: tuple[Colour, ...] = (
    (37, 99, 176),
    (15, 118, 110),
    (147, 51, 134),
    (180, 83, 9),
    (77, 124, 15),
    (109, 70, 190),
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An image as 4:2:0 planes, multiplied by its opacity, and what remains of the
    picture below (0 to 255). ``x`` and ``y`` are its place, even."""

    x: int
    y: int
    planes: tuple[Plane, Plane, Plane]
    remains: tuple[NDArray[np.uint16], NDArray[np.uint16]]


def to_yuv(colour: Colour) -> tuple[int, int, int]:
    """BT.601, limited range: what players take for granted at this size."""
    red, green, blue = colour
    return (
        round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
        round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
        round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
    )


@lru_cache(maxsize=512)
def name_plate(name: str, muted: bool, hand: bool, width: int, height: int) -> Overlay:
    """For the lower left corner of a tile of this size."""
    size = max(9, min(22, height // 14))
    plate = size * 7 // 4 // 2 * 2
    pad = size // 2
    image = Image.new("RGBA", (width // 2 * 2, plate))
    draw = ImageDraw.Draw(image)
    marks = [mark for mark, on in ((_draw_muted, muted), (_draw_hand, hand)) if on]
    mark = (size + pad) * len(marks)
    font = font_for(name, size)
    text = _shorten(draw, name, font, width - 4 * pad - mark)
    length = int(draw.textlength(text, font=font))
    right = min(width - 1, length + 3 * pad + mark)
    draw.rounded_rectangle((pad // 2, 0, right, plate - 1), pad, fill=PLATE)
    for index, draw_mark in enumerate(marks):
        x = pad * 3 // 2 + index * (size + pad)
        draw_mark(draw, x, (plate - size) // 2, size)
    draw.text((pad * 3 // 2 + mark, plate / 2), text, TEXT, font, anchor="lm")
    used = min(image.width, (right + 2) // 2 * 2)
    y = (height - plate - pad // 2) // 2 * 2
    return to_overlay(image.crop((0, 0, used, plate)), 0, max(0, y))


@lru_cache(maxsize=512)
def initials_picture(name: str, number: int, width: int, height: int) -> Overlay:
    """A whole tile for somebody without a picture."""
    image = Image.new("RGBA", (width, height), (*TILE, 255))
    draw = ImageDraw.Draw(image)
    radius = height * 0.24
    centre = (width / 2, height / 2)
    draw.circle(centre, radius, fill=AVATARS[number % len(AVATARS)])
    text = initials(name)
    font = font_for(text, max(8, int(radius * 0.8)))
    draw.text(centre, text, TEXT, font, anchor="mm")
    return to_overlay(image, 0, 0)


@lru_cache(maxsize=64)
def reaction_picture(emoji: str, width: int, height: int) -> Overlay:
    """For the upper right corner of a tile of this size."""
    side = max(16, min(96, height // 4)) // 2 * 2
    image = Image.new("RGBA", (side, side))
    ImageDraw.Draw(image).ellipse((0, 0, side - 1, side - 1), fill=PLATE)
    drawn = draw_emoji(emoji, side * 2 // 3)
    place = ((side - drawn.width) // 2, (side - drawn.height) // 2)
    image.alpha_composite(drawn, place)
    gap = side // 4
    x, y = max(0, width - side - gap) // 2 * 2, min(gap, height - side) // 2 * 2
    return to_overlay(image, x, max(0, y))


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "?"


def _shorten(draw: ImageDraw.ImageDraw, text: str, font: object, width: int) -> str:
    if draw.textlength(text, font=font) <= width:  # type: ignore[arg-type]
        return text
    while text and draw.textlength(f"{text}…", font=font) > width:  # type: ignore[arg-type]
        text = text[:-1]
    return f"{text.rstrip()}…"


def _draw_muted(draw: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    """A microphone, crossed out."""
    line = max(1, size // 9)
    left, right = x + size * 0.34, x + size * 0.66
    draw.rounded_rectangle((left, y, right, y + size * 0.6), size * 0.16, fill=MUTED)
    bow = (x + size * 0.2, y + size * 0.2, x + size * 0.8, y + size * 0.78)
    draw.arc(bow, 0, 180, fill=MUTED, width=line)
    draw.line((x + size / 2, y + size * 0.78, x + size / 2, y + size), MUTED, line)
    draw.line((x + size * 0.1, y, x + size * 0.9, y + size), TEXT, line + 1)


def _draw_hand(draw: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    """A raised hand: a palm, four fingers, a thumb."""
    palm = (x + size * 0.2, y + size * 0.45, x + size * 0.85, y + size)
    draw.rounded_rectangle(palm, size * 0.2, fill=HAND)
    for finger, top in enumerate((0.15, 0.0, 0.05, 0.2)):
        left = x + size * (0.2 + 0.17 * finger)
        right = left + size * 0.13
        draw.rounded_rectangle(
            (left, y + size * top, right, y + size * 0.7), size * 0.06, fill=HAND
        )
    draw.line(
        (x, y + size * 0.5, x + size * 0.3, y + size * 0.8), HAND, max(2, size // 6)
    )


def to_overlay(image: Image.Image, x: int, y: int) -> Overlay:
    """``image``: RGBA with even sides."""
    pixels = np.asarray(image, np.float32)
    red, green, blue, alpha = (pixels[..., channel] for channel in range(4))
    opacity = alpha / 255
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    cb = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    cr = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    small = _halve(opacity)
    return Overlay(
        x,
        y,
        (
            (luma * opacity).round().astype(np.uint8),
            _halve(cb * opacity).round().astype(np.uint8),
            _halve(cr * opacity).round().astype(np.uint8),
        ),
        (
            (255 - 255 * opacity).round().astype(np.uint16),
            (255 - 255 * small).round().astype(np.uint16),
        ),
    )


def _halve(plane: NDArray[np.floating]) -> NDArray[np.floating]:
    height, width = plane.shape
    halved: NDArray[np.floating] = plane.reshape(height // 2, 2, width // 2, 2).mean(
        axis=(1, 3)
    )
    return halved
