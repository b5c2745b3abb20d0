"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/light.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.light import rails

urlpatterns: list[URLPattern] = [
    path("rules/", rails.guard_rails, name="guard_rails"),
]
