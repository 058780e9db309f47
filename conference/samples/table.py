"""Rows on their way into a table past the ORM, for samples by the million: to make and
save an object costs several times what the database does for its row."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import (
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    JSONField,
    Model,
    TextField,
    UUIDField,
)

Write = Callable[[Any], Any]


class Table:
    """Takes objects and keeps their values; ``flush`` writes them. No defaults are
    filled in and no dates set: each object says all."""

    def __init__(self, model: type[Model]) -> None:
        fields = model._meta.concrete_fields
        self._values = [(field.attname, _writer(field)) for field in fields]
        quote = connection.ops.quote_name
        self._name = quote(model._meta.db_table)
        self._columns = ", ".join(quote(str(field.column)) for field in fields)
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: Model) -> None:
        values = ((getattr(row, name), write) for name, write in self._values)
        self._rows.append(
            tuple(None if value is None else write(value) for value, write in values)
        )

    def flush(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                command = f"COPY {self._name} ({self._columns}) FROM STDIN"
                with cursor.copy(command) as copy:
                    for row in self._rows:
                        copy.write_row(row)
            else:
                holes = ", ".join(["%s"] * len(self._values))
                command = f"INSERT INTO {self._name} ({self._columns}) VALUES ({holes})"  # noqa: S608
                cursor.executemany(command, self._rows)
        self._rows.clear()


def _writer(field: "Field[Any, Any]") -> Write:
    """What the database takes for a value of the field."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kind, JSONField):
        return json.dumps
    if isinstance(kind, UUIDField) and not connection.features.has_native_uuid_field:
        return lambda value: value.hex
    if isinstance(kind, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(kind, CharField | TextField):
        return str  # of a choice its value
    return lambda value: value
