"""Exports of what is on the screen: CSV that a spreadsheet opens, and XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from qipan.ground.documents.tables import write_csv
from qipan.ground.documents.workbook import Column, SheetToWrite, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")


def wanted(request: HttpRequest) -> str:
    """Return the format that a request asks for, or an empty string."""
    asked = request.GET.get("export", "")
    return asked if asked in FORMATS else ""


def links(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the export links of a list, with the filters and the order that are on the screen."""
    query = request.GET.copy()
    query.pop("page", None)
    found = []
    for name in FORMATS:
        query["export"] = name
        found.append((name.upper(), f"?{query.urlencode()}"))
    return found


def export(kind: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return a list as a file.

    Args:
        kind: csv or xlsx.
        name: the file's name without ending.
        headings: in the reader's language.
        rows: plain values; numbers stay numbers.
    """
    if kind == "xlsx":
        sheet = SheetToWrite(
            name[:31], tuple(Column(heading) for heading in headings), [[_cell(value) for value in row] for row in rows]
        )
        response = HttpResponse(write_workbook([sheet], title=name), content_type=XLSX)
    else:
        out = BytesIO()
        write_csv(out, headings, rows)
        response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    return response


def _cell(value: object) -> str | int | float | None:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
