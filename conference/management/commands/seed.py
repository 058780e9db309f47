"""``manage.py seed``: rows to try the product with."""

import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.first_start import prepare
from conference.models import User
from conference.samples.bulk import Scale, make_bulk
from conference.samples.few import make_few
from rooms.models import Room

OWNER = "alice@example.com"


class Command(BaseCommand):
    help = "Fills an empty installation with rooms, past sessions and recordings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--large",
            action="store_true",
            help="10,000 rooms, 50,000 recordings and 1,000,000 messages: rows only, "
            "to see how lists take them. Takes some minutes.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Even if there are rooms already."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
        if Room.objects.exists() and not options["force"]:
            raise CommandError("There are rooms already. Add more to them by --force.")
        self._began = time.monotonic()
        owner, password = make_owner()
        if options["large"]:
            make_bulk(Scale(), owner, tell=self.tell)
        else:
            make_few(owner, tell=self.tell)
        if password:
            self.tell(f"Sign in as {owner.email} with the password {password}")

    def tell(self, line: str) -> None:
        self.stdout.write(f"{time.monotonic() - self._began:6.1f} s  {line}")


def make_owner() -> tuple[User, str]:
    """Alice, an administrator, and her password if she is new."""
    found = User.objects.filter(email=OWNER).first()
    if found is not None:
        return found, ""
    password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
    return User.objects.create_superuser(OWNER, password, name="Alice"), password
