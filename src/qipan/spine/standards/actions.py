"""What can happen to editions: they are stored. Nothing changes one; a change is another edition."""

from __future__ import annotations

import json
from collections.abc import Iterable

from qipan.assessment.catalogue import Catalogue
from qipan.assessment.standard import Standard
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.standards.formats import Pack, accept
from qipan.spine.standards.formats.canonical import spoken
from qipan.spine.standards.models import Edition


def store(data: object, *, by: Post | None = None) -> Edition:
    """Store a pack's plain data as an edition; the same content gives the edition that is there already.

    Raises:
        InputError: with every problem found; nothing is stored.
    """
    return store_packs([accept(data)], by=by)[0]


def store_packs(packs: Iterable[Pack], *, by: Post | None = None) -> list[Edition]:
    """Store packs that have been read, all or none, and return their editions in the same order."""
    wanted = list(packs)
    fresh = {pack.hash: _edition(pack) for pack in wanted}
    with act(actor(by)) as noted:
        there = set(Edition.objects.filter(hash__in=list(fresh)).values_list("hash", flat=True))
        # Two who store the same content at once both succeed: the second row is not written.
        Edition.objects.bulk_create([e for name, e in fresh.items() if name not in there], ignore_conflicts=True)
        stored = Edition.objects.in_bulk(list(fresh))
        for name in fresh.keys() - there:
            edition = stored[name]
            details = {"kind": edition.kind, "name": edition.name, "edition": edition.edition_zh}
            noted.note("standards.store", Thing("edition", name, edition.title_zh), details)
    return [stored[pack.hash] for pack in wanted]


def _edition(pack: Pack) -> Edition:
    title, edition = spoken(pack.data.get("title")), spoken(pack.data.get("edition"))
    value = pack.value
    if isinstance(value, Standard):
        nodes, checks = len(value.nodes), sum(1 for _ in value.checks())
    elif isinstance(value, Catalogue):
        nodes, checks = len(value.types), len(value.items)
    else:
        nodes, checks = len(value), 0
    return Edition(
        hash=pack.hash,
        kind=pack.kind,
        name=pack.name[:80],
        title_zh=(title[0] or title[1] or pack.name)[:200],
        title_en=title[1][:200],
        edition_zh=edition[0][:120],
        edition_en=edition[1][:120],
        nodes=nodes,
        checks=checks,
        content=json.dumps(pack.data, ensure_ascii=False, separators=(",", ":")),
    )
