"""Where the objects of an export are in the archive."""

from recordings.archive import archive, recording_folder
from recordings.models import Export, ExportPart


def folder_key(export: Export) -> str:
    """What the keys of all objects of an export's attempt begin with."""
    return f"{recording_folder(export.recording)}/{export.pk}-{export.attempt}"


def part_key(export: Export, part: ExportPart, name: str) -> str:
    return f"{folder_key(export)}/{part.number:05}/{name}"


def part_keys(export: Export) -> list[str]:
    """All that parts have kept, also what a dead worker did not tell of."""
    return [one.key for one in archive().walk(f"{folder_key(export)}/")]


def drop_parts(export: Export) -> None:
    archive().delete_many(part_keys(export))
    ExportPart.objects.filter(export=export).delete()
