"""The marks that a pill may be, and what the lights of work are called. By which rule a thing has one stands in `legend.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: its usual word, its colour and its shape in words. Colour never stands alone."""

    word: Any
    colour: Any
    shape: Any
    tick: bool = False


GREEN, YELLOW, RED = gettext_lazy("green"), gettext_lazy("yellow"), gettext_lazy("red")
BLUE, GREY = gettext_lazy("blue"), gettext_lazy("grey")
BOX, DASHED, GROUND = gettext_lazy("box"), gettext_lazy("dashed box"), gettext_lazy("box with a grey ground")
TICK = gettext_lazy("tick")

MARKS: dict[str, Mark] = {
    "on_plan": Mark(gettext_lazy("on plan"), GREEN, BOX),
    "due": Mark(gettext_lazy("due"), YELLOW, gettext_lazy("round pill with the date")),
    "late": Mark(gettext_lazy("late"), RED, gettext_lazy("filled square with the days")),
    "reported": Mark(pgettext_lazy("light", "waits for re-check"), BLUE, gettext_lazy("round pill, double line")),
    "done": Mark(gettext_lazy("done"), BLUE, TICK, tick=True),
    "done_late": Mark(gettext_lazy("done late"), YELLOW, gettext_lazy("tick with the days"), tick=True),
    "deferred": Mark(gettext_lazy("deferred"), GREY, gettext_lazy("grey ground with the day of review")),
    "paused": Mark(pgettext_lazy("light", "clock stands"), GREY, GROUND),
    "disputed": Mark(pgettext_lazy("light", "disputed"), GREY, gettext_lazy("dashed box with a grey ground")),
    "suspended": Mark(pgettext_lazy("light", "suspended"), GREY, gettext_lazy("double line with a grey ground")),
    "standing": Mark(pgettext_lazy("light", "ongoing"), GREY, gettext_lazy("round pill")),
    "cancelled": Mark(pgettext_lazy("light", "cancelled"), GREY, gettext_lazy("struck through")),
    "merged": Mark(pgettext_lazy("light", "merged"), GREY, BOX),
    "unowned": Mark(gettext_lazy("unowned"), GREY, DASHED),
    "not_assessed": Mark(gettext_lazy("not assessed"), GREY, DASHED),
    "partly": Mark(gettext_lazy("partly assessed"), GREY, DASHED),
    "full": Mark(gettext_lazy("full points"), BLUE, TICK, tick=True),
    "failed": Mark(gettext_lazy("points lost"), RED, gettext_lazy("square outline")),
    "assumed": Mark(gettext_lazy("assumed"), GREY, DASHED),
    "inferred": Mark(gettext_lazy("inferred"), GREY, DASHED),
    "neutral": Mark("", GREY, BOX),
}
"""Every mark that a pill may be. `neutral` is a label without a judgement."""

ITEM_WORDS: dict[str, Any] = {
    "on_plan": pgettext_lazy("light", "on plan"), "due": pgettext_lazy("light", "due"),
    "late": pgettext_lazy("light", "late"), "paused": pgettext_lazy("light", "clock stands"),
    "disputed": pgettext_lazy("light", "disputed"), "deferred": pgettext_lazy("light", "deferred"),
    "standing": pgettext_lazy("light", "ongoing"), "reported": pgettext_lazy("light", "waits for re-check"),
    "done": pgettext_lazy("light", "closed"), "done_late": pgettext_lazy("light", "closed late"),
    "suspended": pgettext_lazy("light", "suspended"),
    "cancelled": pgettext_lazy("light", "cancelled"), "merged": pgettext_lazy("light", "merged"),
}  # fmt: skip
"""What the lights of orders, tasks and pledges are called in lists, filters and on the item."""


def mark_of(state: str) -> str:
    """Return a mark that there is; anything else is a plain label."""
    return state if state in MARKS else "neutral"
