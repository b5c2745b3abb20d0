"""Functions and the units that carry them: a list with the points that hang on each, proposals, and what is nobody's."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup import undo
from qipan.faces.office.setup.frame import crumbs
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.naming import unit_names
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.overview.desk import Desk
from qipan.overview.setup import OwedFunction, owed_functions
from qipan.overview.setup_functions import Proposal, proposals
from qipan.overview.setup_leads import lead_choices
from qipan.spine.campaigns.actions import withdraw_answering_lead
from qipan.spine.campaigns.functions import (
    DutyRow,
    Mapping,
    end_function,
    function_duties,
    map_function,
    map_functions,
    unmap_function,
)
from qipan.spine.scorecards.queries import standing

PAGE = "functions"
WHYS = {
    "list": Text("单位名录", "from the unit list"),
    "name": Text("名称相符", "by its name"),
    "type": Text("单位类型", "by its type"),
}


def _owed(desk: Desk) -> list[OwedFunction]:
    return owed_functions(desk.year, standing(desk.year, timezone.localdate())) if desk.year else []


@require_safe
@requires(MANAGE_CAMPAIGN)
def setup_functions(request: HttpRequest) -> HttpResponse:
    """Show the functions that the standard names, who carries each, and what nobody carries."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return HttpResponseRedirect(reverse("setup_standard" if desk.campaign else "setup_campaign"))
    owed = _owed(desk)
    kind = exports.wanted(request)
    rows = _rows(owed, function_duties(desk.campaign.pk))
    if kind:
        return exports.export(kind, _("functions and units"), _headings(), _exported(rows))
    return _page(request, desk, rows)


def _page(
    request: HttpRequest, desk: Desk, rows: list[dict[str, object]], *, given: dict[str, str] | None = None,
    error: str = "",
) -> HttpResponse:  # fmt: skip
    language = get_language() or "en"
    names = unit_names(desk.county.pk, timezone.localdate())
    context = {
        "crumbs": crumbs((_("Functions and units"), "")),
        "rows": rows,
        # What only supports, such as all units together, may belong to nobody in particular.
        "unowned": [row for row in rows if row["leads"] and not row["carriers"]],
        "options": sorted((names.names[pk].into(language), names.codes[pk]) for pk in names.names),
        "given": given or {},
        "error": error,
        "undo": undo.offered(request, PAGE),
        "undecided": len(lead_choices(desk.year, standing(desk.year, timezone.localdate())).choices)
        if desk.year
        else 0,
        "exports": exports.links(request),
        "dated": request.GET.get("days") == "1" or bool(given and (given.get("from") or given.get("to"))),
    }
    return render(request, "office/setup/functions.html", context, status=422 if error else 200)


def _rows(owed: list[OwedFunction], duties: list[DutyRow]) -> list[dict[str, object]]:
    carriers: dict[str, list[DutyRow]] = {}
    for duty in duties:
        carriers.setdefault(duty.function, []).append(duty)
    return [
        {
            "row": each.row,
            "points": each.points,
            "leads": len(each.row.leads),
            "supports": len(each.row.supports),
            "carriers": carriers.get(each.row.code, []),
        }
        for each in owed
    ]


def _headings() -> list[str]:
    return [_("Code"), _("Function"), _("Units"), _("Points led"), _("Checks as lead"), _("Checks in support")]


def _exported(rows: list[dict[str, object]]) -> list[list[object]]:
    language = get_language() or "en"
    made: list[list[object]] = []
    for entry in rows:
        row, carriers, points = entry["row"], entry["carriers"], entry["points"]
        units = _(", ").join(duty.name.into(language) for duty in carriers) if isinstance(carriers, list) else ""
        code, title = getattr(row, "code", ""), getattr(row, "title", Text()).into(language)
        in_points = points / 1_000_000 if isinstance(points, int) else ""
        made.append([code, title, units, in_points, entry["leads"], entry["supports"]])
    return made


@require_POST
@requires(MANAGE_CAMPAIGN)
def setup_function_map(request: HttpRequest) -> HttpResponse:
    """Let a unit carry a function; the unit is written by name or code, or chosen from the list."""
    desk = at_desk(request)
    if desk.campaign is None:
        return HttpResponseRedirect(reverse("setup_campaign"))
    given = {name: request.POST.get(name, "").strip() for name in ("function", "unit", "from", "to")}
    try:
        duty = map_function(desk.campaign, _wanted(desk, given), by=desk.post)
    except RegisterError as error:
        rows = _rows(_owed(desk), function_duties(desk.campaign.pk))
        return _page(request, desk, rows, given=given, error=error.words.into(get_language() or "en"))
    words = _("%(unit)s now carries it.") % {"unit": duty.unit.name.into(get_language() or "en")}
    undo.offer(request, PAGE, words, {"unmap": [duty.pk]})
    return HttpResponseRedirect(f"{reverse('setup_functions')}#{duty.function}")


def _wanted(desk: Desk, given: dict[str, str]) -> Mapping:
    names = unit_names(desk.county.pk, timezone.localdate())
    # The list of the field writes "name (code)".
    found = names.find(given["unit"]) or names.find(given["unit"].rpartition("(")[2].rstrip(")"))
    if len(found) != 1:
        wrong, right = names.problem(given["unit"], found)
        raise RegisterError(Text(f"{wrong.zh}；{right.zh}", f"{wrong.en}; {right.en}"), "unit")
    return Mapping(given["function"], names.codes[found[0]], _day(given["from"]), _day(given["to"]))


def _day(words: str) -> date | None:
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise RegisterError(Text("日期写作2026-01-31", "write a day as 2026-01-31"), "from") from None


@require_POST
@requires(MANAGE_CAMPAIGN)
def setup_function_unmap(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a function from a unit, or, with a day, let it end on that day."""
    desk = at_desk(request)
    last = request.POST.get("last", "").strip()
    try:
        if last and (day := _day(last)):
            ended = end_function(pk, day, by=desk.post)
            messages.success(
                request, _("%(unit)s carries it until %(day)s.") % {"unit": ended.unit.name_zh, "day": day}
            )
            return HttpResponseRedirect(f"{reverse('setup_functions')}#{ended.function}")
        gone = unmap_function(pk, by=desk.post)
    except RegisterError as error:
        messages.error(request, error.words.into(get_language() or "en"))
        return HttpResponseRedirect(reverse("setup_functions"))
    days = [day.isoformat() if day else "" for day in (gone.valid_from, gone.valid_to)]
    undo.offer(request, PAGE, _("The function was taken from its unit."), {"map": [[gone.function, gone.unit, *days]]})
    return HttpResponseRedirect(f"{reverse('setup_functions')}#{gone.function}")


@require_POST
@requires(MANAGE_CAMPAIGN)
def setup_function_undo(request: HttpRequest) -> HttpResponse:
    """Take the last change of the map back."""
    desk, kept = at_desk(request), undo.take(request, PAGE)
    if kept and desk.campaign is not None:
        held = {duty.pk for duty in function_duties(desk.campaign.pk)}
        for pk in kept.get("unmap", ()):
            if pk in held:
                unmap_function(pk, by=desk.post)
        given_back = [
            Mapping(function, unit, _day(since), _day(until)) for function, unit, since, until in kept.get("map", ())
        ]
        map_functions(desk.campaign, given_back, by=desk.post)
        if desk.year is not None:
            for check in kept.get("withdraw", ()):
                withdraw_answering_lead(desk.year, check, by=desk.post)
        messages.success(request, _("Taken back."))
        if "withdraw" in kept:
            return HttpResponseRedirect(reverse("setup_leads"))
    return HttpResponseRedirect(reverse("setup_functions"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def setup_function_proposals(request: HttpRequest) -> HttpResponse:
    """Show who could carry what nobody carries yet, and accept what is left ticked."""
    desk = at_desk(request)
    if desk.campaign is None or desk.year is None:
        return HttpResponseRedirect(reverse("setup_standard" if desk.campaign else "setup_campaign"))
    owed = _owed(desk)
    now = standing(desk.year, timezone.localdate())
    found = proposals(desk.county.pk, owed, now.duties.functions, timezone.localdate())
    if request.method == "POST":
        ticked = set(request.POST.getlist("pair"))
        wanted = [Mapping(one.function, one.unit) for one in found if _pair(one) in ticked]
        made = map_functions(desk.campaign, wanted, by=desk.post)
        words = ngettext("%(count)d proposal accepted.", "%(count)d proposals accepted.", len(made)) % {
            "count": len(made)
        }
        undo.offer(request, PAGE, words, {"unmap": [duty.pk for duty in made]})
        return HttpResponseRedirect(reverse("setup_functions"))
    points = {each.row.code: each.points for each in owed}
    covered = {one.function for one in found}
    groups: dict[str, list[Proposal]] = {}
    for one in found:
        groups.setdefault(one.function, []).append(one)
    context = {
        "crumbs": crumbs((_("Functions and units"), reverse("setup_functions")), (_("Proposals"), "")),
        "groups": [
            {
                "title": pairs[0].title,
                "points": points.get(function, 0),
                "pairs": [{"value": _pair(one), "name": one.name, "why": WHYS[one.why]} for one in pairs],
            }
            for function, pairs in groups.items()
        ],
        "count": len(found),
        "left": [each.row for each in owed if not each.row.units and each.row.code not in covered],
    }
    return render(request, "office/setup/proposals.html", context)


def _pair(one: Proposal) -> str:
    return f"{one.function}|{one.unit}"
