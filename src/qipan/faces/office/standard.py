"""The standard as a tree with scores."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import Parts
from qipan.faces.office.standard_rows import (
    changed,
    missing_words,
    owner_note,
    rows,
    shown_code,
    side_words,
    state_words,
    whose_names,
)
from qipan.ground.units.permissions import READ
from qipan.overview.board import Sums
from qipan.overview.points import UnitName, unit_names
from qipan.overview.standard import (
    STATES,
    Chosen,
    OnFile,
    StandardTree,
    matching,
    on_file,
    tree,
    with_ancestors,
)
from qipan.spine.scorecards.queries import standing

SIDES = ("hardware", "software")


@requires(READ)
def standard(request: HttpRequest) -> HttpResponse:
    """Show every node of the standard and its sub-standards, with its points."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = standing(desk.year, timezone.localdate())
    chosen = _chosen(request)
    whole = tree(now, chosen.side)
    keys, hits = None, len(whole.nodes)
    if chosen:
        found = matching(whole, chosen)
        keys, hits = with_ancestors(now.book, found), len(found)
    units = unit_names(desk.county.pk)
    kind = exports.wanted(request)
    if kind:
        title = now.book.standard.title.into(get_language() or "en")
        return exports.export(kind, title, _headings(), _exported(whole, units, keys))
    context = {
        "crumbs": [(now.book.standard.title, "")],
        "title": now.book.standard.title,
        "edition": now.book.standard.edition,
        "rows": rows(whole, units, keys=keys, open_to=99 if keys is not None else 1),
        "by_rule": changed(whole.whole) if whole.whole else None,
        "by_rule_words": [change.words for change in whole.whole],
        "whole": whole.total,
        "filters": _filters(chosen),
        "chosen": chosen,
        "hits": hits,
        "count": len(whole.nodes),
        "checks": now.card.total.checks,
        "incomplete": [_on_file(one) for one in on_file(now.book) if one.completeness.status != "complete"],
        "exports": exports.links(request),
        "reset_url": reverse("standard") if chosen else "",
        "assumed": now.book.weights_assumed,
        "explain_url": reverse("assumptions") + "#how",
        "side_word": side_words()[chosen.side],
        "assumptions_url": reverse("assumptions"),
    }
    return render(request, "office/standard.html", context)


def _chosen(request: HttpRequest) -> Chosen:
    asked = request.GET
    return Chosen(
        words=asked.get("q", "").strip()[:80],
        state=asked["state"] if asked.get("state") in STATES else "",
        side=asked["side"] if asked.get("side") in SIDES else "",
        losses=asked.get("show") == "losses",
    )


def _filters(chosen: Chosen) -> list[dict[str, object]]:
    states, sides = state_words(), side_words()
    return [
        {"name": "q", "label": _("Code or words"), "kind": "search", "value": chosen.words},
        {
            "name": "state",
            "label": _("Status"),
            "kind": "select",
            "value": chosen.state,
            "options": [("", _("all")), *((state, states[state]) for state in STATES)],
        },
        {
            "name": "side",
            "label": _("Side"),
            "kind": "select",
            "value": chosen.side,
            "options": [("", _("all")), *((side, sides[side]) for side in SIDES)],
        },
        {
            "name": "show",
            "label": _("Show"),
            "kind": "select",
            "value": "losses" if chosen.losses else "",
            "options": [("", _("all nodes")), ("losses", _("only losses"))],
        },
    ]


def _on_file(one: OnFile) -> dict[str, object]:
    return {
        "title": one.title,
        "at_hand": one.at_hand,
        "missing": missing_words(one.completeness.missing) if one.completeness.missing and one.at_hand else Text(),
        "note": one.completeness.note,
    }


def _headings() -> list[str]:
    return [
        _("Key"), _("Code"), _("Level"), _("Title (Chinese)"), _("Title (English)"), _("Status"), _("Side"),
        _("Responsible"), pgettext("points", "Earned"), pgettext("points", "Lost"), _("Not assessed"),
        pgettext("points", "Possible"),
    ]  # fmt: skip


def _exported(whole: StandardTree, units: dict[int, UnitName], keys: frozenset[str] | None) -> list[list[object]]:
    states, sides, name = state_words(), side_words(), whose_names(units)
    made: list[list[object]] = []
    for one, depth in whole.walk(keys):
        node, sums = one.node, one.sums
        made.append([
            node.key, shown_code(node), depth + 1, node.title.zh, node.title.en, states[one.state], sides[one.side],
            owner_note(one, name), *_figures(sums),
        ])  # fmt: skip
    if whole.whole and keys is None:
        made.append(["", "", 1, "按规则增减", "By rule", "", "", "", *_figures(changed(whole.whole))])
    return made


def _figures(sums: Sums | Parts) -> list[object]:
    return [value / POINT for value in (sums.earned, sums.lost, sums.unassessed, sums.possible)]
