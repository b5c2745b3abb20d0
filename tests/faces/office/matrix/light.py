"""Rows of the pages in `qipan.faces.office.light`."""

from tests.faces.office.matrix.row import SIGNED_IN, Row

MATRIX: dict[str, Row] = {
    "guard_rails": Row(SIGNED_IN),
}
