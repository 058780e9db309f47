"""Paints scenes: decoded pictures, scaled into tiles, with names on them.

The canvas is one 4:2:0 picture in numpy. A tile is painted again only when its
picture has changed, and a track that no tile shows is not decoded.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from recordings.layout import Rect, Scene, Tile
from recordings.picture import PictureTrack
from recordings.plates import (
    BACKGROUND,
    TILE,
    Overlay,
    Plane,
    initials_picture,
    name_plate,
    to_yuv,
)

Planes = tuple[Plane, Plane, Plane]
TrackKey = tuple[int, str]  # participant number, kind


class Compositor:
    def __init__(self, *, width: int, height: int) -> None:
        self.canvas = np.empty((height * 3 // 2, width), np.uint8)
        quarter = height // 4
        self._planes: Planes = (
            self.canvas[:height],
            self.canvas[height : height + quarter].reshape(height // 2, width // 2),
            self.canvas[height + quarter :].reshape(height // 2, width // 2),
        )
        self._tracks: dict[TrackKey, PictureTrack] = defaultdict(PictureTrack)
        self._scene: Scene | None = None
        self._tiles: list[TilePainter] = []

    def track(self, number: int, kind: str) -> PictureTrack:
        return self._tracks[number, kind]

    def paint(self, scene: Scene, at_us: int) -> Plane:
        """The picture at a time; the array is the compositor's own and is reused."""
        if scene is not self._scene:
            self._arrange(scene)
        shown = {painter.key for painter in self._tiles}
        for key, track in self._tracks.items():
            if key not in shown:
                track.skip(at_us)
        for painter in self._tiles:
            painter.paint(self._tracks[painter.key].at(at_us))
        return self.canvas

    def _arrange(self, scene: Scene) -> None:
        self._scene = scene
        fill(self._planes, to_yuv(BACKGROUND))
        self._tiles = [
            TilePainter(tile, cut_out(self._planes, tile.rect)) for tile in scene.tiles
        ]


class TilePainter:
    """One tile of one scene."""

    def __init__(self, tile: Tile, planes: Planes) -> None:
        self.key: TrackKey = (tile.number, tile.kind)
        self._tile = tile
        self._planes = planes
        rect = tile.rect
        self._plate = name_plate(tile.name, tile.muted, rect.width, rect.height)
        self._scaler = VideoReformatter()
        self._shown: VideoFrame | None = None
        self._inner: Rect | None = None  # where the picture is in the tile
        self._painted = False

    def paint(self, frame: VideoFrame | None) -> None:
        if not self._tile.has_video:
            frame = None
        if self._painted and frame is self._shown:
            return
        if frame is None:
            self._paint_initials()
        else:
            self._paint_picture(frame)
        blend(self._planes, self._plate)
        self._shown, self._painted = frame, True

    def _paint_initials(self) -> None:
        tile = self._tile
        size = (tile.rect.width, tile.rect.height)
        blend(self._planes, initials_picture(tile.name, tile.number, *size))
        self._inner = None

    def _paint_picture(self, frame: VideoFrame) -> None:
        inner = fit(frame.width, frame.height, self._tile.rect)
        if inner != self._inner:
            fill(self._planes, to_yuv(TILE))
            self._inner = inner
        scaled = self._scaler.reformat(
            frame,
            width=inner.width,
            height=inner.height,
            format="yuv420p",
            interpolation=Interpolation.FAST_BILINEAR,
            dst_color_range=ColorRange.MPEG,
        )
        paste(cut_out(self._planes, inner), scaled)


def fit(width: int, height: int, tile: Rect) -> Rect:
    """The largest place of a picture in a tile, aspect kept, relative to the tile."""
    scale = min(tile.width / width, tile.height / height)
    inner_width = max(2, round(width * scale / 2) * 2)
    inner_height = max(2, round(height * scale / 2) * 2)
    inner_width = min(inner_width, tile.width)
    inner_height = min(inner_height, tile.height)
    return Rect(
        (tile.width - inner_width) // 4 * 2,
        (tile.height - inner_height) // 4 * 2,
        inner_width,
        inner_height,
    )


def cut_out(planes: Planes, rect: Rect) -> Planes:
    """A view of a part of a picture."""
    luma, cb, cr = planes
    rows = slice(rect.y // 2, (rect.y + rect.height) // 2)
    columns = slice(rect.x // 2, (rect.x + rect.width) // 2)
    return (
        luma[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width],
        cb[rows, columns],
        cr[rows, columns],
    )


def fill(planes: Planes, colour: Sequence[int]) -> None:
    for plane, value in zip(planes, colour, strict=True):
        plane[:] = value


def paste(planes: Planes, frame: VideoFrame) -> None:
    """A 4:2:0 frame of the very size of the planes."""
    for plane, source in zip(planes, frame.planes, strict=True):
        rows = np.frombuffer(memoryview(source), np.uint8).reshape(-1, source.line_size)
        height, width = plane.shape
        plane[:] = rows[:height, :width]


def blend(planes: Planes, overlay: Overlay) -> None:
    height, width = overlay.planes[0].shape
    below = cut_out(planes, Rect(overlay.x, overlay.y, width, height))
    luma, chroma = overlay.remains
    for plane, over, remains in zip(
        below, overlay.planes, (luma, chroma, chroma), strict=True
    ):
        rows, columns = plane.shape  # a tile smaller than its plate shows a part
        part = plane * remains[:rows, :columns] // 255
        plane[:] = over[:rows, :columns] + part.astype(np.uint8)
