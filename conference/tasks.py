"""Celery tasks that look after what is kept for a while."""

from celery import shared_task

from conference import idempotency


@shared_task(name="conference.forget_answers")
def forget_answers() -> None:
    """Safe to run twice."""
    idempotency.forget_answers()
