"""Django's handler of HTTP requests under ASGI."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase


class Handler(ASGIHandler):
    """Passes a request through middleware and view in one go, in a thread.

    All of ours are synchronous. Django's own way would go to the event loop and back
    for each ``process_view``, and once more for the view.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        # What follows is the asynchronous original's (ASGIHandler.run_get_response).
        response = await sync_to_async(self.get_response)(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response
