"""One file per export format, each with ``export(recording, folder, progress)``."""


class ExportError(Exception):
    """Why there is no file: a stable code, and a sentence for the owner."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
