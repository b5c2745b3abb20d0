"""The list of work: views by stage, four lists of one record, filters, sorting, paging, and what is on screen as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.marks import ITEM_WORDS
from qipan.faces.office.work import office_lists
from qipan.faces.office.work.columns import COLUMNS, LISTS, Around, export_headings, exported, shown
from qipan.faces.office.work.fields import whole
from qipan.faces.office.work.item import KIND_WORDS, SIDE_WORDS
from qipan.faces.office.work.planned import PLANNED, plan_words
from qipan.faces.office.work.rates import COUNT_WORDS, FOUND_WORDS, NONE
from qipan.ground.units.permissions import READ
from qipan.overview.points import unit_names
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.basis.queries import documents
from qipan.spine.work.branches import branches_if_asked
from qipan.spine.work.class_queries import groups as class_groups
from qipan.spine.work.permissions import DECOMPOSE, IMPORT_WORK, ISSUE_TASK, LOG_OWN, READ_LADDER
from qipan.spine.work.queries import ORDERS, Apart, Filters, Options, apart, export, items, options

if TYPE_CHECKING:
    from qipan.overview.desk import Desk

VIEWS = {
    "": ("", pgettext_lazy("work view", "all")),
    "open": ("open", pgettext_lazy("work view", "open")),
    "to_accept": ("issued", pgettext_lazy("work view", "to accept")),
    "fixing": ("accepted", pgettext_lazy("work view", "being fixed")),
    "to_recheck": ("reported", pgettext_lazy("work view", "to re-check")),
    "closed": ("closed", pgettext_lazy("work view", "closed")),
    "suspended": ("suspended", pgettext_lazy("work view", "suspended")),
    "cancelled": ("cancelled", pgettext_lazy("work view", "cancelled")),
    "merged": ("merged", pgettext_lazy("work view", "merged")),
}
"""Views of the list: the state that each shows, and its word."""
OPEN_STATES = ("issued", "accepted", "reported", "suspended")
RARE = frozenset({"suspended", "cancelled", "merged"})
"""Views that are shown only where there is something in them."""
ROLE_WORDS = {
    "lead": pgettext_lazy("role of a unit", "leads"), "support": pgettext_lazy("role of a unit", "supports"),
    "territory": pgettext_lazy("role of a unit", "its territory"), "any": pgettext_lazy("role of a unit", "in any way"),
}  # fmt: skip
SPECIAL_WORDS = {
    "recheck": gettext_lazy("waits for a re-check that you may do"),
    "handle": gettext_lazy("your unit has to act"),
    "week": gettext_lazy("due this week"),
    "handle_week": gettext_lazy("your unit has to act this week"),
    "waiting": gettext_lazy("reported by your unit, not yet re-checked"),
    "closed_week": gettext_lazy("closed this week"),
    "instructed": gettext_lazy("with a leader's instruction"),
    "rework": gettext_lazy("came round again"),
    "joined": gettext_lazy("found more than once"),
    "recurred": gettext_lazy("closed, and found again within 30 days"),
    "to_decide": gettext_lazy("a request waits for your decision"),
    "to_consent": gettext_lazy("an extension waits for your consent"),
    "asked": gettext_lazy("with an open request"),
    "recheck_site": gettext_lazy("reported, to be looked at on site"),
    "recheck_photo": gettext_lazy("reported, to be looked at by photo"),
    "lately_site": gettext_lazy("reported in the last four weeks, for a look on site"),
    "lately_photo": gettext_lazy("reported in the last four weeks, for a photo"),
    "kept": gettext_lazy("not cancelled, with a deadline"),
    "deferred": gettext_lazy("deferred, to be reviewed"),
    "returned": gettext_lazy("returned by the unit"),
    "returned_upheld": gettext_lazy("returned, and rightly"),
    "extended": gettext_lazy("extension asked for"),
    "extended_upheld": gettext_lazy("extension granted"),
    "coordinated": gettext_lazy("co-ordination asked for"),
    "coordinated_upheld": gettext_lazy("co-ordinated by the office"),
    "appealed": gettext_lazy("finding disputed"),
    "appealed_upheld": gettext_lazy("finding disputed, and rightly"),
}
SPECIAL_VIEWS = {
    "to_decide": pgettext_lazy("work view", "to decide"),
    "to_consent": pgettext_lazy("work view", "to consent to"),
    "deferred": pgettext_lazy("work view", "deferred"),
}
"""Views that are not of one state; each is offered where it holds something."""
ORIGIN_WORDS = {
    "visit": gettext_lazy("from a visit"), "review": gettext_lazy("from a review"), "check": gettext_lazy("from the standard"),
    "file": gettext_lazy("from an imported table"),
    "self": gettext_lazy("found by the unit itself"),
    "speech": gettext_lazy("from a speech"),
    "chat": gettext_lazy("from a chat"),
    "hard_step": gettext_lazy("a step of a hard problem"),
    "decision": gettext_lazy("decided in a run"),
}  # fmt: skip
#: Conditions that links set and no field of the form shows; they are carried along and can be taken away.
BY_LINK = (
    "check", "node", "item", "round", "origin", "number", "rate", "since", "until", "group", "found", "issued", "parent", "basis", "file",
    *PLANNED,
)  # fmt: skip
NAMES = {
    "kind": "kind", "light": "light", "unit": "unit", "role": "role", "type": "site_type", "site": "site",
    "class": "work_class", "side": "side", "safety": "safety", "q": "text", "check": "check", "node": "node",
    "item": "item", "round": "round", "origin": "origin", "special": "special", "number": "number",
    "issued": "issued", "rate": "rate", "since": "since", "until": "until", "group": "group", "found": "found",
    **{name: name for name in PLANNED},
    "file": "file",
    "parent": "parent", "basis": "basis", "from_year": "from_year",
}  # fmt: skip
"""Parameters of the address, and the filters that they set."""


@dataclass(frozen=True, slots=True)
class View:
    """A view with its count; the count is that of the list it opens."""

    word: str
    count: int
    url: str
    here: bool


@require_GET
@requires(READ)
def work_list(request: HttpRequest) -> HttpResponse:
    """List the work that this post sees."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    get = request.GET
    now = timezone.now()
    view = get.get("view", "")
    state = VIEWS[view][0] if view in VIEWS else ""
    filters = filters_of(request, desk.year.year, state)
    sort = get.get("sort", "late")
    order = order_of(request)
    which = get.get("list", "") if get.get("list", "") in COLUMNS else ""
    kind = exports.wanted(request)
    if request.GET.get("export") == "office":
        found_rows = list(export(desk.post, filters, order, year=desk.year, now=now))
        return office_lists.workbook(desk, found_rows, Around(rulebook(desk.year)), now)
    around = Around(rulebook(desk.year), desk.year.campaign_id, desk.county.pk)
    if kind:
        rows = [shown(row, around, now) for row in export(desk.post, filters, order, year=desk.year, now=now)]
        name = str(LISTS[which])
        return exports.export(kind, name, export_headings(), [exported(row) for row in rows])
    page_number = whole(get.get("page", "")) or 1
    tree = branches_if_asked(desk.county.pk)
    found = items(
        desk.post, filters, order, page_number, year=desk.year, now=now, tree=tree, after=get.get("after", ""),
        before=get.get("before", ""),
    )  # fmt: skip
    kept = [(name, get[name]) for name in (*BY_LINK, "view", "list", "sort") if get.get(name)]
    any_filter = any(get.get(name) for name in NAMES)
    known = options(desk.post, desk.year, tree=tree)
    names = _unit_names(desk, known, get.get("unit", ""))
    beside = apart(desk.post, filters, year=desk.year, now=now, tree=tree, page=found)
    context: dict[str, Any] = {
        "heading": _("Work"),
        "words": _("Orders, tasks and pledges of the year: one record each, with its unit, its deadline and its log."),
        "rows": [shown(row, around, now).cells(COLUMNS[which]) for row in found.rows],
        "columns": [column.heading() for column in COLUMNS[which]],
        "count": found.total,
        "points": found.points,
        "page": Paginator(range(found.total), found.per_page).get_page(found.page),
        "ends": {"before": found.before, "after": found.after},
        "sort": sort,
        "views": [*_views(request, found.states, view), *_special_views(request, beside)],
        "lists": [_switch(request, name, which) for name in LISTS],
        "filters": _first_filters(request, known, names),
        "more_filters": _more_filters(request, desk, known, around),
        "keep": kept,
        "chips": list(_chips(request, desk, around, known, names)),
        "reset_url": reverse("work_list") + (f"?{urlencode({'view': view})}" if view else "") if any_filter else "",
        "exports": [*exports.links(request), (_("XLSX in the office's layout"), _address(request, export="office"))],
        "share_url": reverse("work_list_share") + _query(request),
        "rates_url": reverse("rates"),
        "ladder_url": reverse("ladder") if READ_LADDER.allows(desk.post, desk.county) else "",
        "files_url": reverse("work_files") if IMPORT_WORK.allows(desk.post, desk.county) else "",
        "task_url": reverse("task_new") if ISSUE_TASK.allows(desk.post, desk.county) else "",
        "own_url": reverse("own_new") if LOG_OWN.allows(desk.post, desk.county) else "",
        "decompose_url": reverse("work_decompose") if DECOMPOSE.allows(desk.post, desk.county) else "",
        "sheet_url": _sheet_url(desk, filters),
        "requests_url": reverse("work_requests"),
        "empty": _empty(desk, view),
    }
    return render(request, "office/work/list.html", context)


def _unit_names(desk: Desk, known: Options, asked: str) -> dict[str, str]:
    """Return the names of units by their codes: of those that lead something, else of all."""
    language = get_language() or "en"
    names = {unit.code: unit.name.into(language) for unit in known.units}
    if asked and asked not in names:
        names |= {unit.code: unit.name.into(language) for unit in unit_names(desk.county.pk).values()}
    return names


def order_of(request: HttpRequest) -> str:
    """Return the order that an address asks for."""
    sort = request.GET.get("sort", "late")
    return sort if sort.removeprefix("-") in ORDERS else "late"


def filters_of(request: HttpRequest, year: int, state: str) -> Filters:
    """Return the conditions that an address asks for."""
    given = {NAMES[name]: request.GET[name].strip() for name in NAMES if request.GET.get(name, "").strip()}
    safety = given.pop("safety", "") == "1"
    if not whole(given.get("file", "")):
        given.pop("file", None)
    return Filters(year=year, state=state, safety=safety, **cast("Any", given))


def _address(request: HttpRequest, **changes: str) -> str:
    """Return the address of the list with some parameters changed; empty ones are taken away."""
    query = request.GET.copy()
    for name in ("page", "after", "before", "export"):
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else reverse("work_list")


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else ""


def _views(request: HttpRequest, states: Mapping[str, int], here: str) -> Iterable[View]:
    for name, (state, word) in VIEWS.items():
        if name in RARE and not states.get(state) and here != name:
            continue
        wanted = OPEN_STATES if state == "open" else (state,) if state else tuple(states)
        aside = request.GET.get("special") in SPECIAL_VIEWS
        # A view of one state leaves the views that stand apart, and the other way round.
        address = _address(request, view=name, **({"special": ""} if aside else {}))
        count = sum(states.get(each, 0) for each in wanted)
        yield View(str(word), count, address, name == here and not (aside and not name))


def _special_views(request: HttpRequest, counts: Apart) -> Iterable[View]:
    for name, word in SPECIAL_VIEWS.items():
        here = request.GET.get("special") == name and not request.GET.get("view")
        count = int(getattr(counts, name))
        if count or here:
            yield View(str(word), count, _address(request, view="", special=name), here)


def _switch(request: HttpRequest, name: str, here: str) -> dict[str, object]:
    return {"word": str(LISTS[name]), "url": _address(request, list=name), "here": name == here}


def _select(request: HttpRequest, name: str, label: str, options: Iterable[tuple[str, str]]) -> dict[str, object]:
    value = request.GET.get(name, "")
    return {"name": name, "label": label, "kind": "select", "value": value, "options": [("", _("all")), *options]}


def _first_filters(request: HttpRequest, known: Options, names: Mapping[str, str]) -> list[dict[str, object]]:
    language = get_language() or "en"
    units = [(unit.code, unit.name.into(language)) for unit in known.units]
    asked = request.GET.get("unit", "")
    if asked and asked not in dict(units):
        # A unit that leads nothing here may still support, or have the place in its territory.
        units.append((asked, names.get(asked, asked)))
    return [
        {"name": "q", "label": _("Words or number"), "kind": "search", "value": request.GET.get("q", "")},
        _select(request, "light", _("Light"), [(name, str(word)) for name, word in ITEM_WORDS.items()]),
        _select(request, "unit", _("Unit"), units),
        _select(request, "kind", _("Kind"), [(name, str(KIND_WORDS[name])) for name in known.kinds]),
    ]


def _more_filters(request: HttpRequest, desk: Desk, known: Options, around: Around) -> list[dict[str, object]]:
    language = get_language() or "en"
    types = sorted((around.type_title(code).into(language), code) for code in around.book.catalogue.types)
    classes = [(each.code, f"{each.code} {each.name.into(language)}") for each in known.classes]
    role = _select(request, "role", _("The unit's part"), [])
    role["options"] = [("", str(ROLE_WORDS["lead"])), *((n, str(w)) for n, w in ROLE_WORDS.items() if n != "lead")]
    return [
        role,
        _select(request, "type", _("Type of site"), [(code, title) for title, code in types]),
        {"name": "site", "label": _("Site code"), "kind": "search", "value": request.GET.get("site", "")},
        _select(request, "class", pgettext("work", "Class"), classes),
        _select(request, "side", _("Hardware or software"), [(n, w.into(language)) for n, w in SIDE_WORDS.items()]),
        _select(request, "special", _("Only what is"), [(name, str(word)) for name, word in SPECIAL_WORDS.items()]),
        _select(request, "safety", _("Safety"), [("1", _("only what is dangerous"))]),
        *_carried(request, desk),
    ]


def _carried(request: HttpRequest, desk: Desk) -> list[dict[str, object]]:
    """Return the filter by year of origin, where a year of the county is closed and could have left something."""
    closed = [str(year.year) for year in desk.years if year.closed_at is not None]
    if not closed:
        return []
    years = [("any", _("any earlier year")), *((year, year) for year in closed)]
    return [_select(request, "from_year", _("Carried over from"), years)]


def _chips(
    request: HttpRequest, desk: Desk, around: Around, known: Options, names: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Return every condition in words, each with the address that takes it away."""
    get, language = request.GET, get_language() or "en"
    for name in NAMES:
        value = get.get(name, "").strip()
        if not value or (name == "role" and not get.get("unit")):
            continue
        match name:
            case "kind":
                words = str(KIND_WORDS.get(value, value))
            case "light":
                words = str(ITEM_WORDS.get(value, value))
            case "unit":
                words = names.get(value, value)
            case "role":
                words = str(ROLE_WORDS.get(value, value))
            case "type":
                words = around.type_title(value).into(language)
            case "class":
                words = next(
                    (f"{one.code} {one.name.into(language)}" for one in known.classes if one.code == value), value
                )
            case "side":
                words = SIDE_WORDS[value].into(language) if value in SIDE_WORDS else str(NONE["side"])
            case "safety":
                words = _("safety")
            case "check" | "node":
                words = around.criterion_title(value).into(language)
            case "special":
                words = str(SPECIAL_WORDS.get(value, value))
            case "origin":
                words = str(ORIGIN_WORDS.get(value, value))
            case "milestone" | "phase" | "action" | "programme" | "hard":
                words = plan_words(around.campaign, around.county, name, value)
            case "file":
                words = _("from imported file %(number)s") % {"number": value}
            case "rate":
                words = str(COUNT_WORDS.get(value, value))
            case "found":
                words = str(FOUND_WORDS.get(value, value))
            case "since":
                words = _("deadlines from %(since)s on") % {"since": value}
            case "issued":
                words = _("issued in %(month)s") % {"month": value}
            case "until":
                words = _("deadlines up to %(until)s") % {"until": value}
            case "group":
                words = class_groups()[value].title.into(language) if value in class_groups() else str(NONE["group"])
            case "from_year":
                year = _("any earlier year") if value == "any" else value
                words = _("carried over from %(year)s") % {"year": year}
            case "parent":
                words = _("subtasks of %(number)s") % {"number": value}
            case "basis":
                words = _document_words(desk, value)
            case "site":
                words = _("site %(code)s") % {"code": value}
            case "round":
                words = _("round %(code)s") % {"code": value}
            case _:
                words = value
        yield words, _address(request, **{name: ""})


def _document_words(desk: Desk, value: str) -> str:
    found = documents(desk.post, pk=whole(value))
    return _("rests on %(document)s") % {"document": found[0].cited_as if found else value}


def _sheet_url(desk: Desk, filters: Filters) -> str:
    """Return the address of the printed responsibility list of the unit that is filtered for, or of the reader's own."""
    code = filters.unit or (desk.post.unit.code if desk.post.role in {"head", "liaison"} else "")
    return reverse("work_unit_sheet", args=[code]) if code else ""


def _empty(desk: Desk, view: str) -> dict[str, object]:
    """Return what an empty list says to do."""
    if view:
        return {
            "title": _("Nothing stands here now"), "words": _("Items come here when they reach this stage."),
            "action": _("Show all"), "url": reverse("work_list"),
        }  # fmt: skip
    if DECOMPOSE.allows(desk.post, desk.county):
        return {
            "title": _("No work was issued this year"),
            "words": _("A visit or a review opens orders for what is not in order; the standard can be given to units as tasks."),
            "action": _("Assign tasks from the standard"), "url": reverse("work_decompose"),
        }  # fmt: skip
    return {
        "title": _("Nothing is asked of you now"),
        "words": _("When your unit gets an order or a task, it stands here, and your inbox says so."), "action": "", "url": "",
    }  # fmt: skip
