"""Rows of the registers: units, people and posts, sites."""

from qipan.ground.units.models import Role
from tests.faces.office.matrix.row import OFFICE, Row

PEOPLE = OFFICE | {Role.SECURITY}
MATRIX = {
    "setup_units": Row(OFFICE),
    "unit_groups": Row(OFFICE),
    "unit_group_new": Row(OFFICE),
    "unit_group": Row(OFFICE, args=("townships",)),
    "unit_types": Row(OFFICE),
    "unit_new": Row(OFFICE),
    "unit_import": Row(OFFICE),
    "unit_edit": Row(OFFICE, args=(999_999,), answers=404),
    "unit_end": Row(OFFICE, args=(999_999,), answers=404),
    "unit_merge": Row(OFFICE, args=(999_999,), answers=404),
    "unit_reopen": Row(OFFICE, "post", args=(999_999,), answers=404),
    "people": Row(PEOPLE),
    "person_new": Row(PEOPLE),
    "people_import": Row(PEOPLE),
    "people_slips": Row(PEOPLE, "post", answers=302),
    "person": Row(PEOPLE, args=(999_999,), answers=404),
    "post_edit": Row(PEOPLE, args=(999_999,), answers=404),
    "post_end": Row(PEOPLE, "post", args=(999_999,), answers=404),
    "post_approval": Row(frozenset({Role.SECURITY}), "post", answers=302),
    "post_decide": Row(frozenset({Role.SECURITY}), "post", args=(999_999,), answers=403),
    "setup_sites": Row(OFFICE),
    "site_new": Row(OFFICE),
    "site_import": Row(OFFICE),
    "site_edit": Row(OFFICE, args=(999_999,), answers=404),
    "site_end": Row(OFFICE, "post", args=(999_999,), answers=404),
}
