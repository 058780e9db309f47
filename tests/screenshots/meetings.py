"""Meetings to come: their lists, one of them, and the form."""

from playwright.sync_api import Page

from conference.models import User
from rooms.models import MailState, Room
from tests.rooms.meetings import GRACE, HEIDI, in_days, scheduled
from tests.screenshots.shot import Shot


def shots(alice: User, room: Room) -> list[Shot]:
    people = [GRACE, HEIDI]
    rule = "FREQ=WEEKLY;BYDAY=TU,TH"
    weekly = scheduled(room, alice, people, rule=rule, description="Bring notes.")
    scheduled(
        room, alice, title="All hands, and all that comes after", start=in_days(2)
    )
    told = weekly.invitees.filter(email=GRACE.email)
    told.update(state=MailState.FAILED, reason="550 5.1.1 No such mailbox")
    page = f"/meetings/{weekly.pk}/"
    return [
        Shot("meetings", "/meetings/", whole=True),
        Shot("meetings-german", "/meetings/", whole=True, language="de"),
        Shot("meetings-month", "/meetings/?view=month", whole=True),
        Shot("meetings-month-german", "/meetings/?view=month", language="de"),
        Shot("meetings-none", "/meetings/?when=past"),
        Shot("meetings-new", "/meetings/new/", repeat_weekly, whole=True),
        Shot("meetings-new-german", "/meetings/new/", whole=True, language="de"),
        Shot("meetings-refused", "/meetings/new/", schedule_in_the_past, whole=True),
        Shot("meeting", page, whole=True),
        Shot("meeting-german", page, whole=True, language="de"),
        Shot("meeting-edit", f"{page}edit/", whole=True),
        Shot("meeting-cancel", page, press_cancel),
    ]


def repeat_weekly(page: Page) -> None:
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_text("Every week on").wait_for()


def schedule_in_the_past(page: Page) -> None:
    page.get_by_label("Date", exact=True).fill("2020-01-01")
    page.get_by_label("Invite people").fill("nobody")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("Not an e-mail address").wait_for()


def press_cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel the meeting").click()
    page.get_by_role("dialog").wait_for()
