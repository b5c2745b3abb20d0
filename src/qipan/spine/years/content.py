"""What a frozen record says: the whole standing of a year in plain values, from which its report is drawn.

Points are whole micro-points as pages print them, so that every sum of the record is a sum over its own rows. Nothing
in it points at a row of a table: names and hashes are written out.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q

from qipan.assessment.rules import plain
from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditHead
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.ledger.running import year_of
from qipan.spine.scorecards.queries import OwnedPart, Standing
from qipan.spine.scorecards.titles import at_sites, type_title
from qipan.spine.standards.models import Edition
from qipan.spine.work.measures import RATES, Tally
from qipan.spine.work.models import VOID, Kind, WorkItem
from qipan.spine.work.queries import Filters
from qipan.spine.work.rates import rates
from qipan.spine.work.special.conditions import recurred

FORMAT = "qipan-year/1"
MOST_RECURRING = 30
SUMS = ("possible", "earned", "lost", "unassessed")


def canonical(content: Mapping[str, Any]) -> str:
    """Return content as the one text that its digest is taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Return the SHA-256 of a record's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(
    year: CampaignYear, now: Standing, *, at: datetime, serial: int, signed: str, by: Post, carried: Iterable[str],
    into: int | None, note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return all that a record keeps of a year, as plain values.

    Args:
        year: the campaign year.
        now: how it stands.
        at: the moment of the closing.
        serial: the number of the closing.
        signed: who closes it, as a value.
        by: who closes it; whose view of the work the counts are.
        carried: the numbers of what goes on in the next year.
        into: the next year, where something goes on.
        note: what they say to it.
    """
    county, campaign = year.campaign.county, year.campaign
    head = AuditHead.objects.filter(chain=county.code).values_list("seq", "hash").first() or (0, "")
    observed = Observation.objects.filter(county=county, year=year.year)
    return {
        "format": FORMAT,
        "county": {"code": county.code, **_both(Text(county.name_zh, county.name_en))},
        "campaign": {**_both(campaign.name), "honour": campaign.honour},
        "year": year.year,
        "serial": serial,
        "closed_at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "closed_by": signed,
        "note": note,
        "duties_on": now.on.isoformat(),
        "editions": _editions(year),
        "settings": {
            "cut": _cut(year, now), "absent_types": sorted(year.absent_types),
            "local_limits": dict(sorted(year.local_limits.items())),
        },
        "journal": {"seq": head[0], "hash": head[1]},
        "ledger": {
            "version": now.version, "observations": observed.count(),
            "last": observed.order_by("-seq").values_list("seq", flat=True).first() or 0,
            "rounds": [
                [code, zh]
                for code, zh, opened in Round.objects.filter(county=county).values_list("code", "name_zh", "opened_at")
                if year_of(opened) == year.year
            ],
        },
        "total": _total(now),
        "sections": [
            {"key": node.key, "code": node.code, **_both(node.title), **_node(now.card.nodes[node.key])}
            for node in now.book.sections
        ],
        "rules": [
            {"kind": one.kind, "node": one.node, **_both(one.title), "earned": one.earned, "lost": one.lost, "unassessed": one.unassessed}
            for one in now.card.adjustments
        ],
        "units": _units(now),
        "types": _types(now),
        "checks": _checks(now),
        "work": _work(year, by, at),
        "recurring": _recurring(year, now),
        "carried": {"into": into, "numbers": sorted(carried)},
    }  # fmt: skip


def _both(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _editions(year: CampaignYear) -> list[dict[str, str]]:
    """Return the pinned editions by their hashes, the standard first."""
    columns = ("hash", "kind", "name", "title_zh", "title_en", "edition_zh", "edition_en")
    rows = [
        *Edition.objects.filter(hash=year.standard_id).values_list(*columns),
        *year.companions.order_by("kind", "name", "hash").values_list(*columns),
    ]
    found = []
    for digest, kind, name, zh, en, edition_zh, edition_en in rows:
        untitled = kind == Edition.Kind.FUNCTIONS and zh in {"", name}
        title = Text("职能表", "List of functions") if untitled else Text(zh, en)
        found.append({"hash": digest, "kind": kind, **_both(title), "edition_zh": edition_zh, "edition_en": edition_en})
    return found


def _cut(year: CampaignYear, now: Standing) -> str:
    if year.assumed_cut is not None:
        return str(year.assumed_cut)
    return plain(now.book.standard.cut.points) if now.book.standard.cut else ""


def _node(node: Any) -> dict[str, int]:
    return {name: getattr(node, name) for name in (*SUMS, "worst", "best")}


def _total(now: Standing) -> dict[str, Any]:
    return {
        **_node(now.card.total),
        "decimals": now.book.standard.decimals,
        "barred": [_both(words) for words in now.card.barred],
        "gates": [
            {**_both(state.gate.title), "now": None if state.now is None else plain(state.now), "met": state.met}
            for state in now.card.gates
        ],
    }


def _sums(parts: Iterable[OwnedPart]) -> dict[str, int]:
    found = dict.fromkeys(SUMS, 0)
    for part in parts:
        for name in SUMS:
            found[name] += getattr(part, name)
    return found


def _units(now: Standing) -> list[dict[str, Any]]:
    """Return what falls to each unit, and in a row without a code what falls to none."""
    names = {
        pk: (code, Text(zh, en))
        for pk, code, zh, en in Unit.objects.filter(county_id=now.year.campaign.county_id).values_list(
            "id", "code", "name_zh", "name_en"
        )
    }
    parts: dict[int | None, list[OwnedPart]] = {}
    for part in now.parts:
        parts.setdefault(part.answer.unit, []).append(part)
    rows = []
    for unit, mine in parts.items():
        code, name = names.get(unit or 0, ("", Text("无责任单位", "Nobody's")))
        rows.append({"code": code, **_both(name), **_sums(mine)})
    return sorted(rows, key=lambda row: (not row["code"], -row["lost"], row["code"]))


def _types(now: Standing) -> list[dict[str, Any]]:
    sites = Site.objects.filter(county_id=now.year.campaign.county_id).order_by()
    registered = dict(sites.values_list("type").annotate(n=Count("id")))
    seen: dict[str, set[str]] = {}
    for (_, stratum, cluster), reading in now.readings.items():
        if reading.weight:
            seen.setdefault(stratum, set()).add(cluster)
    parts: dict[str, list[OwnedPart]] = {}
    for part in now.parts:
        if at_sites(now, part):
            parts.setdefault(part.stratum, []).append(part)
    rows = [
        {
            "code": stratum, **_both(type_title(now, stratum)), "registered": registered.get(stratum, 0),
            "seen": len(seen.get(stratum, ())), **_sums(mine),
        }
        for stratum, mine in parts.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["lost"], -row["unassessed"], row["code"]))


def _checks(now: Standing) -> list[dict[str, Any]]:
    rows = []
    for key, score in now.card.checks.items():
        line = now.book.lines[key]
        node = now.book.nodes[line.node]
        rows.append(
            {
                "key": key, "node": node.key, "code": node.code, **_both(node.title), "method": line.check.method,
                **{name: getattr(score, name) for name in (*SUMS, "worst", "best", "sample", "status")},
            }
        )  # fmt: skip
    return rows


def _counts(tally: Tally) -> dict[str, list[int]]:
    """Return each published rate as (so many, of so many)."""
    found = {name: tally.ratio(rate) for name, rate in RATES.items()}
    return {name: [ratio.numerator, ratio.denominator] for name, ratio in found.items()}


def _work(year: CampaignYear, by: Post, at: datetime) -> dict[str, Any]:
    """Return how the year's work went: what it came to by kind and state, and the published rates, by unit too."""
    items = WorkItem.objects.filter(county_id=year.campaign.county_id, year=year.year).order_by()
    states: dict[str, Counter[str]] = {}
    for kind, state, n in items.values_list("kind", "state").annotate(n=Count("pk")):
        states.setdefault(kind, Counter())[state] += n
    found = rates(by, Filters(year=year.year), "unit", now=at)
    units = [
        {"code": row.key, **_both(row.name or Text(row.key, row.key)), "own": row.own, **_counts(row.tally)}
        for group in found.groups
        for row in group.rows
    ]
    return {
        "states": {kind: dict(sorted(rows.items())) for kind, rows in sorted(states.items())},
        "carried_in": items.filter(from_year__isnull=False).count(),
        "rates": _counts(found.whole.tally) if found.whole else {},
        "own": found.whole.own if found.whole else 0,
        "units": sorted(units, key=lambda row: row["code"]),
    }


def _recurring(year: CampaignYear, now: Standing) -> list[dict[str, Any]]:
    """Return the problems that kept coming: how many orders at how many places, and how many came back in 30 days."""
    orders = (
        WorkItem.objects.filter(county_id=year.campaign.county_id, year=year.year, kind=Kind.ORDER)
        .exclude(Q(state__in=VOID) | Q(item=""))
        .order_by()
    )
    again = dict(orders.filter(recurred()).values_list("item").annotate(n=Count("pk")))
    rows = []
    counted = orders.values_list("item").annotate(n=Count("pk"), places=Count("cluster", distinct=True))
    for item, count, places in counted:
        if again.get(item) or count > places:
            known = now.book.catalogue.items.get(item)
            title = known.title if known else Text(item, item)
            rows.append({"item": item, **_both(title), "orders": count, "places": places, "again": again.get(item, 0)})
    rows.sort(key=lambda row: (-row["again"], -row["orders"], row["item"]))
    return rows[:MOST_RECURRING]
