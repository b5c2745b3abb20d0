"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/setup.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.setup import first, frame

urlpatterns: list[URLPattern] = [
    path("", frame.setup, name="setup"),
    path("first/", first.setup_first, name="setup_first"),
]
