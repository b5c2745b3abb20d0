"""The lists of work that figures open."""

from __future__ import annotations

from urllib.parse import urlencode

from qipan.faces.office.home.routing import served


def work_url(**wanted: object) -> str:
    """Return the address of the list of work behind a figure; empty where the program serves none."""
    given = {name: value for name, value in wanted.items() if value not in {None, ""}}
    address = served("work_list")
    return address + (f"?{urlencode(given)}" if given and address else "")
