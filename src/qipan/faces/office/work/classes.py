"""The table of classes: what a finding is called, how long it may take, when it is opened and closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.handed_in import handed_in
from qipan.ground.documents.problems import FileError
from qipan.ground.units.drafts import draft_of, drop_draft, keep_draft
from qipan.ground.units.permissions import MANAGE_CLASSES, READ
from qipan.ground.worktime.clock import CALENDAR_DAY, URGENT_HOUR, WORKING_DAY, WORKING_HOUR, Limit
from qipan.spine.work import class_queries
from qipan.spine.work.class_import import ClassPlan, TableChanged, apply_import, plan_import
from qipan.spine.work.class_queries import CITY, OFFICE, SAMPLE, ClassRow
from qipan.spine.work.class_table import functions_by_name, lines_of, read_table, write_table
from qipan.spine.work.classes import (
    LOCAL,
    ClassEntry,
    ClassError,
    StaleClass,
    add_class,
    edit_class,
    entry_of,
    seed_classes,
    set_item_class,
)

#: The form under which a table waits for its confirmation.
WAITING = "work.classes.import"
UNIT_WORDS = {
    URGENT_HOUR: gettext_lazy("hours around the clock"),
    WORKING_HOUR: gettext_lazy("working hours"),
    WORKING_DAY: gettext_lazy("working days"),
    CALENDAR_DAY: gettext_lazy("calendar days"),
}
BASIS_WORDS = {
    SAMPLE: pgettext_lazy("basis of a limit", "sample"),
    CITY: pgettext_lazy("basis of a limit", "sample of a city"),
    OFFICE: pgettext_lazy("basis of a limit", "own"),
}
BASIS_PILLS = {SAMPLE: "assumed", CITY: "inferred", OFFICE: "on_plan"}
STATE_PILLS = {"new": "on_plan", "changed": "due", "unchanged": "neutral", "refused": "failed", "waiting": "inferred"}
STATE_WORDS = {
    "new": pgettext_lazy("line of a table", "new"), "changed": pgettext_lazy("line of a table", "changed"), "unchanged": pgettext_lazy("line of a table", "unchanged"), "refused": pgettext_lazy("line of a table", "refused"),
    "waiting": pgettext_lazy("line of a table", "old code, to be confirmed"),
}  # fmt: skip


def _order(code: str) -> tuple[bool, bool, str]:
    """Local classes first, then matters, then the long lists of components."""
    return code != LOCAL, code < "06", code


@dataclass(frozen=True, slots=True)
class ShownClass:
    """A class as the list shows it."""

    row: ClassRow
    limit: str
    basis_word: str
    pill: str
    function: Text
    url: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A major class with its classes."""

    title: Text
    code: str
    rows: tuple[ShownClass, ...]
    is_open: bool


def limit_words(limit: Limit) -> str:
    """Return a limit in the reader's language."""
    counted = {"count": limit.amount}
    match limit.unit:
        case "urgent_hour":
            words = ngettext("%(count)s hour around the clock", "%(count)s hours around the clock", limit.amount)
        case "working_hour":
            words = ngettext("%(count)s working hour", "%(count)s working hours", limit.amount)
        case "working_day":
            words = ngettext("%(count)s working day", "%(count)s working days", limit.amount)
        case _:
            words = ngettext("%(count)s calendar day", "%(count)s calendar days", limit.amount)
    return words % counted


def _functions() -> Mapping[str, Text]:
    return {code: function.title for code, function in class_queries.shipped_functions().items()}


def _shown(row: ClassRow, functions: Mapping[str, Text]) -> ShownClass:
    return ShownClass(
        row=row,
        limit=limit_words(row.limit),
        basis_word=str(BASIS_WORDS[row.basis]),
        pill=BASIS_PILLS[row.basis],
        function=functions.get(row.function, Text(row.function)),
        url=reverse("work_class", args=[row.code]),
    )


# ---- the list -------------------------------------------------------------------------------------------------------


@require_GET
@requires(READ)
def work_classes(request: HttpRequest) -> HttpResponse:
    """List the classes by their groups."""
    desk = at_desk(request)
    everything = class_queries.class_list(desk.post)
    groups, functions = class_queries.groups(), _functions()
    words, group, basis = (request.GET.get(name, "").strip() for name in ("q", "group", "basis"))
    rows = class_queries.found_in(everything, words)
    rows = [row for row in rows if (not group or row.group == group) and (not basis or row.basis == basis)]
    shown = [_shown(row, functions) for row in rows]
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("classes of findings"), _headings(), [_exported(one) for one in shown])
    context: dict[str, Any] = {
        "groups": [
            ShownGroup(
                groups[code].title if code in groups else Text(code),
                code,
                tuple(one for one in shown if one.row.group == code),
                code == LOCAL or bool(words or group or basis),
            )
            for code in sorted(dict.fromkeys(row.group for row in rows), key=_order)
        ],
        "count": len(everything),
        "samples": sum(1 for row in everything if row.basis != OFFICE),
        "samples_url": f"{reverse('work_classes')}?basis={SAMPLE}",
        "filters": [
            {"name": "q", "label": _("Search"), "kind": "search", "value": words},
            {"name": "group", "label": _("Group"), "kind": "select", "value": group,
             "options": [("", _("all groups")), *((one.code, one.title) for one in groups.values())]},
            {"name": "basis", "label": _("Limit rests on"), "kind": "select", "value": basis,
             "options": [("", _("anything")), *BASIS_WORDS.items()]},
        ],
        "reset_url": reverse("work_classes") if words or group or basis else "",
        "exports": exports.links(request),
        "may_edit": MANAGE_CLASSES.allows(desk.post, desk.county),
        "crumbs": [(_("Work"), reverse("work_list")), (_("Classes of findings"), "")],
    }  # fmt: skip
    return render(request, "office/work/classes.html", context)


def _crumbs(here: Text | str) -> list[tuple[Text | str, str]]:
    return [(_("Work"), reverse("work_list")), (_("Classes of findings"), reverse("work_classes")), (here, "")]


def _headings() -> list[str]:
    return [
        _("Code"), _("Class"), _("English name"), _("Limit"), _("Rests on"), _("Source"), _("Responsible function"),
        _("Opened when"), _("Closed when"), _("In use"),
    ]  # fmt: skip


def _exported(one: ShownClass) -> list[object]:
    language, row = get_language() or "en", one.row
    return [
        row.code, row.name.zh, row.name.en, one.limit, one.basis_word, row.source.into(language),
        one.function.into(language), row.opens.into(language), row.closes.into(language),
        _("yes") if row.is_active else _("no"),
    ]  # fmt: skip


@require_POST
@requires(MANAGE_CLASSES)
def work_classes_seed(request: HttpRequest) -> HttpResponse:
    """Fill the table from what comes with the program; what is there stays."""
    desk = at_desk(request)
    count = seed_classes(desk.county, by=desk.post)
    messages.success(request, _("Classes added: %(count)s. What you have edited stays as it is.") % {"count": count})
    return redirect("work_classes")


@require_GET
@requires(READ)
def work_classes_table(request: HttpRequest) -> HttpResponse:
    """Hand the table out as offices write it: a workbook with a heading of two rows."""
    desk = at_desk(request)
    groups = {code: group.title.zh for code, group in class_queries.groups().items()}
    functions = {code: title.zh for code, title in _functions().items()}
    content = write_table(class_queries.classes_of(desk.post), groups, functions)
    response = HttpResponse(content, content_type=exports.XLSX)
    name = f"{desk.county.name_zh}立案处置结案标准.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


# ---- one class ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ)
def work_class(request: HttpRequest, code: str) -> HttpResponse:
    """Show a class, and change it."""
    desk = at_desk(request)
    found = class_queries.class_page(desk.post, code)
    if found is None:
        raise Http404
    shown = _shown(found.shown, _functions())
    context: dict[str, Any] = _form_context(entry_of(found.row), found.row.version) | {
        "shown": shown,
        "items": found.items,
        "may_edit": MANAGE_CLASSES.allows(desk.post, desk.county),
        "crumbs": _crumbs(shown.row.name),
    }
    if request.method != "POST":
        return render(request, "office/work/class.html", context)
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise Http404
    try:
        given = _entry(request, found.row.group)
        changed = edit_class(found.row, given, version=int(version), by=desk.post)
    except StaleClass as stale:
        now = _form_context(entry_of(stale.now), stale.now.version)
        context |= {"given": request.POST, "version": stale.now.version, "stale": stale.words, "now": now["fields"]}
        return render(request, "office/work/class.html", context, status=409)
    except ClassError as error:
        context |= {"given": request.POST, "version": version, "error": {error.field: error.words}}
        return render(request, "office/work/class.html", context, status=422)
    if changed.version == int(version):
        messages.info(request, _("Nothing was changed: everything is as it was."))
    else:
        messages.success(
            request, _("%(code)s is saved. Orders that are open keep the limit they were issued with.") % {"code": code}
        )
    return redirect("work_class", code)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CLASSES)
def work_class_new(request: HttpRequest) -> HttpResponse:
    """Add a class of the county's own."""
    desk = at_desk(request)
    context: dict[str, Any] = _form_context(ClassEntry("", 5, WORKING_DAY), 0) | {
        "is_new": True,
        "may_edit": True,
        "groups": list(class_queries.groups().values()),
        "crumbs": _crumbs(_("Add a class")),
    }
    if request.method != "POST":
        return render(request, "office/work/class.html", context)
    try:
        made = add_class(desk.county, request.POST.get("code", ""), _entry(request, LOCAL), by=desk.post)
    except ClassError as error:
        context |= {"given": request.POST, "error": {error.field: error.words}}
        return render(request, "office/work/class.html", context, status=422)
    messages.success(request, _("%(code)s is added.") % {"code": made.code})
    return redirect("work_class", made.code)


@require_POST
@requires(MANAGE_CLASSES)
def work_class_item(request: HttpRequest, code: str) -> HttpResponse:
    """Put a checklist item into this class, or take it out."""
    desk = at_desk(request)
    if class_queries.class_page(desk.post, code) is None:
        raise Http404
    item = request.POST.get("item", "")
    try:
        set_item_class(desk.county, item, "" if request.POST.get("take") else code, by=desk.post)
    except ClassError as error:
        messages.error(request, error.words.into(get_language() or "en"))
    else:
        messages.success(request, _("Saved: %(item)s") % {"item": item})
    return redirect("work_class", code)


def _form_context(entry: ClassEntry, version: int) -> dict[str, Any]:
    fields = entry.fields()
    return {
        "given": fields | {"is_active": "1" if entry.is_active else ""},
        "fields": fields,
        "version": version,
        "units": list(UNIT_WORDS.items()),
        "functions": sorted(_functions().items(), key=lambda pair: pair[1].into(get_language() or "en")),
        "error": {},
    }


def _entry(request: HttpRequest, group: str) -> ClassEntry:
    """Return what a form says.

    Raises:
        ClassError: the limit is no number.
    """
    post = request.POST
    limit = post.get("limit", "").strip()
    if not limit.isdecimal() or len(limit) > 6:
        raise ClassError(Text("处置时限应是整数", "the limit is a whole number"), "limit")
    words = {name: post.get(name, "") for name in (
        "name_zh", "name_en", "opens_zh", "opens_en", "closes_zh", "closes_en", "source", "function", "limit_unit",
    )}  # fmt: skip
    if words["function"] and words["function"] not in _functions():
        raise ClassError(Text("请从列表中选择责任职能", "choose the function from the list"), "function")
    asked = post.get("group", "") or group
    if asked not in class_queries.groups() and asked != group:
        raise ClassError(Text("请从列表中选择大类", "choose the group from the list"), "group")
    return ClassEntry(limit=int(limit), group=asked, is_active=bool(post.get("is_active")), **words)


# ---- a table of one's own -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CLASSES)
def work_classes_import(request: HttpRequest) -> HttpResponse:
    """Take a table, show what it would change, and put it in place when that is confirmed."""
    desk = at_desk(request)
    act = request.POST.get("act", "")
    if request.method != "POST":
        return _import_page(request)
    if act == "drop":
        drop_draft(desk.post, WAITING)
        messages.info(request, _("The table is put aside; nothing was changed."))
        return redirect("work_classes_import")
    if act == "apply":
        return _apply(request)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _import_page(request, status=422, problems=[_("No file was chosen. Choose a file, then send it.")])
    try:
        with handed_in(file) as (path, name):
            lines = read_table(path, name=name)
    except FileError as error:
        language = get_language() or "en"
        return _import_page(request, status=422, problems=[each.words(language) for each in error.problems[:20]])
    content = {"name": file.name or "", "lines": [line.plain() for line in lines]}
    if keep_draft(desk.post, WAITING, content) is None:
        return _import_page(request, status=422, problems=[_("The table holds too much text; import it in parts.")])
    return HttpResponseRedirect(reverse("work_classes_import"))


def _import_page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    desk = at_desk(request)
    kept = draft_of(desk.post, WAITING)
    context: dict[str, Any] = {
        "crumbs": _crumbs(_("Import a table")),
        "waiting": None,
    }
    if kept is not None:
        found = plan_import(desk.county, lines_of(kept["lines"]), _by_name())
        context |= {"waiting": kept["name"] or _("table"), "mark": found.mark, "old": found.old, **_told(found)}
    return render(request, "office/work/classes_import.html", context | more, status=status)


def _apply(request: HttpRequest) -> HttpResponse:
    desk = at_desk(request)
    kept = draft_of(desk.post, WAITING)
    if kept is None:
        return redirect("work_classes_import")
    try:
        found = apply_import(
            desk.county, lines_of(kept["lines"]), _by_name(), mark=request.POST.get("mark", ""), by=desk.post,
            with_old=bool(request.POST.get("with_old")),
        )  # fmt: skip
    except (TableChanged, StaleClass) as error:
        return _import_page(request, status=409, problems=[error.words.into(get_language() or "en")])
    drop_draft(desk.post, WAITING)
    messages.success(
        request,
        _("Classes changed: %(changed)s; added: %(new)s; lines left out: %(refused)s.")
        % {state: found.plan.count(state) for state in ("changed", "new", "refused")},
    )
    return redirect("work_classes")


def _by_name() -> dict[str, str]:
    return functions_by_name(class_queries.shipped_functions().values())


def _told(found: ClassPlan) -> dict[str, Any]:
    language = get_language() or "en"
    order = {"refused": 0, "waiting": 1, "changed": 2, "new": 3}
    lines = [
        {
            "place": one.line.place.words().into(language),
            "label": one.label,
            "state": STATE_PILLS[one.state],
            "word": STATE_WORDS[one.state],
            "changes": one.changes,
            "problems": [
                f"{each.message.into(language)} {each.remedy.into(language)}".strip() for each in one.problems
            ],
            "note": one.note,
        }
        for one in sorted(
            (one for one in found.plan.lines if one.state != "unchanged" or one.note),
            key=lambda one: (order.get(one.state, 4), one.line.place.line),
        )
    ]
    return {
        "lines": lines,
        "counts": [(STATE_WORDS[state], found.plan.count(state)) for state in STATE_WORDS],
        "does_something": found.plan.does_something or bool(found.old),
    }
