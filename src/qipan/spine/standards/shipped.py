"""The packs that come with the product, read once in a process, and which of them go together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import qipan
from qipan.assessment.catalogue import Catalogue
from qipan.assessment.standard import Standard
from qipan.spine.standards.formats import FORMATS, Pack, load

PACKS = Path(qipan.__file__).parent / "packs"


@cache
def shipped() -> tuple[Pack, ...]:
    """Return every pack on file that may be an edition, by name."""
    found = []
    for path in sorted(PACKS.glob("*.yaml")):
        with path.open(encoding="utf-8") as file:
            named = next((line.partition(":")[2].strip() for line in file if line.startswith("format:")), "")
        if named in FORMATS:
            found.append(load(path))
    return tuple(found)


def goes_with(standard: Standard, others: Iterable[Pack]) -> list[Pack]:
    """Return which packs a standard needs beside it: sub-standards that it names, lists that hold its items, functions.

    Args:
        standard: the main one.
        others: what there is to choose from; of several editions of one name the first.
    """
    named = {sub.id for sub in standard.sub_standards}
    packs = list({(pack.kind, pack.name): pack for pack in reversed(list(others))}.values())
    subs = [pack for pack in packs if pack.kind == "standard" and pack.name in named]
    checks = [check for whole in (standard, *(pack.standard for pack in subs)) for check in whole.checks()]
    items = {item.key for check in checks for found in check.strata.values() for item in found}
    calls = any(check.lead or check.support for check in checks)
    lists = [pack for pack in packs if isinstance(pack.value, Catalogue) and not items.isdisjoint(pack.value.items)]
    functions = [pack for pack in packs if pack.kind == "functions" and calls]
    return [*subs, *sorted(lists, key=lambda pack: pack.name), *functions]
