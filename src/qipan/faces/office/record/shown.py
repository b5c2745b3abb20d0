"""What was recorded, as pages show it: items with what stands of them, and what they moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from qipan.assessment.scale import SCALE
from qipan.faces.office.record import answers
from qipan.faces.office.record.answers import Entered, Source
from qipan.overview.records import Moved
from qipan.sources.fieldwork.corrections import CorrectionError
from qipan.sources.fieldwork.queries import ItemSeen


def item_rows(
    items: Iterable[ItemSeen], request: HttpRequest, wrong: tuple[str, CorrectionError] | None
) -> list[dict[str, Any]]:
    """Return the items of a record; the one whose correction failed has its form open and filled in."""
    rows = []
    for each in items:
        failed = wrong[1] if wrong is not None and wrong[0] == each.item else None
        entered = answers.read([each.question], Source(request.POST))[0] if failed else Entered(each.question)
        rows.append(
            {
                "seen": each,
                "word": answers.said(each.question, each.outcome),
                "good": _good(each.outcome, each),
                "stands": answers.said(each.question, each.stands) if each.stands != each.outcome else None,
                "corrections": [
                    (
                        answers.said(each.question, one.before),
                        answers.said(each.question, one.after),
                        one,
                    )
                    for one in each.corrections
                ],
                "entered": entered,
                "error": failed,
                "reason": request.POST.get("reason", "") if failed else "",
                "orders": [(order, reverse("work_item", args=[order.number])) for order in each.orders],
            }
        )
    return rows


def _good(outcome: str, each: ItemSeen) -> bool | None:
    if outcome in {"pass", "fail"}:
        return outcome == "pass"
    return False if each.orders else None


def moved_rows(moves: Iterable[Moved]) -> list[dict[str, Any]]:
    """Return what a record moved, with the change in per cent."""
    return [
        {
            "move": each,
            "url": reverse("criterion", args=[each.node]) if each.node else "",
            "change": "" if not each.change else f"{each.change * 100 / SCALE:+.1f}%".replace("-", "\u2212"),
        }
        for each in moves
    ]
