"""From which desk a request is answered, and which rule a view asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from qipan.ground.units.permissions import Rule
from qipan.overview.desk import Desk, desk

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: Where the session keeps the post and the year that the person has chosen.
CHOSEN_POST = "post"
CHOSEN_YEAR = "year"
_KEPT = "_qipan_desk"


def desk_of(request: HttpRequest) -> Desk | None:
    """Return the desk of the person who asks; None for a visitor, or for a person without a post."""
    if not hasattr(request, _KEPT):
        user = getattr(request, "user", None)
        found = None
        if user is not None and user.is_authenticated:
            session = request.session
            today = timezone.localdate()
            found = desk(user.pk, today, post_id=session.get(CHOSEN_POST), year=session.get(CHOSEN_YEAR))
        setattr(request, _KEPT, found)
    return cast("Desk | None", getattr(request, _KEPT))


def at_desk(request: HttpRequest) -> Desk:
    """Return the desk of the person who asks, in a view that only people with a post reach."""
    found = desk_of(request)
    if found is None:
        raise PermissionDenied
    return found


def requires(rule: Rule) -> Callable[[View[P]], View[P]]:
    """Let only those into a view whose post the rule allows to act in its county."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            here = at_desk(request)
            if not rule.allows(here.post, here.county):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
