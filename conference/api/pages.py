"""Lists come in pages."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Cursor pages, newest first; ``?page_size=`` up to 100.

    A view may name another field to go by: ``newest_first_by = "-started_at"``.
    """

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as error:
            # A cursor that decodes, but to no value of the field.
            raise NotFound(self.invalid_cursor_message) from error

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str]:
        return (getattr(view, "newest_first_by", "-created_at"),)
