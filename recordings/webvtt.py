"""Times of WebVTT cues (W3C, https://www.w3.org/TR/webvtt1/#webvtt-timestamp)."""


def cue_times(first: float, last: float) -> str:
    """From when to when a cue is, in seconds."""
    return f"{clock(first)} --> {clock(last)}"


def clock(seconds: float) -> str:
    """``hh:mm:ss.ttt``"""
    whole, ms = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{ms:03}"
