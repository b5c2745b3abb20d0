"""Rows of the pages in `qipan.faces.office.year`."""

from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row

MATRIX: dict[str, Row] = {
    "years": Row(SIGNED_IN),
    "year_upkeep": Row(OFFICE),
    "year_upkeep_end": Row(OFFICE),
    "year_report": Row(SIGNED_IN, args=(9999,), answers=404),
    "year_compare": Row(SIGNED_IN, args=(9999, 1, 2), answers=404),
    "year_close": Row(OFFICE, args=(9999,), answers=404),
    "year_start": Row(OFFICE, args=(9999,), answers=404),
    "year_reopen": Row(OFFICE, args=(9999,), answers=404),
}
