"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/home.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.home import gaps, inbox, leader, mine, routing, welcome

urlpatterns: list[URLPattern] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.inbox_read, name="inbox_read"),
    path("home/", routing.home, name="home"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("mine/", mine.mine, name="mine"),
    path("leader/", leader.leader, name="leader"),
    path("leader/<str:number>/instruct/", leader.leader_instruct, name="leader_instruct"),
    path("leader/<str:number>/take-back/", leader.leader_take_back, name="leader_take_back"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/done/", welcome.welcomed, name="welcomed"),
]
