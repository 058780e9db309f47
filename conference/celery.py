"""The Celery application; tasks live in each app's ``tasks.py``."""

import os

from celery import Celery

from conference import queues

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")

queues.use()
app = Celery("conference")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The current application is a matter of each thread; views run in many.
app.set_default()
app.autodiscover_tasks()
