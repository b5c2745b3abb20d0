"""The report of a closed year, drawn from its frozen record alone: as a page, on paper, and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.assessment.scale import POINT
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import bars, exports, headline
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import DECIMALS, Parts
from qipan.faces.office.setup.register_forms import page_number
from qipan.faces.office.work.columns import STATE_WORDS
from qipan.faces.office.work.item import KIND_WORDS
from qipan.faces.office.work.rates import FORMULAS, RATE_WORDS
from qipan.ground.documents.workbook import Column, SheetToWrite, write_workbook
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, READ
from qipan.spine.work.measures import RATES, Ratio
from qipan.spine.years.queries import Record, compared, record_of, records_of, year_of_county

SUMS = ("earned", "lost", "unassessed", "possible")
MOST_LOSSES = 20


@require_GET
@requires(READ)
def year_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a year came to, by its record; of several the latest, or the one that is asked for."""
    desk = at_desk(request)
    year = year_of_county(desk.county.pk, pk)
    records = records_of(desk.county.pk, pk) if year is not None else []
    wanted = page_number(request.GET.get("record", ""))
    record = next((each for each in records if wanted in {None, each.serial}), None)
    if year is None or record is None:
        raise Http404
    if request.GET.get("export") == "xlsx":
        return _workbook(record)
    content = record.content
    context = {
        "year": year,
        "record": record,
        "others": [each for each in records if each.serial != record.serial],
        "headline": headline.layout(_headline(content)),
        "sections": bars.layout([_bar(row) for row in content["sections"]]),
        "rules": [_row(row) for row in content["rules"]],
        "whole_rules": [_row(row) for row in content["rules"] if not row["node"]],
        "total": _parts(content["total"]),
        "units": [_row(row) for row in content["units"]],
        "types": [_row(row) for row in content["types"]],
        "losses": sorted((row for row in content["checks"] if row["lost"]), key=lambda row: -row["lost"])[:MOST_LOSSES],
        "work": _work(content["work"]),
        "rates": _rates(content["work"]["rates"]),
        "rate_words": [str(RATE_WORDS[name]) for name in RATES],
        "unit_rates": [(_named(row), _rates(row), row["own"]) for row in content["work"]["units"]],
        "recurring": content["recurring"],
        "editions": content["editions"],
        "may": MANAGE_CAMPAIGN.allows(desk.post, desk.county) and year.closed_at is not None,
        "exports": [("XLSX", f"?record={record.serial}&export=xlsx")],
        "crumbs": [(_("Plan"), reverse("plan")), (_("Years"), reverse("years")), (str(year.year), "")],
    }
    return render(request, "office/year/report.html", context)


@require_GET
@requires(READ)
def year_compare(request: HttpRequest, pk: int, one: int, two: int) -> HttpResponse:
    """Lay two records of a year side by side: every row whose points they say differently."""
    desk = at_desk(request)
    first, second = record_of(desk.county.pk, pk, one), record_of(desk.county.pk, pk, two)
    if first is None or second is None:
        raise Http404
    words = {
        "total": _("Total"), "sections": _("Section"), "units": _("Unit"), "types": _("Type of site"),
        "checks": _("Check"),
    }  # fmt: skip
    rows = [(words[row.part], row) for row in compared(first, second)]
    crumbs = [
        (_("Plan"), reverse("plan")), (_("Years"), reverse("years")), (str(first.year), reverse("year_report", args=[pk])), (_("Two records"), "")
    ]  # fmt: skip
    context = {"one": first, "two": second, "rows": rows, "crumbs": crumbs}
    return render(request, "office/year/compare.html", context)


def _named(row: Mapping[str, Any]) -> Text:
    return Text(str(row["zh"]), str(row["en"]))


def _parts(row: Mapping[str, Any]) -> Parts:
    return Parts(row["earned"], row["lost"], row["unassessed"])


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "name": _named(row), "parts": _parts(row)}


def _bar(row: Mapping[str, Any]) -> bars.Bar:
    return bars.Bar(title=_named(row), parts=_parts(row), code=str(row["code"]))


def _headline(content: Mapping[str, Any]) -> headline.Headline:
    total = content["total"]
    return headline.Headline(
        total["earned"], total["worst"], total["best"], total["possible"], total["unassessed"], None, total["decimals"]
    )


def _work(work: Mapping[str, Any]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return each kind of work: how much there was, and in what state it stood."""
    found = []
    for kind, states in work["states"].items():
        rows = [(str(STATE_WORDS.get(state, state)), n) for state, n in states.items()]
        found.append((str(KIND_WORDS.get(kind, kind)), sum(states.values()), rows))
    return found


def _rates(rates: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the published rates in words, each with its two counts."""
    out = []
    for name in RATES:
        upper, lower = rates.get(name, (0, 0))
        out.append(
            {
                "word": str(RATE_WORDS[name]), "percent": Ratio(upper, lower).percent(), "of": f"{upper} / {lower}",
                "formula": str(FORMULAS[name]),
            }
        )  # fmt: skip
    return out


def _points(micro: int) -> float:
    return round(micro / POINT, DECIMALS)


def _sums(row: Mapping[str, Any]) -> list[float]:
    return [_points(row[name]) for name in SUMS]


def _workbook(record: Record) -> HttpResponse:
    """Return a record as a workbook, one sheet for each of its tables."""
    content, language = record.content, get_language() or "en"
    total = content["total"]

    def named(row: Mapping[str, Any]) -> str:
        return _named(row).into(language)

    points = [_("Earned"), _("Lost"), _("Not assessed"), _("Possible")]
    summary: list[list[object]] = [
        [_("Campaign"), named(content["campaign"])],
        [_("Year"), content["year"]],
        [_("Record"), record.serial],
        [_("Closed at"), content["closed_at"]],
        [_("Closed by"), content["closed_by"]],
        [_("Score"), _points(total["earned"])],
        [_("at worst"), _points(total["worst"])],
        [_("at best"), _points(total["best"])],
        [_("Possible"), _points(total["possible"])],
        [_("Not assessed"), _points(total["unassessed"])],
    ]
    summary += [[_("Edition"), f"{named(row)} {row['hash']}"] for row in content["editions"]]
    summary += [
        [_("Journal"), f"{content['journal']['seq']} {content['journal']['hash']}"],
        [_("Digest (SHA-256)"), record.digest],
        [_("Carried over"), len(content["carried"]["numbers"])],
    ]
    sheets = [
        _sheet(_("Summary"), [_("Field"), _("Value")], summary),
        _sheet(
            _("Sections"), [_("Code"), _("Section"), *points, _("at worst"), _("at best")],
            [
                [row["code"], named(row), *_sums(row), _points(row["worst"]), _points(row["best"])]
                for row in content["sections"]
            ],
        ),
        _sheet(
            _("Units"), [_("Code"), _("Unit"), *points], [[row["code"], named(row), *_sums(row)] for row in content["units"]]
        ),
        _sheet(
            _("Types of sites"), [_("Code"), _("Type of site"), _("Registered"), _("Seen"), *points],
            [[row["code"], named(row), row["registered"], row["seen"], *_sums(row)] for row in content["types"]],
        ),
        _sheet(
            _("Checks"), [_("Code"), _("Criterion"), _("Method"), *points, _("at worst"), _("at best")],
            [
                [
                    row["code"], named(row), METHODS[row["method"]].into(language), *_sums(row), _points(row["worst"]),
                    _points(row["best"]),
                ]
                for row in content["checks"]
            ],
        ),
        _sheet(
            _("Work of units"), [_("Code"), _("Unit"), *(str(RATE_WORDS[name]) for name in RATES), _("found by itself")],
            [
                [
                    row["code"], named(row),
                    *(f"{each['percent']} ({each['of']})" for each in _rates(row)), row["own"],
                ]
                for row in content["work"]["units"]
            ],
        ),
        _sheet(
            _("Recurring problems"), [_("Item key"), _("Problem"), _("Orders"), _("Places"), _("Found again within 30 days")],
            [[row["item"], named(row), row["orders"], row["places"], row["again"]] for row in content["recurring"]],
        ),
        _sheet(_("Carried over"), [_("Number")], [[number] for number in content["carried"]["numbers"]]),
    ]  # fmt: skip
    name = _("Year report %(year)s") % {"year": content["year"]}
    response = HttpResponse(write_workbook(sheets, title=name), content_type=exports.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response


def _sheet(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> SheetToWrite:
    return SheetToWrite(name[:31], tuple(Column(heading) for heading in headings), [list(row) for row in rows])
