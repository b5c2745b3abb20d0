"""Rows of the pages in `qipan.faces.office.home`."""

from qipan.ground.units.models import Role
from tests.faces.office.matrix.row import SIGNED_IN, Row

COUNTY_EYES = frozenset({Role.OFFICE, Role.LEADER, Role.INSPECTOR})

MATRIX: dict[str, Row] = {
    "home": Row(SIGNED_IN, answers=302),
    "gaps": Row(COUNTY_EYES),
}
