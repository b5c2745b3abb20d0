"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/setup.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.setup import (
    calendar,
    campaign,
    channels,
    first,
    frame,
    functions,
    journal,
    leads,
    local,
    nodes,
    practice,
    standard,
    versions,
)

urlpatterns: list[URLPattern] = [
    path("", frame.setup, name="setup"),
    path("journal/", journal.journal, name="journal"),
    path("versions/<slug:kind>/<str:key>/", versions.versions, name="versions"),
    path("journal/verify/", journal.journal_verify, name="journal_verify"),
    path("journal/chain/", journal.journal_chain, name="journal_chain"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/change/", calendar.calendar_change, name="calendar_change"),
    path("first/", first.setup_first, name="setup_first"),
    path("campaign/", campaign.setup_campaign, name="setup_campaign"),
    path("campaign/<int:year>/", campaign.setup_year, name="setup_year"),
    path("campaign/<int:year>/remove/", campaign.setup_year_remove, name="setup_year_remove"),
    path("standard/", standard.setup_standard, name="setup_standard"),
    path("standard/<slug:digest>/", standard.setup_standard_pin, name="setup_standard_pin"),
    path("functions/", functions.setup_functions, name="setup_functions"),
    path("functions/map/", functions.setup_function_map, name="setup_function_map"),
    path("functions/proposals/", functions.setup_function_proposals, name="setup_function_proposals"),
    path("functions/leads/", leads.setup_leads, name="setup_leads"),
    path("functions/undo/", functions.setup_function_undo, name="setup_function_undo"),
    path("functions/<int:pk>/unmap/", functions.setup_function_unmap, name="setup_function_unmap"),
    path("limits/", local.setup_limits, name="setup_limits"),
    path("nodes/", nodes.setup_nodes, name="setup_nodes"),
    path("nodes/undo/", nodes.setup_node_undo, name="setup_node_undo"),
    path("nodes/<int:pk>/", nodes.setup_node, name="setup_node"),
    path("nodes/<int:pk>/remove/", nodes.setup_node_remove, name="setup_node_remove"),
    path("channels/", channels.setup_channels, name="setup_channels"),
    path("channels/sent/", channels.setup_deliveries, name="setup_deliveries"),
    path("channels/<int:pk>/", channels.setup_channel, name="setup_channel"),
    path("channels/<int:pk>/try/", channels.setup_channel_try, name="setup_channel_try"),
    path("practice/", practice.practice, name="practice"),
    path("practice/make/", practice.practice_make, name="practice_make"),
    path("practice/enter/", practice.practice_enter, name="practice_enter"),
    path("practice/leave/", practice.practice_leave, name="practice_leave"),
    path("practice/reset/", practice.practice_reset, name="practice_reset"),
    path("practice/remove/", practice.practice_remove, name="practice_remove"),
]
