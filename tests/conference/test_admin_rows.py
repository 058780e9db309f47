"""The admin shows everything, in as many queries for many rows as for few."""

from collections.abc import Callable

import pytest
from django.contrib.admin.sites import site
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conference.keys import create_key
from conference.models import Scope, User
from conference.samples.bulk import Scale, make_bulk
from recordings.models import Export, ExportState, Recording, Segment
from rooms.clock import from_us
from rooms.models import Room
from tests.rooms.people import seat

MODELS = [
    pytest.param(admin, id=f"{admin._meta.app_label}_{admin._meta.model_name}")
    for admin in site._registry
    if admin._meta.app_label in ("conference", "rooms", "recordings")
]
MOST_QUERIES = 8  # of one list: session, user, counts, the rows and their relations


@pytest.fixture
def staff(client: Client, db: None) -> User:
    cache.clear()
    user = User.objects.create_superuser("root@example.com", "secret")
    client.force_login(user)
    return user


def fill(staff: User, *, rooms: int) -> None:
    scale = Scale(users=5, rooms=rooms, recordings=rooms * 5, messages=rooms * 10)
    make_bulk(scale, staff, tell=lambda line: None)
    seat(Room.objects.create(name="Live", owner=staff))
    create_key(staff, name="Backup", scopes=[Scope.ROOMS_READ])


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_forms_open(client: Client, staff: User, model: type[Room]) -> None:
    fill(staff, rooms=2)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_changelist"), {"q": "a"}).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        page = client.get(reverse(f"{name}_change", args=[row.pk]))
        assert page.status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_need_few_queries_for_many_rows(
    client: Client,
    staff: User,
    model: type[Room],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(staff, rooms=20)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse(name))


def test_dashboard_needs_few_queries_for_many_rows(
    client: Client,
    staff: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(staff, rooms=20)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("admin:index")).status_code == 200


def test_links_lead_from_a_room_to_its_exports(client: Client, staff: User) -> None:
    fill(staff, rooms=2)
    recording = Recording.objects.filter(exports__isnull=False).earliest("created_at")
    room = recording.room
    for model, lookup, value, shown in (
        ("rooms_session", "room", room.pk, recording.session.pk),
        ("recordings_recording", "room", room.pk, recording.pk),
        ("recordings_segment", "recording", recording.pk, recording.pk),
        ("recordings_export", "recording", recording.pk, recording.pk),
    ):
        page = client.get(reverse(f"admin:{model}_changelist"), {lookup: str(value)})
        assert page.status_code == 200
        assert str(shown) in page.content.decode()


def test_segments_are_listed_by_the_end_of_their_keys(
    client: Client, staff: User
) -> None:
    fill(staff, rooms=2)
    segment = Segment.objects.earliest("start_us")
    end = segment.key.split("/")[-1]
    address = reverse("admin:recordings_segment_changelist")
    begins = from_us(segment.start_us).strftime("%H:%M:%S")
    listed = client.get(address, {"id": str(segment.pk)}).content.decode()
    assert f">{end}</a>" in listed
    assert begins in listed
    assert segment.key not in listed
    found = client.get(address, {"q": segment.key}).content.decode()
    assert found.count(".seg</a>") == 1
    row = reverse("admin:recordings_segment_change", args=[segment.pk])
    assert segment.key in client.get(row).content.decode()


@pytest.fixture
def failed(staff: User) -> Export:
    fill(staff, rooms=2)
    recording = Recording.objects.latest("created_at")
    return Export.objects.create(
        recording=recording,
        format="mp4",
        state=ExportState.FAILED,
        error_code="storage_failed",
        error_detail="The disk is full.",
    )


Act = Callable[[str, Export], str]


@pytest.fixture
def act(client: Client) -> Act:
    def act(action: str, export: Export) -> str:
        form = {"action": action, "_selected_action": str(export.pk)}
        address = reverse("admin:recordings_export_changelist")
        return client.post(address, form, follow=True).content.decode()

    return act


def test_dashboard_says_why_an_export_failed(client: Client, failed: Export) -> None:
    page = client.get(reverse("admin:index")).content.decode()
    assert "The disk is full." in page


def test_dashboard_says_who_meets_now_and_what_takes_the_space(
    client: Client, staff: User
) -> None:
    fill(staff, rooms=2)
    page = client.get(reverse("admin:index")).content.decode()
    assert "1 people in them" in page
    assert "Storage by room" in page


def test_a_failed_export_is_tried_again_and_cancelled(act: Act, failed: Export) -> None:
    act("retry", failed)
    failed.refresh_from_db()
    assert (failed.state, failed.attempt) == (ExportState.QUEUED, 2)
    act("cancel", failed)
    failed.refresh_from_db()
    assert failed.state == ExportState.CANCELLED


def test_what_is_not_running_cannot_be_cancelled(act: Act, failed: Export) -> None:
    assert "over already" in act("cancel", failed)
    failed.refresh_from_db()
    assert failed.state == ExportState.FAILED


def test_nothing_that_happened_can_be_changed(client: Client, staff: User) -> None:
    fill(staff, rooms=2)
    for model in ("event", "participant", "session", "chatmessage"):
        row = next(one for one in site._registry if one._meta.model_name == model)
        found = row._default_manager.first()
        assert found is not None
        address = reverse(f"admin:rooms_{model}_change", args=[found.pk])
        assert client.post(address, {}).status_code == 403


def test_people_who_are_no_staff_see_nothing(client: Client, staff: User) -> None:
    client.force_login(User.objects.create_user("alice@example.com", "secret"))
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_room_refuses_at_the_field_what_its_rule_refuses(
    client: Client, staff: User
) -> None:
    room = Room.objects.create(name="Board", owner=staff)
    form = {
        "name": "Board\x07",
        "kind": room.kind,
        "entry": room.entry,
        "recorders": room.recorders,
        "retention_days": "99999",
        "keep_unrecorded_days": "0",
        "owner": str(staff.pk),
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
    }
    page = client.post(reverse("admin:rooms_room_change", args=[room.pk]), form)
    errors = page.context["adminform"].form.errors
    assert set(errors) == {"name", "retention_days"}
