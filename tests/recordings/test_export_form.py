"""The form on a recording's page, and the picture that it shows."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from recordings.export_form import NO_COLOUR
from recordings.models import Export, Recording
from tests.recordings.media import BLUE, RED, video
from tests.recordings.meeting import Meeting


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(0, 10)
    bob, eve = meeting.join("Bob"), meeting.join("Eve", 5)
    meeting.publish(bob, video(RED, start=0, end=10))
    meeting.publish(eve, video(BLUE, start=5, end=10))
    meeting.keep()
    recording.refresh_from_db()
    return recording


@pytest.fixture
def alices(meeting: Meeting) -> Client:
    client = Client()
    client.force_login(meeting.alice)
    return client


def logo() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (60, 20), (250, 200, 0)).save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def test_what_is_chosen_is_asked_for(alices: Client, recording: Recording) -> None:
    fields = {
        "format": "mp4",
        "layout": "speaker",
        "quality": "480p",
        "file_type": "m4a",
        "start": "0:02",
        "end": "8",
        "title": "Plans",
        "logo": logo(),
        "chat": "on",
    }
    alices.post(f"/recordings/{recording.pk}/exports/new/", fields)
    export = Export.objects.get()
    assert (export.format, export.layout) == ("mp4", "speaker")
    assert export.options == {
        "layout": "speaker",
        "quality": "480p",
        "start": 2.0,
        "end": 8.0,
        "title": "Plans",
        "chat": True,
    }
    assert Image.open(BytesIO(bytes(export.pictures.get().data))).size == (60, 20)


def test_what_is_folded_away_is_asked_for_as_well(
    alices: Client, recording: Recording
) -> None:
    fields = {
        "format": "webm",
        "layout": "speaker",
        "quality": "360p",
        "rate": "15",
        "bitrate": "800",
        "person": "2",
        "background": "#204060",
        "backdrop": logo(),
        "banner": "Weekly sync",
        "layouts_at": ["0:05", "", ""],
        "layouts_layout": ["screen", "grid", "grid"],
        "texts_text": ["Welcome", "", "Ďakujem"],
        "texts_start": ["", "", "7"],
        "texts_end": ["0:03", "", ""],
        "texts_position": ["top", "bottom", "bottom"],
    }
    answer = alices.post(f"/recordings/{recording.pk}/exports/new/", fields)
    assert answer.status_code == 302
    export = Export.objects.get()
    assert export.options == {
        "layout": "speaker",
        "layouts": [[5.0, "screen"]],
        "person": 2,
        "quality": "360p",
        "rate": 15,
        "bitrate": 800,
        "background": "#204060",
        "banner": "Weekly sync",
        "texts": [[0.0, 3.0, "top", "Welcome"], [7.0, 10.0, "bottom", "Ďakujem"]],
    }
    assert export.pictures.get().use == "background"


def test_a_colour_that_nobody_chose_asks_for_nothing(
    alices: Client, recording: Recording
) -> None:
    page = alices.get(f"/recordings/{recording.pk}/").text
    assert f'value="{NO_COLOUR}"' in page
    fields = {"format": "mp4", "background": NO_COLOUR, "rate": "30"}
    alices.post(f"/recordings/{recording.pk}/exports/new/", fields)
    assert Export.objects.get().options == {}


def test_what_was_filled_in_stays_where_something_is_refused(
    alices: Client, recording: Recording
) -> None:
    fields = {
        "format": "mp4",
        "bitrate": "1",
        "banner": "Quarter <two>",
        "texts_text": ["Hello <all>"],
        "texts_start": ["later"],
        "texts_end": ["0:05"],
        "texts_position": ["middle"],
        "layouts_at": ["0:04"],
        "layouts_layout": ["pip"],
    }
    page = alices.post(f"/recordings/{recording.pk}/exports/new/", fields).text
    assert "hours:minutes:seconds" in page
    assert 'value="Quarter &lt;two&gt;"' in page
    assert 'value="Hello &lt;all&gt;"' in page
    assert 'value="later"' in page
    assert '<option value="pip" selected>' in page
    assert not Export.objects.exists()


def test_rules_are_said_in_the_form(alices: Client, recording: Recording) -> None:
    fields = {"format": "mp4", "layouts_at": ["4"], "layouts_layout": ["portrait"]}
    page = alices.post(f"/recordings/{recording.pk}/exports/new/", fields).text
    assert "A video is wide or upright all the time." in page
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("start", "soon", "hours:minutes:seconds"),
        ("start", "0:20", "begins outside"),
        ("end", "0:40", "ends after the recording"),
        ("format", "avi", "Format"),
    ],
)
def test_what_cannot_be_is_said(
    alices: Client, recording: Recording, field: str, value: str, words: str
) -> None:
    fields = {"format": "mp4", "start": "", "end": "", field: value}
    address = f"/recordings/{recording.pk}/exports/new/"
    assert words in alices.post(address, fields, follow=True).text
    assert not Export.objects.exists()


def test_a_file_that_is_no_picture_is_refused(
    alices: Client, recording: Recording
) -> None:
    text = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    address = f"/recordings/{recording.pk}/exports/new/"
    page = alices.post(address, {"format": "mp4", "logo": text}, follow=True)
    assert "This is not a picture." in page.text
    assert not Export.objects.exists()


def test_the_preview_shows_the_layout_at_a_time(
    alices: Client, recording: Recording
) -> None:
    def colours(query: str) -> list[tuple[int, ...]]:
        answer = alices.get(f"/recordings/{recording.pk}/preview.jpg?{query}")
        assert answer.status_code == 200
        picture = Image.open(BytesIO(answer.content)).convert("RGB")
        width, height = picture.size
        places = ((width // 4, height // 3), (width * 3 // 4, height // 3))
        return [tuple(picture.getpixel(place)) for place in places]  # type: ignore[arg-type]

    assert colours("layout=grid&at=0:08") == [
        pytest.approx(RED, abs=10),
        pytest.approx(BLUE, abs=10),
    ]
    assert colours("layout=single&at=8") == [pytest.approx(RED, abs=10)] * 2
    assert colours("layout=single&person=2&at=8") == [pytest.approx(BLUE, abs=10)] * 2
    later = "layout=grid&layouts_at=6&layouts_layout=single"
    assert colours(f"{later}&at=8") == [pytest.approx(RED, abs=10)] * 2
    wrong = f"/recordings/{recording.pk}/preview.jpg"
    assert alices.get(f"{wrong}?layout=spiral").status_code == 400
    assert alices.get(f"{wrong}?at=never").status_code == 400
    assert alices.get(f"{wrong}?person=7").status_code == 400
