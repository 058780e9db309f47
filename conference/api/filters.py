"""Filters that several lists share; a value that cannot be is answered 400."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from rooms.clock import to_us


class YesNoFilter(filters.ChoiceFilter):
    """``true`` or ``false``; the stock one takes everything else for neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = (("true", "true"), ("false", "false"))
        super().__init__(*args, choices=choices, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return super().filter(qs, value and value == "true")  # type: ignore[no-any-return]


class MomentFilter(filters.IsoDateTimeFilter):
    """A time, for a column of microseconds."""

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        return super().filter(qs, value and to_us(value))  # type: ignore[no-any-return]
