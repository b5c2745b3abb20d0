"""Rows of the pages in `qipan.faces.office.home`."""

from tests.faces.office.matrix.row import SIGNED_IN, Row

MATRIX: dict[str, Row] = {
    "home": Row(SIGNED_IN, answers=302),
}
