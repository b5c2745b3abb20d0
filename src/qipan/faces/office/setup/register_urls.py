"""The addresses of the registers."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.setup import (
    administration,
    group_pages,
    people_import,
    people_pages,
    post_approval,
    site_import,
    site_pages,
    unit_import,
    unit_pages,
)

urlpatterns: list[URLPattern] = [
    path("units/", unit_pages.setup_units, name="setup_units"),
    path("units/groups/", group_pages.unit_groups, name="unit_groups"),
    path("units/groups/new/", group_pages.unit_group_new, name="unit_group_new"),
    path("units/groups/<str:code>/", group_pages.unit_group, name="unit_group"),
    path("units/types/", unit_pages.unit_types, name="unit_types"),
    path("units/new/", unit_pages.unit_new, name="unit_new"),
    path("units/import/", unit_import.unit_import, name="unit_import"),
    path("units/<int:pk>/", unit_pages.unit_edit, name="unit_edit"),
    path("units/<int:pk>/end/", unit_pages.unit_end, name="unit_end"),
    path("units/<int:pk>/merge/", unit_pages.unit_merge, name="unit_merge"),
    path("units/<int:pk>/reopen/", unit_pages.unit_reopen, name="unit_reopen"),
    path("people/", people_pages.people_list, name="people"),
    path("people/new/", people_pages.person_new, name="person_new"),
    path("people/import/", people_import.people_import, name="people_import"),
    path("people/slips/", people_pages.people_slips, name="people_slips"),
    path("people/approval/", post_approval.approval, name="post_approval"),
    path("people/requests/<int:pk>/", post_approval.decide, name="post_decide"),
    path("people/<int:pk>/", people_pages.person, name="person"),
    path("posts/<int:pk>/", people_pages.post_edit, name="post_edit"),
    path("posts/<int:pk>/end/", people_pages.post_end, name="post_end"),
    path("system/", administration.system, name="system"),
    path("locks/", administration.locked, name="locks"),
    path("sites/", site_pages.setup_sites, name="setup_sites"),
    path("sites/new/", site_pages.site_new, name="site_new"),
    path("sites/import/", site_import.site_import, name="site_import"),
    path("sites/<int:pk>/", site_pages.site_edit, name="site_edit"),
    path("sites/<int:pk>/end/", site_pages.site_end, name="site_end"),
]
