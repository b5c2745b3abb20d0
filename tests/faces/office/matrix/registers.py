"""Rows of the registers: units, people and posts, sites."""

from tests.faces.office.matrix.row import OFFICE, Row

MATRIX = {
    "setup_units": Row(OFFICE),
    "unit_types": Row(OFFICE),
    "unit_new": Row(OFFICE),
    "unit_import": Row(OFFICE),
    "unit_edit": Row(OFFICE, args=(999_999,), answers=404),
    "unit_end": Row(OFFICE, args=(999_999,), answers=404),
    "unit_merge": Row(OFFICE, args=(999_999,), answers=404),
    "unit_reopen": Row(OFFICE, "post", args=(999_999,), answers=404),
    "people": Row(OFFICE),
    "person_new": Row(OFFICE),
    "people_import": Row(OFFICE),
    "people_slips": Row(OFFICE, "post", answers=302),
    "person": Row(OFFICE, args=(999_999,), answers=404),
    "post_edit": Row(OFFICE, args=(999_999,), answers=404),
    "post_end": Row(OFFICE, "post", args=(999_999,), answers=404),
    "setup_sites": Row(OFFICE),
    "site_new": Row(OFFICE),
    "site_import": Row(OFFICE),
    "site_edit": Row(OFFICE, args=(999_999,), answers=404),
    "site_end": Row(OFFICE, "post", args=(999_999,), answers=404),
}
