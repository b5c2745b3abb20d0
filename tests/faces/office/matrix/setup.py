"""Rows of the pages in `qipan.faces.office.setup`."""

from tests.faces.office.matrix.row import OFFICE, OPEN, SIGNED_IN, Row

MATRIX: dict[str, Row] = {
    "setup": Row(OFFICE),
    "journal": Row(OFFICE),
    "journal_verify": Row(OFFICE, "post", answers=302),
    "calendar": Row(SIGNED_IN),
    "calendar_change": Row(OFFICE, "post", data={"act": "seed", "version": "0", "year": "2026"}, answers=302),
    "setup_first": Row(OPEN, answers=404),
    "setup_campaign": Row(OFFICE),
    "setup_year": Row(OFFICE, args=(2026,), answers=404),
    "setup_year_remove": Row(OFFICE, args=(2026,), answers=404),
    "setup_standard": Row(OFFICE),
    "setup_standard_pin": Row(OFFICE, args=("1" * 64,), answers=302),
    "setup_functions": Row(OFFICE, answers=302),
    "setup_function_map": Row(OFFICE, "post", answers=302),
    "setup_function_proposals": Row(OFFICE, answers=302),
    "setup_function_undo": Row(OFFICE, "post", answers=302),
    "setup_function_unmap": Row(OFFICE, "post", args=(1,), answers=403),
    "setup_limits": Row(OFFICE, answers=302),
    "setup_nodes": Row(OFFICE, answers=302),
    "setup_node_undo": Row(OFFICE, "post", answers=302),
    "setup_node": Row(OFFICE, args=(1,), answers=404),
    "setup_node_remove": Row(OFFICE, "post", args=(1,), answers=403),
    "practice": Row(SIGNED_IN),
    "practice_make": Row(OFFICE, "post", answers=302),
    "practice_enter": Row(SIGNED_IN, "post", answers=302),
    "practice_leave": Row(SIGNED_IN, "post", answers=302),
    "practice_reset": Row(OFFICE),
    "practice_remove": Row(OFFICE),
}
