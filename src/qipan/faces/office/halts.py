"""What a rule of lightness stops is answered here, whatever form it came from: the rule, the text, and what goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from qipan.faces.office.access import at_desk
from qipan.faces.office.photos import stored
from qipan.faces.office.work.fields import whole
from qipan.spine.work.lightness.demands import leaders
from qipan.spine.work.lightness.grounds import LEAST, Grounds, Halt, given
from qipan.spine.work.lightness.halts import OnFile, OverLimit, RuleBroken, Unempowered
from qipan.spine.work.lightness.rules import broken, shipped_rules

OWN = frozenset(
    {
        "csrfmiddlewaretoken",
        "ground_override",
        "ground_reason",
        "ground_leader",
        "ground_power",
        "ground_means",
        "ground_instead",
    }
)
"""Fields of the page of the stop itself."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A field of the stopped form: carried along unseen, or open to be rewritten where it is what was stopped."""

    name: str
    value: str
    open: bool


class HaltMiddleware:
    """Sets the grounds that came with a form around whatever it does, and answers what a rule stops."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the grounds of the form at hand."""
        if request.method != "POST" or not request.user.is_authenticated:
            return self.get_response(request)
        found = Grounds(
            override=request.POST.get("ground_override", ""), reason=request.POST.get("ground_reason", ""),
            leader=whole(request.POST.get("ground_leader", "")),
            power=request.POST.get("ground_power", ""), means=request.POST.get("ground_means", ""),
            instead=request.POST.get("ground_instead") == "yes",
        )  # fmt: skip
        with given(found):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show what stopped the form, with everything that was written in it."""
        if not isinstance(exception, Halt):
            return None
        rails = shipped_rules()
        fields = [
            Carried(name, value, bool(broken(rails, value)))
            for name, values in request.POST.lists()
            if name not in OWN
            for value in values
        ]
        kept = {(each.name, each.value) for each in fields}
        fields += [
            Carried(f"{name}_kept", str(photo.uid), False)
            for name, photos in stored(request).items()
            for photo in photos
            if (f"{name}_kept", str(photo.uid)) not in kept
        ]
        context: dict[str, Any] = {
            "halt": exception,
            "broken": exception if isinstance(exception, RuleBroken) else None,
            "carried": [each for each in fields if not each.open],
            "written": [each for each in fields if each.open],
            "over": exception if isinstance(exception, OverLimit) else None,
            "on_file": exception if isinstance(exception, OnFile) else None,
            "weak": exception if isinstance(exception, Unempowered) else None,
            "power": request.POST.get("ground_power", ""),
            "means": request.POST.get("ground_means", ""),
            "instead": request.POST.get("ground_instead", ""),
            "leaders": _leaders(request) if isinstance(exception, OverLimit) else [],
            "override": request.POST.get("ground_override", ""),
            "reason": request.POST.get("ground_reason", ""),
            "leader": request.POST.get("ground_leader", ""),
            "least": LEAST,
            "address": request.get_full_path(),
            "rules": rails,
        }
        return render(request, "office/light/halt.html", context, status=422)


def _leaders(request: HttpRequest) -> list[tuple[int, str]]:
    desk = at_desk(request)
    return [(post.pk, f"{post.title_zh} {post.person}") for post in leaders(desk.county.pk, timezone.now())]
