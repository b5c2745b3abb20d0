"""How often something comes again, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

CADENCES = {
    "weekly": gettext_lazy("comes again every week"), "monthly": gettext_lazy("comes again every month"),
    "quarterly": gettext_lazy("comes again every quarter"), "yearly": gettext_lazy("comes again every year"),
    "standing": gettext_lazy("no end; reviewed on this day"),
}  # fmt: skip


def cadence_words(cadence: str) -> str:
    """Return how often something comes again; empty where it does not."""
    return str(CADENCES[cadence]) if cadence in CADENCES else ""
