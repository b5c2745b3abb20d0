"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/light.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.light import lightness, rails, rechecks, settings

urlpatterns: list[URLPattern] = [
    path("", lightness.lightness, name="lightness"),
    path("requests/", lightness.light_requests, name="light_requests"),
    path("rechecks/", rechecks.light_rechecks, name="light_rechecks"),
    path("settings/", settings.light_settings, name="light_settings"),
    path("rules/", rails.guard_rails, name="guard_rails"),
]
