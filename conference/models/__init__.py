"""Rows of people and of who asks for them; one file per subject."""

from conference.models.api_key import ApiKey, Scope
from conference.models.kept_answer import KeptAnswer
from conference.models.user import User

__all__ = ["ApiKey", "KeptAnswer", "Scope", "User"]
