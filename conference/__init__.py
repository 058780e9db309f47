"""Wiring: settings, ASGI, URLs, Celery, the user model. No rules of its own."""

from conference.celery import app as celery_app

__all__ = ["celery_app"]
