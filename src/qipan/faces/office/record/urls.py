"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/record.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.record import home, reviews, rounds, visits

urlpatterns: list[URLPattern] = [
    path("", home.record_home, name="record_home"),
    path("list/", home.record_list, name="record_list"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<str:code>/", rounds.round_show, name="round_show"),
    path("rounds/<str:code>/extend/", rounds.round_extend, name="round_extend"),
    path("rounds/<str:code>/close/", rounds.round_close, name="round_close"),
    path("visit/", visits.visit_new, name="visit_new"),
    path("visit/<uuid:uid>/", visits.visit_show, name="visit_show"),
    path("visit/<uuid:uid>/correct/", visits.visit_correct, name="visit_correct"),
    path("review/<uuid:uid>/", reviews.review_show, name="review_show"),
    path("review/<uuid:uid>/correct/", reviews.review_correct, name="review_correct"),
    path("review/<slug:kind>/", reviews.review_new, name="review_new"),
]
