"""Paints scenes: decoded pictures, scaled into tiles, with names on them.

The canvas is one 4:2:0 picture in numpy. A tile is painted again only when its
picture has changed, and a track that no tile shows is not decoded. What lies on top of
all tiles is blended onto a copy, picture by picture.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from recordings.layout import Scene, Tile
from recordings.picture import PictureTrack
from recordings.plates import (
    BACKGROUND,
    TILE,
    Overlay,
    Plane,
    initials_picture,
    name_plate,
    reaction_picture,
    to_yuv,
)
from recordings.rects import Rect

# A camera so much larger than its tile is cut at its edges instead of scaled, which
# costs more than all the rest, and sharpness. A screen is shown to its last letter.
EDGES = 1.05

Planes = tuple[Plane, Plane, Plane]
TrackKey = tuple[int, str]  # participant number, kind


def _nothing(scene: Scene) -> Iterable[Overlay]:
    return ()


class Compositor:
    """``backdrop``: what a scene has behind its tiles."""

    def __init__(
        self,
        *,
        width: int,
        height: int,
        backdrop: Callable[[Scene], Iterable[Overlay]] = _nothing,
    ) -> None:
        self.width, self.height = width, height
        self.canvas = np.empty((height * 3 // 2, width), np.uint8)
        self._planes = _planes_of(self.canvas, width, height)
        self._backdrop = backdrop
        self._tracks: dict[TrackKey, PictureTrack] = defaultdict(PictureTrack)
        self._scene: Scene | None = None
        self._tiles: list[TilePainter] = []

    def track(self, number: int, kind: str) -> PictureTrack:
        return self._tracks[number, kind]

    def forget(self, number: int) -> None:
        """Somebody has left and is in no scene any more."""
        for key in [key for key in self._tracks if key[0] == number]:
            del self._tracks[key]

    def paint(self, scene: Scene, at_us: int) -> Plane:
        """The picture at a time; the array is the compositor's own and is reused."""
        if scene is not self._scene:
            self._arrange(scene)
        shown = {painter.key for painter in self._tiles}
        for key, track in self._tracks.items():
            if key not in shown:
                track.skip(at_us)
        is_changed = False
        for painter in self._tiles:
            is_changed |= painter.paint(
                self._tracks[painter.key], at_us, is_covered=is_changed
            )
        return self.canvas

    def compose(
        self, scene: Scene, at_us: int, overlays: Iterable[Overlay] = ()
    ) -> VideoFrame:
        """``paint`` as a frame of its own, with overlays at their places in it."""
        self.paint(scene, at_us)
        frame = VideoFrame(self.width, self.height, "yuv420p")
        planes = frame_planes(frame)
        for plane, source in zip(planes, self._planes, strict=True):
            plane[:] = source
        for overlay in overlays:
            blend(planes, overlay)
        return frame

    def _arrange(self, scene: Scene) -> None:
        self._scene = scene
        fill(self._planes, to_yuv(BACKGROUND))
        for overlay in self._backdrop(scene):
            blend(self._planes, overlay)
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
        self._above = [
            name_plate(tile.name, tile.muted, tile.hand, rect.width, rect.height)
        ]
        if tile.reaction:
            self._above.append(reaction_picture(tile.reaction, rect.width, rect.height))
        self._scaler = VideoReformatter()
        self._shown: VideoFrame | None = None
        self._inner: Rect | None = None  # where the picture is in the tile
        self._painted = False

    def paint(self, track: PictureTrack, at_us: int, *, is_covered: bool) -> bool:
        """Whether anything was painted. ``is_covered``: what an inset lies on was."""
        tile = self._tile
        frame = None
        if tile.has_video:
            size = (tile.rect.width, tile.rect.height)
            frame = track.at(at_us, width=size[0], height=size[1])
        stays = self._painted and frame is self._shown
        if stays and not (tile.inset and is_covered):
            return False
        if frame is None:
            self._paint_initials()
        elif tile.cropped:
            self._paint_cropped(frame)
        else:
            self._paint_whole(frame)
        for overlay in self._above:
            blend(self._planes, overlay)
        self._shown, self._painted = frame, True
        return True

    def _paint_initials(self) -> None:
        tile = self._tile
        size = (tile.rect.width, tile.rect.height)
        blend(self._planes, initials_picture(tile.name, tile.number, *size))
        self._inner = None

    def _paint_whole(self, frame: VideoFrame) -> None:
        if fits_as_it_is(frame, self._tile):
            self._paint_middle(frame_planes(frame), frame.width, frame.height)
            self._inner = None
            return
        inner = fit(frame.width, frame.height, self._tile.rect)
        if inner != self._inner or self._tile.inset:
            fill(self._planes, to_yuv(TILE))
            self._inner = inner
        paste(cut_out(self._planes, inner), self._scale(frame, inner))

    def _paint_cropped(self, frame: VideoFrame) -> None:
        if fits_as_it_is(frame, self._tile):
            self._paint_middle(frame_planes(frame), frame.width, frame.height)
            return
        outer = cover(frame.width, frame.height, self._tile.rect)
        scaled = self._scale(frame, outer)
        self._paint_middle(frame_planes(scaled), outer.width, outer.height)

    def _paint_middle(self, picture: Planes, width: int, height: int) -> None:
        """Of a picture that covers the tile."""
        tile = self._tile.rect
        x, y = (width - tile.width) // 4 * 2, (height - tile.height) // 4 * 2
        window = cut_out(picture, Rect(x, y, tile.width, tile.height))
        for plane, part in zip(self._planes, window, strict=True):
            plane[:] = part

    def _scale(self, frame: VideoFrame, to: Rect) -> VideoFrame:
        return self._scaler.reformat(
            frame,
            width=to.width,
            height=to.height,
            format="yuv420p",
            interpolation=Interpolation.FAST_BILINEAR,
            dst_color_range=ColorRange.MPEG,
            threads=1,  # the others have work of their own
        )


def _planes_of(canvas: Plane, width: int, height: int) -> Planes:
    flat = canvas.reshape(-1)
    luma, chroma = width * height, width * height // 4
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(height // 2, width // 2),
        flat[luma + chroma :].reshape(height // 2, width // 2),
    )


def frame_planes(frame: VideoFrame) -> Planes:
    """The planes of a 4:2:0 frame, to read and to write, without their padding."""
    luma, cb, cr = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        for plane in frame.planes
    )
    rows, columns = frame.height // 2, frame.width // 2
    return (
        luma[: frame.height, : frame.width],
        cb[:rows, :columns],
        cr[:rows, :columns],
    )


def fits_as_it_is(frame: VideoFrame, tile: Tile) -> bool:
    """Whether a picture has nothing to lose but, if it is a camera's, its edges."""
    edges = 1 if tile.kind == "screen" else EDGES
    rect = tile.rect
    return (
        frame.format.name == "yuv420p"
        and frame.color_range != ColorRange.JPEG
        and rect.width <= frame.width <= rect.width * edges
        and rect.height <= frame.height <= rect.height * edges
    )


def cover(width: int, height: int, tile: Rect) -> Rect:
    """The smallest size of a picture that covers a tile, aspect kept; no place."""
    scale = max(tile.width / width, tile.height / height)
    outer_width = max(tile.width, round(width * scale / 2) * 2)
    outer_height = max(tile.height, round(height * scale / 2) * 2)
    return Rect(0, 0, outer_width, outer_height)


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
    for plane, source in zip(planes, frame_planes(frame), strict=True):
        plane[:] = source


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
