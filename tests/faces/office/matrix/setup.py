"""Rows of the pages in `qipan.faces.office.setup`."""

from tests.faces.office.matrix.row import OFFICE, OPEN, Row

MATRIX: dict[str, Row] = {
    "setup": Row(OFFICE),
    "setup_first": Row(OPEN, answers=404),
}
