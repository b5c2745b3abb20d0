"""Rows of the pages in `qipan.faces.office.light`."""

from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row
from tests.faces.office.matrix.work import EYES

MATRIX: dict[str, Row] = {
    "lightness": Row(SIGNED_IN),
    "light_requests": Row(SIGNED_IN),
    "light_rechecks": Row(EYES),
    "light_settings": Row(OFFICE),
    "guard_rails": Row(SIGNED_IN),
}
