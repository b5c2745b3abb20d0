"""Rows of the pages in `qipan.faces.office.home`."""

from tests.faces.office.matrix.row import Row

MATRIX: dict[str, Row] = {}
