"""The register of units: the tree, one unit's form, its end, its merger, the types, the export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    day_field,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.documents.workbook import SheetToWrite, write_workbook
from qipan.ground.units import registers, registry, types
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_UNITS
from qipan.ground.units.registers import UnitRow
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.standard import folded


def tree_of(request: HttpRequest) -> list[UnitRow]:
    """Return the county's units as a tree."""
    return registers.unit_tree(at_desk(request).county.pk, timezone.localdate())


def workbook(sheet: SheetToWrite, name: str) -> HttpResponse:
    """Return a sheet as a file to keep."""
    response = HttpResponse(write_workbook([sheet], title=name), content_type=exports.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of the units."""
    return [(_("Settings"), reverse("setup")), (_("Units"), reverse("setup_units")), *more]


@require_GET
@requires(MANAGE_UNITS)
def setup_units(request: HttpRequest) -> HttpResponse:
    """Show the tree of units, or hand it out as a workbook."""
    desk = at_desk(request)
    if request.GET.get("export") == "xlsx":
        return workbook(registers.sheet_of_units(desk.county, get_language() or "en"), _("units"))
    tree = tree_of(request)
    names = {row.code: row.name for row in types.unit_types(desk.county.pk)}
    words, kind, show = folded(request.GET.get("q", "")), request.GET.get("type", ""), request.GET.get("show", "")
    rows = [
        row for row in tree
        if (not kind or row.type == kind)
        and (not words or any(words in folded(word) for word in (row.code, row.name.zh, row.name.en)))
        and (show == "all" or (row.current if show != "ended" else not row.current))
        and (show != "missing" or not (row.has_head and row.has_liaison))
    ]  # fmt: skip
    language = get_language() or "en"
    current = [row for row in tree if row.current]
    context = {
        "rows": [(row, names.get(row.type, Text(row.type, row.type))) for row in rows],
        "flat": bool(words or kind or show == "missing"), "count": len(current),
        "missing": sum(1 for row in current if not (row.has_head and row.has_liaison)),
        "ended": len(tree) - len(current),
        "crumbs": [(_("Settings"), reverse("setup")), (_("Units"), "")],
        "filters": [
            {"name": "q", "label": _("Name or code"), "kind": "search", "value": request.GET.get("q", "")},
            {"name": "type", "label": _("Type"), "kind": "select", "value": kind,
             "options": [("", _("all")), *((code, name.into(language)) for code, name in names.items() if any(row.type == code for row in tree))]},
            {"name": "show", "label": _("Show"), "kind": "select", "value": show,
             "options": [("", _("units in being")), ("missing", _("without a head or a liaison officer")), ("ended", _("ended or merged")), ("all", _("all units"))]},
        ],
    }  # fmt: skip
    return render(request, "office/setup/units.html", context)


class UnitForm(forms.Form):
    """What is entered of a unit."""

    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=80, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"))
    parent = forms.ChoiceField(label=gettext_lazy("Stands under"), required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Left empty, a free one is given."),
    )
    valid_from = day_field(gettext_lazy("First day"), help_text=gettext_lazy("Left empty: always."))
    valid_to = day_field(gettext_lazy("Last day"))

    def entry(self) -> registry.UnitEntry:
        """Return what was entered."""
        data = self.cleaned_data
        return registry.UnitEntry(
            Text(data["name_zh"], data["name_en"]), data["type"], data["code"], page_number(data["parent"]),
            data["valid_from"], data["valid_to"],
        )  # fmt: skip


def _form(request: HttpRequest, row: UnitRow | None) -> UnitForm:
    county = at_desk(request).county
    initial: dict[str, Any] = {"type": request.GET.get("type", ""), "parent": request.GET.get("under", "")}
    if row is not None:
        initial = {
            "name_zh": row.name.zh, "name_en": row.name.en, "type": row.type, "parent": row.parent or "",
            "code": row.code, "valid_from": row.valid_from, "valid_to": row.valid_to,
        }  # fmt: skip
    form = UnitForm(request.POST if request.method == "POST" else None, initial=initial)
    choose(form, "type", options(((each.code, each.name) for each in types.unit_types(county.pk)), _("choose")))
    choices = registers.unit_choices(county.pk, timezone.localdate())
    if row is not None and row.parent and row.parent not in dict(choices):
        choices.append((row.parent, row.parent_name))
    choose(
        form,
        "parent",
        options(((str(pk), name) for pk, name in choices if row is None or pk != row.pk), _("nobody: at the top")),
    )
    styled(form)
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = registry.add_unit(form.entry(), by=at_desk(request).post)
        except AlreadySent:
            return redirect("setup_units")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": said(made.name)})
            again = "unit_new" if request.POST.get("do") == "another" else "setup_units"
            return redirect(again)
    context = {"form": form, "crumbs": crumbs((_("Add a unit"), "")), "uid": new_uid(), "heading": _("Add a unit")}
    return render(request, "office/setup/unit_form.html", context, status=status_of(form, context))


def _row(request: HttpRequest, pk: int) -> UnitRow:
    row = registers.unit_row(at_desk(request).county.pk, pk, timezone.localdate())
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is entered of a unit."""
    row = _row(request, pk)
    form = _form(request, row)
    context: dict[str, Any] = {
        "form": form, "row": row, "kept_version": row.version, "heading": said(row.name),
        "crumbs": crumbs((said(row.name), reverse("unit", args=[row.code])), (_("Edit"), "")),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        version = page_number(request.POST.get("version", "")) or 0
        try:
            kept = registry.edit_unit(pk, form.entry(), version=version, by=at_desk(request).post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": said(kept.name)})
            return redirect("setup_units")
    return render(request, "office/setup/unit_form.html", context, status=status_of(form, context))


class EndForm(forms.Form):
    """A last day."""

    on = day_field(gettext_lazy("Last day"), required=True)


class MergeForm(forms.Form):
    """The unit that takes the place, and the first day."""

    into = forms.ChoiceField(label=gettext_lazy("Merged into"))
    on = day_field(
        gettext_lazy("From this day on"), required=True,
        help_text=gettext_lazy("The day on which the merger takes effect: today or earlier."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before a unit ends, and end it."""
    row = _row(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    styled(form)
    context: dict[str, Any] = {
        "form": form, "row": row, "kept_version": row.version, "heading": _("End %(name)s") % {"name": said(row.name)},
        "crumbs": crumbs((said(row.name), reverse("unit_edit", args=[pk])), (_("End"), "")),
        "effects": [
            _("Posts in it end on that day."), _("What it answers for ends: its points are then nobody's until another unit takes them."),
            _("What was recorded before stays as it is."),
        ],
        "verb": _("End this unit"),
    }  # fmt: skip
    return _closing(request, form, context, lambda version: registry.end_unit(
        pk, form.cleaned_data["on"], version=version, by=at_desk(request).post
    ))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before a unit is merged into another, and merge it."""
    row, today = _row(request, pk), timezone.localdate()
    form = MergeForm(request.POST if request.method == "POST" else None, initial={"on": today})
    choices = registers.unit_choices(at_desk(request).county.pk, today)
    choose(form, "into", options(((str(each), name) for each, name in choices if each != pk), _("choose")))
    styled(form)
    context: dict[str, Any] = {
        "form": form, "row": row, "kept_version": row.version,
        "heading": _("Merge %(name)s into another unit") % {"name": said(row.name)},
        "crumbs": crumbs((said(row.name), reverse("unit_edit", args=[pk])), (_("Merge"), "")),
        "effects": [
            _("From that day on its posts, the units under it, its sites and its functions are the other unit's."),
            _("What lies before that day stays its own."), _("This cannot be taken back by a button."),
        ],
        "verb": _("Merge"),
    }  # fmt: skip
    return _closing(request, form, context, lambda version: registry.merge_unit(
        pk, page_number(form.cleaned_data["into"]) or 0, form.cleaned_data["on"], version=version,
        by=at_desk(request).post, today=today,
    ))  # fmt: skip


def _closing(request: HttpRequest, form: forms.Form, context: dict[str, Any], act: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            kept = act(page_number(request.POST.get("version", "")) or 0)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": said(kept.name)})
            return redirect("setup_units")
    return render(request, "office/setup/unit_end.html", context, status=status_of(form, context))


@require_POST
@requires(MANAGE_UNITS)
def unit_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the end of a unit back."""
    _row(request, pk)
    try:
        kept = registry.reopen_unit(
            pk, version=page_number(request.POST.get("version", "")) or 0, by=at_desk(request).post
        )
    except RegisterError as error:
        messages.error(request, said(error.words))
    else:
        messages.success(
            request, _("%(name)s is in being again. Its posts and duties are entered anew.") % {"name": said(kept.name)}
        )
    return redirect("setup_units")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_types(request: HttpRequest) -> HttpResponse:
    """List the types of units; add, rename, order or remove one."""
    desk = at_desk(request)
    context: dict[str, Any] = {"crumbs": crumbs((_("Types of units"), ""))}
    status = 200
    if request.method == "POST":
        try:
            _change_type(request)
        except RegisterError as error:
            context |= {"problem": said(error.words), "posted": request.POST} | changed_context(error)
            status = 409 if context.get("is_stale") else 422
        else:
            return redirect("unit_types")
    context["rows"] = types.unit_types(desk.county.pk)
    return render(request, "office/setup/unit_types.html", context, status=status)


def _change_type(request: HttpRequest) -> None:
    desk, sent = at_desk(request), request.POST
    name = Text(sent.get("name_zh", ""), sent.get("name_en", ""))
    pk, version = page_number(sent.get("pk", "")) or 0, page_number(sent.get("version", "")) or 0
    territorial, lowest = bool(sent.get("is_territorial")), bool(sent.get("is_grassroots"))
    match sent.get("do"):
        case "add":
            types.add_unit_type(desk.county, name, is_territorial=territorial, is_grassroots=lowest, by=desk.post)
        case "rename":
            types.rename_unit_type(
                pk, name, is_territorial=territorial, is_grassroots=lowest, version=version, by=desk.post
            )
        case "up" | "down" as way:
            order = [row.pk for row in types.unit_types(desk.county.pk)]
            if pk in order:
                at = order.index(pk)
                to = max(0, min(len(order) - 1, at + (-1 if way == "up" else 1)))
                order[at], order[to] = order[to], order[at]
                types.order_unit_types(order, by=desk.post)
        case "drop":
            types.drop_unit_type(pk, by=desk.post)
        case "begin":
            types.begin_unit_types(by=desk.post)
        case _:
            raise RegisterError(Text("没有要做的事", "there is nothing to do"))
