"""What hangs on the plan, in words for the list's conditions."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.faces.office.setup.register_forms import page_number, said
from qipan.spine.campaigns.nodes import nodes
from qipan.spine.campaigns.phases import phase_of
from qipan.spine.campaigns.programmes import programmes_of
from qipan.spine.campaigns.special import actions_of
from qipan.spine.work.hard.queries import problem_of

PLANNED = ("milestone", "phase", "action", "programme", "hard")
"""Conditions of the list that name something of the plan by its key."""


def plan_words(campaign: int, county: int, kind: str, key: str) -> str:
    """Return the condition on a phase, a node, a special action or a programme in words."""
    if kind == "milestone" and key == "-":
        return _("tied to no node")
    pk = page_number(key) or 0
    if kind == "phase":
        row = phase_of(campaign, pk)
        return _("due in %(phase)s") % {"phase": said(row.name) if row else key}
    if kind == "action":
        return next((said(one.name) for one in actions_of(campaign) if one.pk == pk), key)
    if kind == "programme":
        return next((said(one.name) for one in programmes_of(county) if one.pk == pk), key)
    if kind == "hard":
        problem = problem_of(county, pk)
        return _("hard problem: %(name)s") % {"name": said(problem.title) if problem else key}
    node = next((one for one in nodes(campaign, timezone.localdate()) if one.pk == pk), None)
    return _("due by %(node)s") % {"node": said(node.name) if node else key}
