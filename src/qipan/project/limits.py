"""How much anyone may send: asked before a byte of it is read."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

BY_LINK = re.compile(r"/p/w/[\w-]{27}/report/")
"""Where a unit without an account sends its report; the form looks the link up before it reads the photos."""


class RequestSizeMiddleware:
    """Refuses a request that says it is larger than anything a form of ours sends.

    Django reads a form before it asks who sent it, and writes its files to the disk; without this, a stranger could
    fill the disk through the sign-in page. A request that does not say its size has no body for a WSGI application.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or say how much may be sent."""
        given = request.META.get("CONTENT_LENGTH") or "0"
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        most = settings.LARGEST_REQUEST if known else settings.LARGEST_REQUEST_OF_A_STRANGER
        if not known and BY_LINK.fullmatch(request.path):
            most = settings.LARGEST_REQUEST_BY_LINK
        if given.isdecimal() and int(given) <= most:
            return self.get_response(request)
        said = (
            f"发送的内容超过 {most >> 20} MB，未接收。请减少文件后重试。\n"
            f"More than {most >> 20} MB was sent; nothing was taken. Send fewer or smaller files.\n"
        )
        return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8")
