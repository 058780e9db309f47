"""Pages around meetings: the first one, signing in, rooms, one's account, problems."""

from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from playwright.sync_api import Page

from conference.models import User
from rooms.access import Access
from rooms.models import Role, Room
from rooms.rules.members import add_member
from tests.screenshots.shot import NOBODY, Shot, press

NEWCOMER = "theodora.papadopoulou-featherstonehaugh@research.example.com"


def shots(alice: User, weekly: Room) -> list[Shot]:
    newcomer = User.objects.create_user(NEWCOMER, "a good password for her")
    User.objects.filter(pk=newcomer.pk).update(name="Theodora Papadopoulou")
    add_member(Access(weekly, Role.OWNER, alice), email=NEWCOMER, role=Role.HOST)
    settings = f"/rooms/{weekly.slug}/settings/"
    return [
        *signing_in(newcomer),
        Shot("home", "/", whole=True, wall=True),
        Shot("home-german", "/", whole=True, language="de"),
        Shot("home-new", "/", who="bob@example.com"),
        Shot("home-refused", "/", join_nothing),
        Shot("rooms", "/rooms/", whole=True),
        Shot("rooms-german", "/rooms/", whole=True, language="de"),
        Shot("rooms-archived", "/rooms/?archived"),
        Shot("rooms-unknown", "/rooms/?search=unknown"),
        Shot("rooms-settings", settings, whole=True),
        Shot("rooms-settings-german", settings, whole=True, language="de"),
        Shot("rooms-settings-member", settings, who=NEWCOMER, whole=True),
        Shot("rooms-delete", f"/rooms/{weekly.slug}/delete/"),
        Shot("account", "/account/", whole=True),
        Shot("account-german", "/account/", whole=True, language="de"),
        Shot("account-menu", "/", open_menu),
        Shot("account-email", "/accounts/email/", who=NEWCOMER),
        Shot("account-password", "/accounts/password/change/"),
        Shot("account-connections", "/accounts/3rdparty/"),
        Shot("account-keys", "/account/keys/", make_key, whole=True),
        Shot("account-sign-out", "/accounts/logout/"),
        Shot("not-found", "/nothing/"),
        Shot("not-found-guest", "/nothing/", who=NOBODY),
        Shot("api-docs", "/api/v1/docs/"),
    ]


def signing_in(newcomer: User) -> list[Shot]:
    address, _created = EmailAddress.objects.get_or_create(
        user=newcomer, email=newcomer.email, defaults={"primary": True}
    )
    key = default_token_generator.make_token(newcomer)
    uid = user_pk_to_url_str(newcomer)
    confirm = EmailConfirmationHMAC(address).key
    paths = {
        "welcome": "/",
        "sign-in": "/accounts/login/",
        "sign-up": "/accounts/signup/",
        "password": "/accounts/password/reset/",
        "password-sent": "/accounts/password/reset/done/",
        "password-new": reverse("account_reset_password_from_key", args=[uid, key]),
        "password-gone": reverse("account_reset_password_from_key", args=[uid, "x-x"]),
        "password-done": "/accounts/password/reset/key/done/",
        "email-confirm": reverse("account_confirm_email", args=[confirm]),
        "email-gone": reverse("account_confirm_email", args=["nothing"]),
        "email-sent": "/accounts/confirm-email/",
        "inactive": "/accounts/inactive/",
        "sign-on-refused": "/accounts/3rdparty/login/cancelled/",
        "sign-on-failed": "/accounts/3rdparty/login/error/",
    }
    return [
        *(Shot(name, path, who=NOBODY) for name, path in paths.items()),
        Shot("welcome-german", "/", who=NOBODY, language="de", wall=True),
        Shot("sign-in-refused", paths["sign-in"], wrong_password, who=NOBODY),
        Shot("sign-up-refused", paths["sign-up"], weak_password, who=NOBODY),
        Shot("sign-up-german", paths["sign-up"], who=NOBODY, language="de"),
    ]


def wrong_password(page: Page) -> None:
    page.get_by_label("Email").fill(f"{uuid4()}@example.com")  # each is throttled
    page.get_by_label("Password").fill("wrong")
    press("Sign in")(page)
    page.get_by_role("alert").wait_for()


def weak_password(page: Page) -> None:
    page.get_by_label("Email").fill(f"{uuid4()}@example.com")
    page.get_by_label("Password").fill("1234")
    page.locator("main form button").last.click()
    page.locator("main .errors").first.wait_for()


def join_nothing(page: Page) -> None:
    page.locator("form.join input").first.fill("not a room!")
    page.locator("form.join button").click()
    page.locator(".errors, .notice").first.wait_for()


def open_menu(page: Page) -> None:
    page.locator("details.who summary").click()


def make_key(page: Page) -> None:
    page.get_by_label("What is it for?").fill("The wiki's calendar")
    page.get_by_label("See rooms and their members").check()
    page.get_by_label("See scheduled meetings").check()
    press("Make the key")(page)
    page.get_by_text("Copy it now").wait_for()
