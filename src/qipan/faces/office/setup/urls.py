"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/setup.py)."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
