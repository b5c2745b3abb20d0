"""Rows of the pages in `qipan.faces.office.plan`."""

from qipan.ground.units.models import Role
from qipan.ground.units.permissions import EYES
from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row

UNITS = frozenset({Role.HEAD, Role.LIAISON})
REVIEWERS = frozenset({Role.OFFICE, Role.LEADER})

MATRIX: dict[str, Row] = {
    "plan": Row(SIGNED_IN),
    "plan_undo": Row(OFFICE, "post", answers=302),
    "phase_new": Row(OFFICE, answers=302),
    "phase_edit": Row(OFFICE, args=(1,), answers=404),
    "phase_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "phase_move": Row(OFFICE, args=(1,), answers=404),
    "plan_node": Row(SIGNED_IN, args=(1,), answers=404),
    "node_reach": Row(OFFICE, "post", args=(1,), answers=404),
    "node_move": Row(OFFICE, args=(1,), answers=404),
    "node_tie": Row(OFFICE, args=(1,), answers=404),
    "node_untie": Row(OFFICE, "post", args=(1,), answers=404),
    "programmes": Row(SIGNED_IN),
    "programme_new": Row(OFFICE),
    "programme": Row(SIGNED_IN, args=(1,), answers=404),
    "programme_edit": Row(OFFICE, args=(1,), answers=404),
    "programme_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "programme_undo": Row(OFFICE, "post", answers=302),
    "special_actions": Row(SIGNED_IN),
    "special_new": Row(OFFICE, answers=302),
    "special_undo": Row(OFFICE, "post", answers=302),
    "special_action": Row(SIGNED_IN, args=(1,), answers=404),
    "special_edit": Row(OFFICE, args=(1,), answers=404),
    "special_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "special_attach": Row(OFFICE, "post", args=(1,), answers=404),
    "special_detach": Row(OFFICE, "post", args=(1,), answers=404),
    "highlights": Row(SIGNED_IN),
    "highlight_new": Row(UNITS, answers=302),
    "highlight": Row(SIGNED_IN, args=(1,), answers=404),
    "highlight_edit": Row(UNITS, args=(1,), answers=404, bound=True),
    "highlight_decide": Row(OFFICE | {Role.HEAD}, "post", args=(1, "withdraw"), answers=404, bound=True),
    "hard_problems": Row(SIGNED_IN),
    "hard_sheet": Row(SIGNED_IN),
    "hard_new": Row(OFFICE, answers=302),
    "hard_problem": Row(SIGNED_IN, args=(1,), answers=404),
    "hard_edit": Row(OFFICE, args=(1,), answers=404),
    "hard_attach": Row(OFFICE, "post", args=(1,), answers=404),
    "hard_step_keep": Row(REVIEWERS, "post", args=(1,), answers=404, owner=True),
    "hard_decide": Row(REVIEWERS, "post", args=(1, "review"), answers=404, owner=True),
    "hard_step": Row(SIGNED_IN, args=(1,), answers=404),
    "mechanisms": Row(EYES),
    "mechanism_new": Row(OFFICE, answers=302),
    "mechanism_edit": Row(OFFICE, args=(1,), answers=404),
    "mechanism_prepare": Row(OFFICE, "post", args=(1,), answers=404),
    "mechanism_run": Row(EYES, args=(1,), answers=404),
    "mechanism_decision": Row(EYES, args=(1,), answers=404),
    "run_edit": Row(OFFICE, "post", args=(1,), answers=404),
    "run_close": Row(OFFICE, "post", args=(1,), answers=404),
}
