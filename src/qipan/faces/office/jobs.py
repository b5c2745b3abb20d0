"""The progress of background work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk
from qipan.ground.jobs.queries import job_for

#: Where the result of a kind of job is looked at, worked out from its result; the pages that queue jobs add theirs.
RESULT_PAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {}


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as `_progress.html` shows it."""

    title: Text
    state: str
    done: int
    total: int
    note: Text
    error: Text
    problems: tuple[Text, ...]
    url: str
    result_url: str


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a job is; to htmx, only the part that changes."""
    found = job_for(at_desk(request).post, pk)
    if found is None:
        raise Http404
    result = found.result or {}
    page = RESULT_PAGES.get(found.kind)
    shown = ShownJob(
        title=found.title,
        state=found.state,
        done=found.done,
        total=found.total,
        note=found.note,
        error=found.error,
        problems=tuple(Text(each.get("zh", ""), each.get("en", "")) for each in result.get("problems", ())),
        url=reverse("job", args=[pk]),
        result_url=page(result) if page and found.state == found.State.DONE else "",
    )
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "office/_progress.html" if part else "office/job.html", {"job": shown})
    # Browsers must not show the part in place of the page when one goes back.
    response.headers["Vary"] = "HX-Request"
    return response
