"""The register of sites as the office keeps it: the list, one site's form with its place on the map, the export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
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
from qipan.faces.office.setup.unit_pages import workbook
from qipan.ground.sites import queries, registry
from qipan.ground.sites.site_list import Words, site_sheet
from qipan.ground.sites.sponsors import KINDS, LEADER, SPONSORING, UNIT
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.permissions import MANAGE_SITES
from qipan.ground.units.registers import post_choices, unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.site_words import site_words
from qipan.overview.standard import folded

PAGE = 100
MORE_DUTIES = 3
"""Empty lines for further duties that a form offers."""


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of the sites."""
    return [(_("Settings"), reverse("setup")), (_("Sites"), reverse("setup_sites")), *more]


@require_GET
@requires(MANAGE_SITES)
def setup_sites(request: HttpRequest) -> HttpResponse:
    """List the register, or hand it out as a workbook."""
    desk, today = at_desk(request), timezone.localdate()
    words, language = site_words(desk.year), get_language() or "en"
    if request.GET.get("export") == "xlsx":
        return workbook(site_sheet(desk.county, today, words, language), _("sites"))
    found = queries.sites_of(desk.county.pk, today)
    names = queries.unit_titles(desk.county.pk)
    asked, kind, show = folded(request.GET.get("q", "")), request.GET.get("type", ""), request.GET.get("show", "")
    tests = {
        "": lambda row: row.current, "place": lambda row: row.current and row.lon is None,
        "territory": lambda row: row.current and row.territory is None,
        "duty": lambda row: row.current and not row.duties, "ended": lambda row: not row.current, "all": lambda row: True,
    }  # fmt: skip
    rows = [
        row for row in found
        if tests.get(show, tests[""])(row) and (not kind or row.type == kind)
        and (not asked or any(asked in folded(word) for word in (row.code, row.name.zh, row.name.en, row.address)))
    ]  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = {key: sum(1 for row in found if test(row)) for key, test in tests.items()}
    used = sorted({row.type for row in found})
    context = {
        "page": page, "count": counts[""], "counts": counts,
        "rows": [
            {
                "row": row, "type": words.types.get(row.type, Text(row.type, row.type)),
                "territory": names.get(row.territory or 0, Text()), "unit": names.get(row.duties.get("", 0), Text()),
                "others": sum(1 for function in row.duties if function),
            }
            for row in page
        ],
        "crumbs": [(_("Settings"), reverse("setup")), (_("Sites"), "")],
        "no_types": not words.types,
        "filters": [
            {"name": "q", "label": _("Name, code or address"), "kind": "search", "value": request.GET.get("q", "")},
            {"name": "type", "label": _("Type"), "kind": "select", "value": kind, "options": [("", _("all")), *((code, words.types.get(code, Text(code, code)).into(language)) for code in used)]},
            {"name": "show", "label": _("Show"), "kind": "select", "value": show, "options": [
                ("", _("sites in use")), ("place", _("without a position (%(count)d)") % {"count": counts["place"]}),
                ("territory", _("without a territory (%(count)d)") % {"count": counts["territory"]}),
                ("duty", _("without a duty of their own (%(count)d)") % {"count": counts["duty"]}),
                ("ended", _("ended (%(count)d)") % {"count": counts["ended"]}), ("all", _("all")),
            ]},
        ],
    }  # fmt: skip
    return render(request, "office/setup/sites.html", context)


class SiteForm(forms.Form):
    """What is entered of a site."""

    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=80, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"))
    address = forms.CharField(label=gettext_lazy("Address"), max_length=160, required=False)
    territory = forms.ChoiceField(
        label=gettext_lazy("Territory"),
        required=False,
        help_text=gettext_lazy("The township, subdistrict or community in which it lies."),
    )
    sponsor_leader = forms.ChoiceField(label=gettext_lazy("Sponsoring leader"), required=False)
    sponsor_unit = forms.ChoiceField(label=gettext_lazy("Sponsoring unit"), required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Left empty, a free one is given."),
    )
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"))
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )
    since = day_field(
        gettext_lazy("New territory, duties and sponsors count from"),
        help_text=gettext_lazy("What lies before that day stays as it was."),
    )


def _form(request: HttpRequest, row: queries.SiteRow | None, words: Words) -> tuple[SiteForm, list[dict[str, Any]]]:
    """Return the form, and the lines of its duties: function and unit."""
    county, today = at_desk(request).county, timezone.localdate()
    initial: dict[str, Any] = {"type": request.GET.get("type", ""), "since": today}
    if row is not None:
        initial |= {
            "name_zh": row.name.zh, "name_en": row.name.en, "type": row.type, "address": row.address,
            "territory": row.territory or "", "code": row.code, "valid_from": row.valid_from, "valid_to": row.valid_to,
            "lon": row.lon, "lat": row.lat, "sponsor_leader": row.sponsors.get(LEADER, ""),
            "sponsor_unit": row.sponsors.get(UNIT, ""),
        }  # fmt: skip
    form = SiteForm(request.POST if request.method == "POST" else None, initial=initial)
    types = list(words.types.items())
    if row is not None and row.type not in words.types:
        types.append((row.type, Text(row.type, row.type)))
    choose(form, "type", options(types, _("choose")))
    units = unit_choices(county.pk, today)
    if row is not None:
        names = queries.unit_titles(county.pk)
        units += [
            (pk, names[pk])
            for pk in {row.territory, row.sponsors.get(UNIT), *row.duties.values()} - {None, *dict(units)}
            if pk is not None
        ]
    choose(form, "territory", options(((str(pk), name) for pk, name in units), _("none")))
    leaders = post_choices(county.pk, today, roles=SPONSORING, also=row.sponsors.get(LEADER) if row else None)
    choose(form, "sponsor_leader", options(((str(pk), name) for pk, name in leaders), _("none")))
    choose(form, "sponsor_unit", options(((str(pk), name) for pk, name in units), _("none")))
    if row is None:
        del form.fields["since"]
    styled(form)
    if request.method == "POST":
        pairs = list(zip(request.POST.getlist("duty_function"), request.POST.getlist("duty_unit"), strict=False))
    else:
        pairs = [(function, str(unit)) for function, unit in sorted((row.duties if row else {}).items())]
    if "" not in dict(pairs):
        pairs.insert(0, ("", ""))
    pairs += [("+", "")] * max(0, MORE_DUTIES - sum(1 for function, unit in pairs if function == "+" and not unit))
    lines = [{"function": function, "unit": unit} for function, unit in pairs]
    return form, lines


def _entry(form: SiteForm, request: HttpRequest) -> registry.SiteEntry:
    data = form.cleaned_data
    duties: dict[str, int] = {}
    for function, unit in zip(request.POST.getlist("duty_function"), request.POST.getlist("duty_unit"), strict=False):
        pk = page_number(unit)
        if pk is None:
            continue
        if function == "+":
            raise RegisterError(
                Text("请为责任单位选择职能", "choose the function for each unit that answers"), "duties"
            )
        if function in duties:
            raise RegisterError(Text("同一职能只能有一个责任单位", "one unit answers in one function"), "duties")
        duties[function] = pk
    chosen = {kind: page_number(data[f"sponsor_{kind}"]) for kind in KINDS}
    sponsors = {kind: pk for kind, pk in chosen.items() if pk is not None}
    return registry.SiteEntry(
        Text(data["name_zh"], data["name_en"]), data["type"], data["code"], data["address"],
        page_number(data["territory"]), data["lon"], data["lat"], data["valid_from"], data["valid_to"], duties, sponsors,
    )  # fmt: skip


def _page(
    request: HttpRequest, form: SiteForm, lines: list[dict[str, Any]], words: Words, context: dict[str, Any]
) -> HttpResponse:  # fmt: skip
    county, today = at_desk(request).county, timezone.localdate()
    context |= {
        "form": form, "duties": lines,
        "functions": sorted(options(words.functions.items()), key=lambda pair: pair[1]),
        "units": options((str(pk), name) for pk, name in unit_choices(county.pk, today)),
        "data_url": reverse("sites_geojson"), "no_types": not words.types,
    }  # fmt: skip
    known = {key for key, _name in context["units"]}
    names = queries.unit_titles(county.pk)
    extra = {line["unit"] for line in lines if line["unit"] and line["unit"] not in known}
    context["units"] += [
        (key, names[pk].into(get_language() or "en")) for key in sorted(extra) if (pk := page_number(key)) in names
    ]
    return render(request, "office/setup/site_form.html", context, status=status_of(form, context))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_SITES)
def site_new(request: HttpRequest) -> HttpResponse:
    """Add a site."""
    desk = at_desk(request)
    words = site_words(desk.year)
    form, lines = _form(request, None, words)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = registry.add_site(_entry(form, request), types=words.types, by=desk.post)
        except AlreadySent:
            return redirect("setup_sites")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": said(made.name)})
            return redirect("site_new" if request.POST.get("do") == "another" else "setup_sites")
    context = {"heading": _("Add a site"), "crumbs": crumbs((_("Add a site"), "")), "uid": new_uid()}
    return _page(request, form, lines, words, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_SITES)
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is entered of a site."""
    desk, today = at_desk(request), timezone.localdate()
    row = queries.site_of(desk.county.pk, pk, today)
    if row is None:
        raise Http404
    words = site_words(desk.year)
    form, lines = _form(request, row, words)
    context: dict[str, Any] = {
        "row": row, "kept_version": row.version, "heading": said(row.name),
        "crumbs": crumbs((said(row.name), reverse("site", args=[row.code])), (_("Edit"), "")),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        version = page_number(request.POST.get("version", "")) or 0
        since = form.cleaned_data["since"] or today
        try:
            kept = registry.edit_site(
                pk, _entry(form, request), version=version, since=since, types=words.types, by=desk.post
            )
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": said(kept.name)})
            return redirect("setup_sites")
    return _page(request, form, lines, words, context)


@require_POST
@requires(MANAGE_SITES)
def site_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a site off the register from tomorrow on, or back onto it."""
    desk, today = at_desk(request), timezone.localdate()
    if queries.site_of(desk.county.pk, pk, today) is None:
        raise Http404
    version = page_number(request.POST.get("version", "")) or 0
    try:
        if request.POST.get("do") == "reopen":
            kept = registry.reopen_site(pk, version=version, by=desk.post)
            messages.success(request, _("%(name)s is in use again.") % {"name": said(kept.name)})
        else:
            kept = registry.end_site(pk, today, version=version, by=desk.post)
            messages.success(
                request, _("Today is the last day of %(name)s. What was seen there stays.") % {"name": said(kept.name)}
            )
    except RegisterError as error:
        messages.error(request, said(error.words))
    return redirect("site_edit", pk)
