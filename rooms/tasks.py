"""Celery tasks: mails to the people who are invited to meetings."""

import logging
import smtplib

from celery import shared_task
from django.conf import settings
from django.utils import translation

from conference.celery import app
from conference.models import User
from rooms.invitation_mail import make_mail
from rooms.models import Invitee
from rooms.rules.invitations import (
    SEND_INVITATION,
    claim,
    due,
    mark_failed,
    mark_sent,
)

logger = logging.getLogger(__name__)


@shared_task(name=SEND_INVITATION)
def send_invitation(*, invitee_id: str) -> None:
    """Safe to run twice: one task claims the mail. Those to try again are due later."""
    invitee = claim(invitee_id)
    if invitee is None:
        return
    try:
        with translation.override(_language(invitee)):
            make_mail(invitee).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("The mail to invitee %s was not taken: %s", invitee_id, error)
        _mark_refused(invitee, error)
    else:
        mark_sent(invitee)


def _language(invitee: Invitee) -> str:
    """Of the invitee, where an account of theirs says it; else of the organiser."""
    own = User.objects.filter(email=invitee.email).values_list("language", flat=True)
    organiser = invitee.meeting.organiser
    return own.first() or organiser.language or settings.LANGUAGE_CODE


@shared_task(name="rooms.send_due_invitations")
def send_due_invitations() -> None:
    """Queue what is to be tried again, and mails whose message was lost."""
    for invitee_id in due():
        app.send_task(SEND_INVITATION, kwargs={"invitee_id": str(invitee_id)})


def _mark_refused(invitee: Invitee, error: Exception) -> None:
    """A code of 500 and more is the server's last word (RFC 5321, 4.2.1)."""
    answers = _answers(error)
    if not answers:
        _mark_unreachable(invitee, str(error) or type(error).__name__)
        return
    reason = "; ".join(f"{code} {text}" for code, text in answers)
    mark_failed(invitee, reason, permanent=min(answers)[0] >= 500)


def _mark_unreachable(invitee: Invitee, reason: str) -> None:
    """What else is due shares the fate: to find the server gone once for each mail
    would keep the worker from all other tasks."""
    mark_failed(invitee, reason, permanent=False)
    for invitee_id in due():
        if other := claim(invitee_id):
            mark_failed(other, reason, permanent=False)


def _answers(error: Exception) -> list[tuple[int, str]]:
    """What the server has answered, if it has."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [(code, _text(said)) for code, said in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [(error.smtp_code, _text(error.smtp_error))]
    return []


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
