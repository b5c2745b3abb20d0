"""What we assume, and how the numbers are worked out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT, printed
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import points_url
from qipan.faces.office.standard_rows import missing_words, shown_code
from qipan.ground.units.permissions import READ
from qipan.overview.assumptions import TOPICS, Assumption, Assumptions, PackOnFile
from qipan.overview.assumptions import assumptions as assumptions_of
from qipan.spine.scorecards.queries import standing

NODES_SHOWN = 12
KINDS = {
    "assumed": Text("假定", "assumed"),
    "inferred": Text("推断", "inferred"),
    "source": Text("有出处", "has a source"),
}


@requires(READ)
def assumptions(request: HttpRequest) -> HttpResponse:
    """Show every value that no source backs, and the total without the largest of them."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = standing(desk.year, timezone.localdate())
    found = assumptions_of(desk.year, now)
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("assumptions"), _headings(), [_exported(row) for row in found.rows])
    decimals = now.book.standard.decimals
    total = now.card.total
    context = {
        "found": found,
        "topics": _topics(found),
        "packs": [_pack(row) for row in found.packs],
        "total": printed(total.earned, decimals),
        "equal": printed(found.equal.total.earned, decimals),
        "possible": total.possible,
        "difference": printed(abs(found.equal.total.earned - total.earned), decimals),
        "higher": found.equal.total.earned > total.earned,
        "assumed": now.book.weights_assumed,
        "whole": total,
        "worst": total.worst,
        "best": total.best,
        "decimals": decimals,
        "gaps": [
            {
                "row": row,
                "nodes": _links(found, row.nodes),
                "url": points_url(type=row.stratum, by="check", sort="-unassessed"),
            }
            for row in found.gaps
        ],
        "adjustments": now.card.adjustments,
        "exports": exports.links(request),
    }
    return render(request, "office/assumptions.html", context)


def _topics(found: Assumptions) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for topic, title in TOPICS.items():
        rows = [row for row in found.rows if row.topic == topic]
        if rows:
            made.append(
                {
                    "id": topic,
                    "title": title,
                    "rows": [
                        {
                            "row": row,
                            "points": row.possible,
                            "nodes": _links(found, row.nodes[:NODES_SHOWN]),
                            "more": len(row.nodes) - NODES_SHOWN,
                        }
                        for row in rows
                    ],
                }
            )
    return made


def _links(found: Assumptions, nodes: tuple[str, ...]) -> list[tuple[str, str, Text]]:
    book = found.standing.book
    return [
        (shown_code(book.nodes[key]), reverse("criterion", args=[key]), book.nodes[key].title)
        for key in nodes
        if key in book.nodes
    ]


def _pack(row: PackOnFile) -> dict[str, object]:
    complete = row.completeness
    return {
        "row": row,
        "url": reverse("edition", args=[row.hash]),
        "complete": complete.status == "complete" if complete else None,
        "note": complete.note if complete else Text(),
        "missing": missing_words(complete.missing) if complete and complete.missing else Text(),
    }


def _headings() -> list[str]:
    return [
        _("Topic"), _("Basis"), _("What"), _("Why"), _("Checks"), pgettext("points", "Possible"), _("Criteria"),
    ]  # fmt: skip


def _exported(row: Assumption) -> list[object]:
    language = get_language() or "en"
    return [
        TOPICS[row.topic].into(language), KINDS[row.kind].into(language), row.what.into(language),
        row.why.into(language), row.checks, round(row.possible / POINT, 2), _(", ").join(row.nodes),
    ]  # fmt: skip
