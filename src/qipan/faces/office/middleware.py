"""Only people with a post come further than the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from qipan.faces.office.access import desk_of
from qipan.faces.office.errors import no_post, not_allowed, year_closed
from qipan.spine.campaigns.years.guard import YearClosed


class DeskMiddleware:
    """Turns away a signed-in person who holds no post, and keeps pages of signed-in people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a page that a view has not given a life of its own is not kept."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = not_allowed(request, response)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer whoever writes into a closed year, in one place for all pages."""
        return year_closed(request, exception) if isinstance(exception, YearClosed) else None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Stop before the view where there is no desk to answer from."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if desk_of(request) is None:
            return no_post(request)
        if getattr(request.user, "must_change_password", False) and request.user.has_usable_password():
            # Signed in with a slip: first a password of their own. The door (signing out, language) stays open.
            at = request.resolver_match
            if at is None or at.url_name != "change_password":
                return redirect("change_password")
        return None
