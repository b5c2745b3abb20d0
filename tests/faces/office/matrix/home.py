"""Rows of the pages in `qipan.faces.office.home`."""

from qipan.ground.units.models import Role
from tests.faces.office.matrix.row import SIGNED_IN, Row

COUNTY_EYES = frozenset({Role.OFFICE, Role.LEADER, Role.INSPECTOR})
UNITS = frozenset({Role.HEAD, Role.LIAISON})
LEADER = frozenset({Role.LEADER})

MATRIX: dict[str, Row] = {
    "home": Row(SIGNED_IN, answers=302),
    "inbox": Row(SIGNED_IN),
    "inbox_read": Row(SIGNED_IN, "post", answers=302),
    "gaps": Row(COUNTY_EYES),
    "mine": Row(UNITS),
    "leader": Row(LEADER),
    "leader_instruct": Row(LEADER, "post", args=("2026-00001",), data={"ready": "fix"}, answers=404),
    "leader_take_back": Row(LEADER, "post", args=("2026-00001",), answers=404),
    "welcome": Row(UNITS),
    "welcomed": Row(UNITS, "post", answers=302),
}
