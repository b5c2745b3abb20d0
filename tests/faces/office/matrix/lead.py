"""Rows of the pages in `qipan.faces.office.lead`."""

from qipan.ground.units.models import Role
from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row

HOLDERS = frozenset({Role.OFFICE, Role.LIAISON})
"""Whom the hand-over of a liaison's post concerns."""
DEPUTISING = frozenset({Role.OFFICE, Role.HEAD})
"""Who says who is absent and who stands in."""

MATRIX: dict[str, Row] = {
    "headquarters": Row(SIGNED_IN),
    "headquarters_undo": Row(OFFICE, "post", answers=302),
    "headquarters_group_new": Row(OFFICE, answers=302),
    "headquarters_group": Row(OFFICE, args=(1,), answers=404),
    "headquarters_group_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "headquarters_member_new": Row(OFFICE, answers=302),
    "headquarters_member": Row(OFFICE, args=(1,), answers=404),
    "headquarters_member_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "sponsors": Row(SIGNED_IN),
    "sponsor_set": Row(OFFICE),
    "sponsor": Row(SIGNED_IN, args=("p1",), answers=404),
    "absences": Row(DEPUTISING),
    "absence_new": Row(DEPUTISING, answers=302),
    "absence_end": Row(DEPUTISING, "post", args=(1,), answers=403, bound=True),
    "handover_new": Row(SIGNED_IN, args=(99999,), answers=404, bound=True, concerned=HOLDERS),
    "handover": Row(SIGNED_IN, args=(1,), answers=404, bound=True, concerned=HOLDERS),
    "handover_sign": Row(SIGNED_IN, "post", args=(1,), answers=404, bound=True, concerned=HOLDERS),
}
