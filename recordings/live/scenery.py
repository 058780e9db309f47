"""How a live output looks."""

from av.video.frame import VideoFrame

from recordings.branding import FAR_US, Branding, Pictures
from recordings.compositor import Compositor
from recordings.layout import Look, Scene, areas_of
from recordings.live.stage import Stage
from recordings.live.watch import Watch
from recordings.options import ExportOptions
from recordings.plates import Overlay
from rooms.clock import to_us


class Scenery:
    """Stage, compositor and branding of an output, as its row wants them now."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.has_card = False
        self._version = self._noticed = 0  # of the row; 0: of none yet
        self._due_us = 0  # when what was noticed is shown
        options = ExportOptions.from_json(watch.output.options)
        width, height = options.size
        self.compositor = Compositor(
            width=width, height=height, backdrop=self._backdrop
        )
        self.stage = Stage(watch.state, options.size, self._dress())

    def heed(self, at_us: int, now_us: int) -> None:
        """``at_us``: the time of the picture that is next, a moment ago. A card is not
        taken away from what was said before somebody did that."""
        events = self._watch.events
        while events:
            self.stage.hear([events.popleft()])
        version = self._watch.output.version
        if version != self._noticed:
            self._noticed, self._due_us = version, now_us if self.has_card else at_us
        if version != self._version and at_us >= self._due_us:
            self.stage.change(self._dress())

    def compose(self, scene: Scene, at_us: int) -> VideoFrame:
        return self.compositor.compose(scene, at_us, self._branding.above(at_us))

    def _backdrop(self, scene: Scene) -> list[Overlay]:
        return [*self._branding.behind(scene)]

    def _dress(self) -> Look:
        output = self._watch.output
        self._version = self._noticed = output.version
        options = ExportOptions.from_json(output.options)
        look = Look(
            layouts=((0, options.layout),),
            person=options.person,
            has_chat=options.chat,
            has_banner=bool(options.banner),
        )
        # People talk behind a card: nobody hears them who does not see them.
        self.has_card = bool(options.title)
        self._branding = Branding(
            options,
            Pictures(bytes(output.logo), bytes(output.background_picture)),
            areas_of(look, *options.size),
            origin_us=to_us(output.created_at),
            card_until_us=FAR_US,
        )
        return look
