"""One's own account: the profile and API keys. Password and addresses are allauth's."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from conference import keys
from conference.account_forms import KeyForm, ProfileForm
from conference.errors import Refused
from conference.models import ApiKey, Scope, User
from conference.pages import carry_out, page

KEYS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: a form that fails must not change who the rest of the page speaks of.
    user = User.objects.get(pk=_own(request).pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return redirect("profile")
    status = 422 if form.errors else 200
    return render(request, "profile/profile.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def api_keys(request: HttpRequest) -> HttpResponse:
    """The answer to the form is the only one that ever holds the secret."""
    user = _own(request)
    form = KeyForm(request.POST or None)
    made: ApiKey | None = None
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = keys.create_key(user, **form.wanted())
        except Refused as error:
            form.add_error(
                error.field if error.field in form.fields else None, error.detail
            )
        else:
            form = KeyForm()
    newest = ApiKey.objects.filter(user=user).order_by(
        F("revoked_at").desc(nulls_first=True), "-created_at"
    )
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "keys": newest[:KEYS_SHOWN],
        "scope_words": dict(Scope.choices),
        "now": timezone.now(),
    }
    status = 422 if form.errors else 200
    return render(request, "profile/keys.html", context, status=status)


@require_POST
@login_required
@page
def api_key_revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    key = keys.own_key(_own(request), key_id)
    return carry_out(
        request,
        lambda: keys.revoke_key(key),
        done=_("The key is revoked."),
        go_to="api_keys",
    )


def _own(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    return user
