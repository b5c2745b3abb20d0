"""Rows of the pages in `qipan.faces.office.record`."""

from qipan.ground.units.models import Role
from qipan.ground.units.permissions import EYES
from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row

UID = "0a000000-0000-4000-8000-000000000001"
DESK = frozenset({Role.OFFICE, Role.INSPECTOR, Role.REVIEWER})

MATRIX: dict[str, Row] = {
    "record_home": Row(EYES | {Role.REVIEWER}),
    "record_list": Row(SIGNED_IN),
    "round_new": Row(OFFICE),
    "round_show": Row(SIGNED_IN, args=("r1",), answers=404),
    "round_extend": Row(OFFICE, "post", args=("r1",), answers=404),
    "round_close": Row(OFFICE, args=("r1",), answers=404),
    "visit_new": Row(EYES),
    "visit_show": Row(SIGNED_IN, args=(UID,), answers=404),
    "visit_correct": Row(EYES, "post", args=(UID,), data={"item": "x"}, answers=404),
    "review_new": Row(DESK, args=("document",)),
    "review_show": Row(SIGNED_IN, args=(UID,), answers=404),
    "review_correct": Row(DESK, "post", args=(UID,), data={"item": "x"}, answers=404),
}
