"""The list of recordings: finding, renaming and deleting, one or several."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from conference.errors import Conflict, Denied, Invalid, NotFound
from conference.models import User
from conference.pages import carry_out, page, render_list
from recordings import rules
from recordings.access import access_recording, visible_recordings
from recordings.library import Filters, for_rows
from recordings.models import Export, ExportState, Recording
from rooms.access import Action
from rooms.models import Member, Role

PAGE_SIZE = 20
CHOSEN_LIMIT = 100  # of one list; more are on other pages


@require_GET
@login_required
def recordings(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    filters = Filters(request.GET, user)
    found = filters.apply(visible_recordings(user)).only("pk")
    count, used = _totals(found)
    paginator = Paginator(found, PAGE_SIZE)
    paginator.count = count  # which it would ask for
    shown = paginator.get_page(request.GET.get("page"))
    # What a row shows is asked for these rows alone, not for all that are sorted.
    ids = [one.pk for one in shown.object_list]
    rows = for_rows(Recording.objects.all()).in_bulk(ids)
    shown.object_list = [rows[pk] for pk in ids if pk in rows]
    context = {
        "page": shown,
        "filters": filters,
        "watched": _watched(user),
        "used": used,
    }
    return render_list(
        request, "recordings/list.html", "recordings/found.html", context
    )


def _totals(found: QuerySet[Recording]) -> tuple[int, int]:
    """How many recordings, and the bytes of them and of the files made from them. To
    search is what takes the time: once for both numbers of recordings."""
    found = found.order_by()
    kept = found.aggregate(count=Count("pk"), used=Sum("bytes"))
    files = Export.objects.filter(recording__in=found, bytes__gt=0)
    made = files.aggregate(used=Sum("bytes"))["used"]
    return kept["count"], (kept["used"] or 0) + (made or 0)


@require_GET
@login_required
@page
def row(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """One row of the list, asked for again while a file is being made."""
    access_recording(recording_id, request.user)
    return _row(request, recording_id)


def _row(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    shown = for_rows(Recording.objects.filter(pk=recording_id)).get()
    context = {"recording": shown, "choosable": True, "watched": _watched(user)}
    return render(request, "recordings/row.html", context)


def _watched(user: User) -> set[UUID]:
    """The rooms whose recordings this person may see and not rename."""
    mere = Member.objects.filter(user=user, role=Role.MEMBER)
    return set(mere.values_list("room_id", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def rename(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """In the list by htmx, which asks for the form and then sends it; or by the form
    on the recording's page."""
    found, access = access_recording(recording_id, request.user, Action.CURATE)
    is_inline = bool(request.htmx)  # type: ignore[attr-defined]
    if request.method != "POST":
        if not is_inline:
            return redirect("recording", recording_id=found.pk)
        return render(request, "recordings/rename.html", {"recording": found})
    title = request.POST.get("title", "")
    if not is_inline:
        return carry_out(
            request,
            lambda: rules.rename(access, found, title),
            done="",
            go_to=reverse("recording", args=[found.pk]),
        )
    try:
        rules.rename(access, found, title)
    except Invalid as error:
        context = {"recording": found, "error": error.detail, "title": title}
        form = render(request, "recordings/rename.html", context)
        # In place of the form itself; what is asked for is a row.
        return retarget(reswap(form, "outerHTML"), f"#row-{found.pk} form")
    return _row(request, recording_id)


@require_POST
@login_required
@page
def delete(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user, Action.CURATE)
    return carry_out(
        request,
        lambda: rules.delete_recording(access, found),
        done=_("The recording is deleted."),
        go_to=reverse("recordings"),
    )


@require_GET
@login_required
def chosen(request: HttpRequest) -> HttpResponse:
    """The recordings ticked in the list: their files, and whether to delete them."""
    picked = _picked(request, request.GET.getlist("recording"))
    if not picked:
        messages.error(request, _("Choose recordings first."))
        return redirect("recordings")
    files = Export.objects.filter(recording__in=picked, state=ExportState.READY)
    return render(
        request,
        "recordings/chosen.html",
        {
            "recordings": picked,
            "files": files.select_related("recording").order_by("recording__title"),
            "is_deletion": request.GET.get("to") == "delete",
        },
    )


@require_POST
@login_required
def delete_chosen(request: HttpRequest) -> HttpResponse:
    """Each for itself: what cannot be deleted stays, and is named with the reason."""
    deleted = 0
    for recording in _picked(request, request.POST.getlist("recording")):
        try:
            found, access = access_recording(recording.pk, request.user, Action.CURATE)
            rules.delete_recording(access, found)
        except (Conflict, Denied, NotFound) as error:
            messages.error(request, f"{recording.title}: {error.detail}")
        else:
            deleted += 1
    if deleted:
        words = ngettext(
            "%(n)d recording is deleted.", "%(n)d recordings are deleted.", deleted
        )
        messages.success(request, words % {"n": deleted})
    return redirect("recordings")


def _picked(request: HttpRequest, ids: list[str]) -> list[Recording]:
    """Those that this person may see, in the order of the list."""
    wanted = [one for one in map(_uuid, ids[:CHOSEN_LIMIT]) if one]
    return list(for_rows(visible_recordings(request.user).filter(pk__in=wanted)))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
