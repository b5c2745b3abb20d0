"""Taking back the last change of the set-up: what would undo it is kept in the session until the next one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

KEPT = "setup_undo"


def offer(request: HttpRequest, page: str, words: str, content: dict[str, Any]) -> None:
    """Keep what undoes a change; `page` is where it is offered."""
    request.session[KEPT] = {"page": page, "words": words, "content": content}


def offered(request: HttpRequest, page: str) -> str:
    """Return the words of the change that can be taken back on a page; empty if none can."""
    kept = request.session.get(KEPT)
    return str(kept["words"]) if kept and kept["page"] == page else ""


def take(request: HttpRequest, page: str) -> dict[str, Any] | None:
    """Return what undoes the last change of a page, once."""
    kept = request.session.get(KEPT)
    if not kept or kept["page"] != page:
        return None
    del request.session[KEPT]
    return dict(kept["content"])
