"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/lead.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.lead import absences, handovers, headquarters, sponsors

urlpatterns: list[URLPattern] = [
    path("headquarters/", headquarters.headquarters, name="headquarters"),
    path("headquarters/undo/", headquarters.headquarters_undo, name="headquarters_undo"),
    path("headquarters/groups/new/", headquarters.headquarters_group_new, name="headquarters_group_new"),
    path("headquarters/groups/<int:pk>/", headquarters.headquarters_group, name="headquarters_group"),
    path(
        "headquarters/groups/<int:pk>/remove/", headquarters.headquarters_group_remove, name="headquarters_group_remove"
    ),
    path("headquarters/members/new/", headquarters.headquarters_member_new, name="headquarters_member_new"),
    path("headquarters/members/<int:pk>/", headquarters.headquarters_member, name="headquarters_member"),
    path(
        "headquarters/members/<int:pk>/remove/",
        headquarters.headquarters_member_remove,
        name="headquarters_member_remove",
    ),
    path("sponsors/", sponsors.sponsors, name="sponsors"),
    path("sponsors/set/", sponsors.sponsor_set, name="sponsor_set"),
    path("sponsors/<str:key>/", sponsors.sponsor, name="sponsor"),
    path("absences/", absences.absences, name="absences"),
    path("absences/new/", absences.absence_new, name="absence_new"),
    path("absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("handover/new/<int:pk>/", handovers.handover_new, name="handover_new"),
    path("handover/<int:pk>/", handovers.handover, name="handover"),
    path("handover/<int:pk>/sign/", handovers.handover_sign, name="handover_sign"),
]
