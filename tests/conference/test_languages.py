"""Other languages than English: whole catalogues, and who hears which."""

import os
import re
import shutil
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse
from django.utils import translation

from conference.models import User
from tests.rooms.live.control_client import open_control
from tests.server import Server

ROOT = Path(settings.BASE_DIR)
SOURCE = ("Makefile", "manage.py", ".ci", "conference", "recordings", "rooms")
PAGES = ("static", "templates", "locale")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues as ``make words`` brings them up to date."""
    if shutil.which("msgfmt") is None:
        pytest.skip("gettext is not installed")
    folder = tmp_path_factory.mktemp("words")
    for name in SOURCE + PAGES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder)
    command = ["make", "--no-print-directory", "words", f"PY={sys.executable}"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "conference.settings"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder / "locale"


def words(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        found: dict[object, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {msgid: word for msgid, word in found.items() if msgid}


@pytest.mark.parametrize("domain", ["django", "djangojs"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(fresh: Path, language: str, domain: str) -> None:
    """``make words`` adds what is new without a translation, or with a guess that is
    marked so; both are no part of the compiled catalogue."""
    path = Path(language) / "LC_MESSAGES" / domain
    source = (fresh / path.with_suffix(".po")).read_text()
    guesses = re.findall(r'^#, fuzzy.*\n(?:[#m].*\n)*?msgid "(.*)"', source, re.M)
    empty = re.findall(r'^msgid "(.+)"\n(?:msgid_.*\n)?msgstr.* ""$', source, re.M)
    assert [*guesses, *empty] == []
    now, kept = fresh / path, ROOT / "locale" / path
    assert words(now.with_suffix(".mo")) == words(kept.with_suffix(".mo"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_in_the_admin_have_names(language: str) -> None:
    known = words(ROOT / "locale" / language / "LC_MESSAGES" / "django.mo")
    with translation.override("en"):
        names = {
            str(field.verbose_name)
            for model in site._registry
            if model._meta.app_label in ("conference", "rooms", "recordings")
            for field in model._meta.fields
            if field.name not in ("id", "password", "last_login")
        }
    assert names - known.keys() - {"superuser status"} == set()


def test_a_person_gets_the_language_of_the_profile(db: None) -> None:
    user = User.objects.create_user("alice@example.com")
    user.language, user.time_zone = "de", "Pacific/Auckland"
    user.save()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    page = client.get(reverse("meetings"))
    assert page.headers["Content-Language"] == "de"
    assert '<html lang="de" data-time-zone="Pacific/Auckland">' in page.text
    assert "<h1>Besprechungen</h1>" in page.text
    assert "Jetzt beitreten" in client.get(reverse("javascript_catalog")).text


@pytest.mark.parametrize(
    ("asked", "language"), [("de-AT,de;q=0.9", "de"), ("fr,en;q=0.5", "en")]
)
def test_others_get_what_the_browser_asks_for(
    db: None, asked: str, language: str
) -> None:
    page = Client(headers={"Accept-Language": asked}).get(reverse("home"))
    assert page.headers["Content-Language"] == language


def test_the_profile_offers_each_language_in_its_own_name(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice@example.com"))
    page = client.get(reverse("profile")).text
    assert '<option value="de">Deutsch</option>' in page
    new = {"name": "Alice", "language": "de", "time_zone": ""}
    assert "Gespeichert." in client.post(reverse("profile"), new, follow=True).text


def test_programs_get_errors_in_the_language_they_ask_for(db: None) -> None:
    client = Client(headers={"Accept-Language": "de"})
    [error] = client.get("/api/v1/rooms/no-such-room/").json()["errors"]
    assert error["code"] == "not_authenticated"
    assert error["detail"] == "Anmeldedaten fehlen."


def test_sockets_do_too(server: Server) -> None:
    with open_control(server, "nothing", None, language="de") as client:
        _code, [error] = client.closed()
    assert error["code"] == "no_ticket"
    assert error["detail"] == "Diese Verbindung braucht ein Ticket."
