"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/plan.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from qipan.faces.office.plan import hard, hard_forms, mechanisms, moving, nodes, overview, phases, programmes, special

urlpatterns: list[URLPattern] = [
    path("", overview.plan, name="plan"),
    path("undo/", phases.plan_undo, name="plan_undo"),
    path("phases/new/", phases.phase_new, name="phase_new"),
    path("phases/<int:pk>/", phases.phase_edit, name="phase_edit"),
    path("phases/<int:pk>/remove/", phases.phase_remove, name="phase_remove"),
    path("phases/<int:pk>/move/", moving.phase_move, name="phase_move"),
    path("nodes/<int:pk>/", nodes.plan_node, name="plan_node"),
    path("nodes/<int:pk>/reach/", nodes.node_reach, name="node_reach"),
    path("nodes/<int:pk>/move/", moving.node_move, name="node_move"),
    path("nodes/<int:pk>/tie/", nodes.node_tie, name="node_tie"),
    path("nodes/<int:pk>/untie/", nodes.node_untie, name="node_untie"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("programmes/<int:pk>/edit/", programmes.programme_edit, name="programme_edit"),
    path("programmes/<int:pk>/remove/", programmes.programme_remove, name="programme_remove"),
    path("programmes/undo/", programmes.programme_undo, name="programme_undo"),
    path("actions/", special.special_actions, name="special_actions"),
    path("actions/new/", special.special_new, name="special_new"),
    path("actions/undo/", special.special_undo, name="special_undo"),
    path("actions/<int:pk>/", special.special_action, name="special_action"),
    path("actions/<int:pk>/edit/", special.special_edit, name="special_edit"),
    path("actions/<int:pk>/remove/", special.special_remove, name="special_remove"),
    path("actions/<int:pk>/attach/", special.special_attach, name="special_attach"),
    path("actions/<int:pk>/detach/", special.special_detach, name="special_detach"),
    path("mechanisms/", mechanisms.mechanism_list, name="mechanisms"),
    path("mechanisms/new/", mechanisms.mechanism_new, name="mechanism_new"),
    path("mechanisms/<int:pk>/", mechanisms.mechanism_edit, name="mechanism_edit"),
    path("mechanisms/<int:pk>/prepare/", mechanisms.mechanism_prepare, name="mechanism_prepare"),
    path("mechanisms/runs/<int:pk>/", mechanisms.mechanism_run, name="mechanism_run"),
    path("mechanisms/runs/<int:pk>/edit/", mechanisms.run_edit, name="run_edit"),
    path("mechanisms/runs/<int:pk>/close/", mechanisms.run_close, name="run_close"),
    path("mechanisms/decisions/<int:pk>/", mechanisms.mechanism_decision, name="mechanism_decision"),
    path("hard/", hard.hard_problems, name="hard_problems"),
    path("hard/ledger/", hard.hard_sheet, name="hard_sheet"),
    path("hard/new/", hard_forms.hard_new, name="hard_new"),
    path("hard/<int:pk>/", hard.hard_problem, name="hard_problem"),
    path("hard/<int:pk>/edit/", hard_forms.hard_edit, name="hard_edit"),
    path("hard/<int:pk>/items/", hard.hard_attach, name="hard_attach"),
    path("hard/<int:pk>/plan/", hard.hard_step_keep, name="hard_step_keep"),
    path("hard/<int:pk>/<str:doing>/", hard.hard_decide, name="hard_decide"),
    path("hard/steps/<int:pk>/", hard.hard_step, name="hard_step"),
]
