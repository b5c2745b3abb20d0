"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/year.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.year import closing, listing, report, starting, upkeep

urlpatterns: list[URLPattern] = [
    path("", listing.years, name="years"),
    path("upkeep/", upkeep.year_upkeep, name="year_upkeep"),
    path("upkeep/end/", upkeep.year_upkeep_end, name="year_upkeep_end"),
    path("<int:pk>/", report.year_report, name="year_report"),
    path("<int:pk>/<int:one>/<int:two>/", report.year_compare, name="year_compare"),
    path("<int:pk>/close/", closing.year_close, name="year_close"),
    path("<int:pk>/next/", starting.year_start, name="year_start"),
    path("<int:pk>/reopen/", closing.year_reopen, name="year_reopen"),
]
