"""``manage.py check_archive``: what nobody owns, and what is missing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from recordings.archive_check import check_archive


class Command(BaseCommand):
    help = (
        "Compares the archive with the database and changes nothing. "
        "Exits with 1 where something is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_archive(now=timezone.now())
        size = filesizeformat(report.bytes).replace("\xa0", " ")
        self.stdout.write(f"{report.objects} objects, {size}")
        for title, keys in (
            ("without an owner, to be removed", report.strays),
            ("uploads that have not ended", report.uploads),
            ("missing", report.missing),
        ):
            self.stdout.write(f"{len(keys)} {title}")
            for key in keys:
                self.stdout.write(f"  {key}")
        if report.missing:
            raise SystemExit(1)
