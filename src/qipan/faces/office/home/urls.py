"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/home.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.home import gaps, routing

urlpatterns: list[URLPattern] = [
    path("home/", routing.home, name="home"),
    path("gaps/", gaps.gaps, name="gaps"),
]
