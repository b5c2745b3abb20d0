"""The page of a criterion: how it is checked, the arithmetic line by line, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qipan.assessment.catalogue import CatalogueItem
from qipan.assessment.rules import percent, plain
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import bars
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.board import parts_of, points_url
from qipan.faces.office.record.links import review_url
from qipan.faces.office.standard_rows import shown_code, side_words, state_words
from qipan.faces.office.work.here import work_here
from qipan.ground.units.permissions import CHOOSE_ANSWERING_LEADS, READ, RECORD_REVIEWS
from qipan.overview.criterion import CheckView, Criterion, ItemAtSite, ItemRow, Published, StratumRow, at_site
from qipan.overview.criterion import criterion as criterion_of
from qipan.overview.own_targets import TargetLine, targets_at
from qipan.overview.points import UNOWNED, UnitName, Whose
from qipan.spine.campaigns.actions import ChoiceError, choose_answering_lead, withdraw_answering_lead
from qipan.spine.scorecards.queries import standing

OUTCOMES = {
    "pass": Text("符合", "complies"),
    "fail": Text("不符合", "does not comply"),
    "na": Text("不适用", "not applicable"),
    "not_seen": Text("未查看", "not seen"),
    "refused": Text("拒绝", "refused"),
    "lost": Text("遗失", "lost"),
    "disputed": Text("异议中", "disputed"),
}


@requires(READ)
def criterion(request: HttpRequest, key: str) -> HttpResponse:
    """Show a node of the standard with everything that its points rest on."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = standing(desk.year, timezone.localdate())
    opened = (request.GET.get("check", ""), request.GET.get("type", ""), request.GET.get("cluster", ""))
    items = at_site(desk.year, *opened) if all(opened) else []
    if request.headers.get("HX-Request") and all(opened):
        return render(request, "office/_site_items.html", {"items": _at_site(items, now.book.catalogue.items)})
    found = criterion_of(desk.year, now, key)
    if found is None:
        raise Http404(key)
    sums = found.tree.sums
    may_choose = CHOOSE_ANSWERING_LEADS.allows(desk.post, desk.county)
    language = get_language() or "en"
    aims = targets_at(desk.year, now, [view.line.key for view in found.checks])
    context = {
        "found": found,
        "work_here": work_here(desk, node=found.node.key),
        "crumbs": _crumbs(found),
        "code": shown_code(found.node),
        "other_title": found.node.title.en if language.startswith("zh") else found.node.title.zh,
        "state": found.tree.state,
        "state_word": state_words()[found.tree.state],
        "side_word": side_words()[found.tree.side],
        "side_inferred": any(view.line.side_inferred for view in found.checks),
        "whole": sums,
        "segments": bars.segments(parts_of(sums), max(sums.possible, sums.earned)),
        "children": _children(found),
        "scored": any(child.sums.possible or child.state not in {"item", "no_criteria"} for child in found.children),
        "checks": [
            _check(found, view, opened, items, may_choose=may_choose)
            | {"targets": [_target(aim, found.units) for aim in aims.get(view.line.key, ())]}
            for view in found.checks
        ],
        "points_url": points_url(node=found.node.key, by="part", sort="-lost"),
        "judged": _judged(found),
        "unit_options": _unit_options(found.units.values()) if may_choose else [],
        "assumed": now.book.weights_assumed,
        "may_review": RECORD_REVIEWS.allows(desk.post, desk.county),
        "assumptions_url": reverse("assumptions"),
        "explain_url": reverse("assumptions") + "#how",
    }
    return render(request, "office/criterion.html", context)


def _target(aim: TargetLine, units: Mapping[int, UnitName]) -> dict[str, object]:
    """Return what a unit has set itself at a check, and where it stands."""
    unit = units.get(aim.own.unit) if aim.own else None
    return {
        "name": unit.name if unit else Text(), "url": reverse("own_targets", args=[unit.code]) if unit else "",
        "own": plain(aim.own.rate * 100) if aim.own else "", "stands": percent(aim.stands) if aim.stands is not None else "",
        "met": aim.met,
    }  # fmt: skip


def _crumbs(found: Criterion) -> list[tuple[Text, str]]:
    book = found.standing.book
    steps = [(book.standard.title, reverse("standard"))]
    for node in (*found.above, found.node):
        code = shown_code(node)
        steps.append((Text(code, code) if code else node.title, reverse("criterion", args=[node.key])))
    return steps


def _judged(found: Criterion) -> dict[str, object] | None:
    line = found.judged
    if not found.tree.judged_in or found.checks:
        return None
    node = found.standing.book.nodes[found.tree.judged_in]
    return {
        "code": node.code,
        "title": node.title,
        "method": METHODS[line.check.method] if line else Text(),
        "url": reverse("criterion", args=[node.key]) + (f"#check-{line.check.id}" if line else ""),
    }


def _children(found: Criterion) -> list[dict[str, object]]:
    words = state_words()
    longest = max((child.sums.possible for child in found.children), default=0)
    return [
        {
            "node": child.node,
            "code": shown_code(child.node),
            "state": child.state,
            "state_word": words[child.state],
            "parts": child.sums,
            "empty": child.state in {"item", "no_criteria"} and not child.sums.possible,
            "segments": bars.segments(parts_of(child.sums), longest),
            "url": reverse("criterion", args=[child.node.key]),
        }
        for child in found.children
    ]


def _check(
    found: Criterion, view: CheckView, opened: tuple[str, str, str], items: list[ItemAtSite], *, may_choose: bool
) -> dict[str, object]:
    line, score = view.line, view.score
    units = found.units
    return {
        "view": view,
        "id": line.check.id,
        "key": line.key,
        "title": line.check.title,
        "method": METHODS[line.check.method],
        "side": side_words()[line.side],
        "found": view.found if view.changed else None,
        "status": score.status,
        "arithmetic": _arithmetic(view),
        "status_word": state_words()[score.status if score.status != "no_checks" else "no_criteria"],
        "share": percent(Fraction(*score.share)) if score.share[1] else "",
        "best": score.best,
        "worst": score.worst,
        "ranged": score.best != score.worst,
        "strata": [] if line.one_thing else [_stratum(row) for row in view.strata],
        "without": [row for row in view.strata if row.score.state == "no_checklist"],
        "sites": [] if line.one_thing else _sites(found, view, opened, items),
        "items": [_item(view, row) for row in view.items],
        "points_url": points_url(check=line.key, by="part", sort="-lost"),
        "ledger_url": reverse("ledger") + f"?{urlencode({'check': line.key})}",
        "review_url": review_url(line.key, line.check.method),
        "owner": _owner(view, units),
        "candidates": [units[pk] for pk in view.answer.candidates if pk in units],
        "supports": [(units[pk].name, reverse("unit", args=[units[pk].code])) for pk in view.supports if pk in units],
        "may_choose": may_choose,
        "chosen": view.answer.why == "chosen",
        "published": [_published(row) for row in view.published],
        "evidence": line.check.evidence,
        "topic": line.check.topic,
        "inferred": line.check.basis if line.check.basis and line.check.basis.kind == "inferred" else None,
    }


def _arithmetic(view: CheckView) -> list[tuple[Text, bool]]:
    """Return the lines with the one that gives the points marked; a range may stand below it."""
    score = view.score
    ranged = score.best != score.worst and score.status in {"assessed", "partly"}
    result = len(view.arithmetic) - (2 if ranged else 1)
    return [(words, n == result) for n, words in enumerate(view.arithmetic)]


def _stratum(row: StratumRow) -> dict[str, object]:
    return {"row": row, "now": _share(row.now), "found": _share(row.found)}


def _share(value: Fraction | None) -> str:
    return "" if value is None else percent(value)


def _sites(
    found: Criterion, view: CheckView, opened: tuple[str, str, str], items: list[ItemAtSite]
) -> list[dict[str, object]]:
    key = reverse("criterion", args=[found.node.key])
    several = len(view.line.strata) > 1
    titles = {row.stratum: row.title for row in view.strata}
    made = []
    for n, row in enumerate(view.sites):
        query = {"check": view.line.key, "type": row.stratum, "cluster": row.cluster}
        is_open = opened == (view.line.key, row.stratum, row.cluster)
        anchor = f"site-{view.line.check.id}-{n}"
        made.append(
            {
                "row": row,
                "type": titles.get(row.stratum, Text(row.stratum, row.stratum)) if several else Text(),
                "owner": whose_name(row.whose, found.units),
                "items_url": f"{key}?{urlencode(query)}#{anchor}" if row.cluster else "",
                "fragment_url": f"{key}?{urlencode(query)}",
                "site_url": reverse("site", args=[row.cluster]) if row.cluster and not view.line.survey else "",
                "open": _at_site(items, found.standing.book.catalogue.items) if is_open else [],
                "anchor": anchor,
                "nobody": not row.cluster,
            }
        )
    return made


def whose_name(whose: Whose, units: dict[int, UnitName]) -> tuple[Text, str]:
    """Return the name of whom points fall to and the address of its page; no address for nobody."""
    if isinstance(whose, int) and whose in units:
        return units[whose].name, reverse("unit", args=[units[whose].code])
    return (Text("无责任单位", "unowned"), "") if whose == UNOWNED else (Text(), "")


def _item(view: CheckView, row: ItemRow) -> dict[str, object]:
    known = row.known
    several = len({item.stratum for item in view.items}) > 1
    stratum = next((s.title for s in view.strata if s.stratum == row.stratum), Text()) if several else Text()
    options = []
    if known is not None and known.options:
        options = [(known.options[code], row.options[code]) for code in known.options if row.options[code]]
    elif view.line.survey or view.line.one_thing:
        options = [(outcome_text(word), count) for word, count in sorted(row.options.items())]
    return {"row": row, "known": known, "type": stratum, "options": options}


def outcome_text(word: str) -> Text:
    """Return a raw outcome in words; grades and numbers stay as they are."""
    return OUTCOMES.get(word, Text(word, word))


def _at_site(items: Iterable[ItemAtSite], known: Mapping[str, CatalogueItem]) -> list[dict[str, object]]:
    made = []
    for item in items:
        catalogued = known.get(item.key)
        words = catalogued.options if catalogued is not None else {}
        made.append(
            {
                "item": item,
                "outcomes": [
                    (words.get(word) or outcome_text(word), kind, count) for word, kind, count in item.outcomes
                ],
            }
        )
    return made


def _owner(view: CheckView, units: dict[int, UnitName]) -> dict[str, object]:
    answer = view.answer
    unit = units.get(answer.unit) if answer.unit is not None else None
    return {
        "why": answer.why,
        "name": unit.name if unit else Text(),
        "code": unit.code if unit else "",
        "url": reverse("unit", args=[unit.code]) if unit else "",
    }


def _published(row: Published) -> dict[str, object]:
    return {"row": row, "mean": _share(row.mean)}


def _unit_options(units: Iterable[UnitName]) -> list[tuple[str, str]]:
    language = get_language() or "en"
    minor = {"village_committee", "neighbourhood_committee", "village", "community"}
    chosen = [unit for unit in units if unit.type not in minor]
    return [(unit.code, unit.name.into(language)) for unit in sorted(chosen, key=lambda unit: unit.code)]


@require_POST
@requires(CHOOSE_ANSWERING_LEADS)
def choose_lead(request: HttpRequest) -> HttpResponse:
    """Choose the unit that answers for a check, or withdraw the choice."""
    desk = at_desk(request)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("responsibilities")
    if desk.year is None:
        return redirect("board")
    check, unit = request.POST.get("check", ""), request.POST.get("unit", "")
    language = get_language() or "en"
    code = check.rpartition("/")[0]
    try:
        if request.POST.get("withdraw"):
            if withdraw_answering_lead(desk.year, check, by=desk.post):
                messages.success(request, _("The choice for %(code)s was withdrawn.") % {"code": code})
        elif not unit:
            messages.error(request, _("Nothing was changed: choose a unit first."))
        else:
            lead = choose_answering_lead(desk.year, check, unit, by=desk.post)
            said = {"unit": lead.unit.name.into(language), "code": code}
            messages.success(
                request,
                _(
                    "%(unit)s now answers for %(code)s; board, lists and figures follow at once. You can change or withdraw the choice at any time."
                )
                % said,
            )
    except ChoiceError as error:
        messages.error(request, error.words.into(language))
    return HttpResponseRedirect(back)
