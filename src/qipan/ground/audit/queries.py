"""What can be asked about the journal: its entries, and whether its chains are unbroken."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from qipan.assessment.text import Text
from qipan.ground.audit.hashing import SHA256, is_there
from qipan.ground.audit.journal import canonical, hash_of, said_by
from qipan.ground.audit.models import AuditEntry, AuditHead

PAGE = 50
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as pages and exports show it."""

    seq: int
    at: datetime
    verb: str
    person: str
    post: str
    unit: str
    thing_kind: str
    thing_id: str
    thing_label: str
    details: Mapping[str, Any]
    personal: Mapping[str, str]
    hash: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries are wanted; what is empty asks for all."""

    verb: str = ""
    person: str = ""
    thing: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries of a chain, the newest first, and where the neighbours begin (0: there are none)."""

    entries: list[Entry] = field(default_factory=list)
    older: int = 0
    newer: int = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """What was found of a chain: how long it is, where it ends, and its first broken place, if there is one."""

    name: str
    entries: int
    seq: int
    hash: str
    broken: Text = Text()
    broken_at: int = 0


def entries(chain: str, filters: Filters = Filters(), *, before: int = 0, after: int = 0, most: int = PAGE) -> Listed:
    """Return a page of a chain, the newest first (one statement, however far back the page lies).

    Args:
        chain: the county's code; empty for the installation's own.
        filters: which are wanted.
        before: only entries with a smaller number; the page that follows.
        after: only entries with a greater number; the page before.
        most: how many.
    """
    found = _chosen(chain, filters)
    if after:
        rows = [_entry(row) for row in found.filter(seq__gt=after).order_by("seq")[: most + 1]]
        more, rows = len(rows) > most, rows[:most][::-1]
        return Listed(rows, older=rows[-1].seq if rows else 0, newer=rows[0].seq if rows and more else 0)
    if before:
        found = found.filter(seq__lt=before)
    rows = [_entry(row) for row in found.order_by("-seq")[: most + 1]]
    more, rows = len(rows) > most, rows[:most]
    return Listed(rows, older=rows[-1].seq if rows and more else 0, newer=rows[0].seq if rows and before else 0)


def all_entries(chain: str, filters: Filters = Filters(), *, most: int | None = None) -> Iterator[Entry]:
    """Return every entry that is wanted, the newest first, without holding them all."""
    for row in _chosen(chain, filters).order_by("-seq")[:most].iterator(_AT_ONCE):
        yield _entry(row)


def chain_lines(chain: str) -> Iterator[str]:
    """Return a whole chain for whoever verifies it elsewhere: a line of JSON for each entry, the oldest first.

    `said` is what is hashed, the hash of the entry before it first; `docs/operations.md` has the script that checks it.
    """
    for row in AuditEntry.objects.filter(chain=chain).order_by("seq").iterator(_AT_ONCE):
        line = {"hash": row.hash, "algorithm": row.algorithm, "said": said_by(row)}
        yield json.dumps(line, ensure_ascii=False) + "\n"


def chain_rows(chain: str) -> Iterator[tuple[object, ...]]:
    """Return a whole chain as rows, the oldest first: what people read, and at the end `said` as it is hashed."""
    for row in AuditEntry.objects.filter(chain=chain).order_by("seq").iterator(_AT_ONCE):
        yield (
            row.seq, row.at.isoformat(), row.verb, row.person, row.post, row.unit, row.thing_kind, row.thing_id, row.thing_label,
            row.before, row.algorithm, row.hash, canonical(said_by(row)),
        )  # fmt: skip


def end_of(chain: str) -> tuple[int, str]:
    """Return how many entries a chain should have, and by what the last of them is hashed."""
    return AuditHead.objects.filter(chain=chain).values_list("seq", "algorithm").first() or (0, SHA256)


def verbs(chain: str) -> list[str]:
    """Return the verbs that a chain has."""
    return list(AuditEntry.objects.filter(chain=chain).order_by("verb").values_list("verb", flat=True).distinct())


def tallies(kind: str, verbs: Collection[str]) -> dict[tuple[str, str], dict[str, int]]:
    """Return how often each verb was noted of each thing of a kind, by chain and thing (one statement)."""
    found = AuditEntry.objects.filter(thing_kind=kind, verb__in=verbs).order_by()
    out: dict[tuple[str, str], dict[str, int]] = {}
    for chain, thing, verb, count in found.values_list("chain", "thing_id", "verb").annotate(count=Count("id")):
        out.setdefault((chain, thing), {})[verb] = count
    return out


def length(chain: str) -> int:
    """Return how many entries a chain should have, by its end."""
    return AuditHead.objects.filter(chain=chain).values_list("seq", flat=True).first() or 0


def _chosen(chain: str, filters: Filters) -> QuerySet[AuditEntry]:
    wanted = Q(chain=chain)
    if filters.verb:
        wanted &= Q(verb=filters.verb)
    if filters.person:
        wanted &= Q(person__icontains=filters.person) | Q(post__icontains=filters.person) | Q(unit=filters.person)
    if filters.thing:
        wanted &= Q(thing_id=filters.thing) | Q(thing_label__icontains=filters.thing) | Q(thing_kind=filters.thing)
    if filters.since is not None:
        wanted &= Q(at__gte=filters.since)
    if filters.until is not None:
        wanted &= Q(at__lt=filters.until)
    return AuditEntry.objects.filter(wanted)


def _entry(row: AuditEntry) -> Entry:
    return Entry(
        row.seq, row.at, row.verb, row.person, row.post, row.unit, row.thing_kind, row.thing_id, row.thing_label,
        row.details, row.personal, row.hash,
    )  # fmt: skip


# ---- is it unbroken? ---------------------------------------------------------------------------------------------


def verify(
    chain: str | None = None,
    *,
    noted: Mapping[tuple[str, int], str] | None = None,
    told: Callable[[int], None] | None = None,
) -> list[Chain]:
    """Walk along chains from their first entry to their end, working every hash out anew.

    Args:
        chain: one chain; all when None.
        noted: hashes that were written down elsewhere, by chain and number: whoever can write to the database can
            make a whole chain anew, but not one that holds them.
        told: is told how many entries were looked at.

    Returns:
        Each chain with its first broken place, if it has one.
    """
    heads = AuditHead.objects.all() if chain is None else AuditHead.objects.filter(chain=chain)
    ends = {head.chain: head for head in heads}
    if chain is None:
        there = AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct()
        names = sorted({*ends, *there, *(name for name, _ in noted or ())})
    else:
        names = [chain]
    return [_walk(name, ends.get(name), noted or {}, told) for name in names]


def _walk(
    name: str, end: AuditHead | None, noted: Mapping[tuple[str, int], str], told: Callable[[int], None] | None
) -> Chain:
    count, seq, before = 0, 0, ""
    last = end.seq if end else 0
    # Entries that are written while this walks lie beyond the end that was read first.
    for row in AuditEntry.objects.filter(chain=name).order_by("seq").iterator(_AT_ONCE):
        if row.seq > last and _written_meanwhile(name, row.seq):
            break
        fault = _fault(row, seq, before, last)
        written = noted.get((name, row.seq))
        if not fault and written is not None and not row.hash.startswith(written):
            fault = Text(f"第 {row.seq} 条不是当时抄存的那一条", f"entry {row.seq} is not the one that was noted")
        if fault:
            return Chain(name, count, seq, before, fault, seq + 1)
        count, seq, before = count + 1, row.seq, row.hash
        if told is not None and count % _AT_ONCE == 0:
            told(count)
    beyond = [number for (chain, number) in noted if chain == name and number > seq]
    if end is not None and (seq, before) != (end.seq, end.hash):
        words = Text(
            f"链尾应在第 {end.seq} 条，实际只到第 {seq} 条，末尾的记录已被删除或改动",
            f"it should end at {end.seq} and ends at {seq}: entries at its end were deleted or changed",
        )
        return Chain(name, count, seq, before, words, seq + 1)
    if beyond:
        words = Text(
            f"抄存过第 {max(beyond)} 条，现在只到第 {seq} 条", f"entry {max(beyond)} was noted, and it ends at {seq}"
        )
        return Chain(name, count, seq, before, words, seq + 1)
    return Chain(name, count, seq, before)


def _written_meanwhile(name: str, seq: int) -> bool:
    """Whether the end has moved on since it was read."""
    return AuditHead.objects.filter(chain=name, seq__gte=seq).exists()


def _fault(row: AuditEntry, seq: int, before: str, last: int) -> Text:
    """Say what is wrong with an entry that follows number `seq`; nothing where all is well."""
    if row.seq != seq + 1:
        return Text(f"第 {seq + 1} 条缺失", f"entry {seq + 1} is missing")
    if row.before != before:
        return Text(
            f"第 {row.seq} 条与前一条不相接，前后有记录被改动、调换或重写",
            f"entry {row.seq} does not follow the one before it: one of them was changed, swapped or written anew",
        )
    if not is_there(row.algorithm):
        return Text(
            f"第 {row.seq} 条按 {row.algorithm} 计算，本机不提供该算法，无法核对",
            f"entry {row.seq} is hashed by {row.algorithm}, which this machine does not have: it cannot be verified here",
        )
    if hash_of(row) != row.hash:
        return Text(f"第 {row.seq} 条的内容已被改动", f"the content of entry {row.seq} was changed")
    if row.seq > last:
        return Text(
            f"第 {row.seq} 条在链尾之后，链尾已被改动", f"entry {row.seq} lies beyond the end: the end was changed"
        )
    return Text()
