"""Opening, extending and closing rounds, as people do it: with a right to it, and written into the journal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import OPEN_ROUNDS
from qipan.sources.fieldwork import draws
from qipan.sources.fieldwork.draws import Drawn, Frame
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger import actions as ledger
from qipan.spine.ledger.models import Round, Selection

DESK = "desk"
"""A round for what is read at a desk: documents, figures, opinions. It is a census and has no list: every criterion
that is judged at a desk belongs to it, and one that nobody has reviewed is not assessed in any case."""
KINDS = (Selection.DRAWN.value, Selection.CENSUS.value, DESK)
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,39}")
_SEED = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{3,79}")


class RoundError(ValueError):
    """A round that cannot be opened, extended or closed: the field, and what would be right."""

    def __init__(self, field: str, words: Text) -> None:
        super().__init__(f"{field}: {words.en}")
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class Plan:
    """A round that is to be opened. `numbers` says how many of each type are drawn, or which types are listed."""

    name: Text
    code: str
    kind: str
    numbers: Mapping[str, int]
    seed: str = ""
    due_on: date | None = None


def check(year: CampaignYear, plan: Plan, of: Sequence[Frame], on: date) -> list[RoundError]:
    """Return everything that stands against opening a round (one statement)."""
    found: list[RoundError] = []
    if not plan.name.zh.strip():
        found.append(RoundError("name_zh", Text("请填写轮次名称", "give the round a name")))
    if not _CODE.fullmatch(plan.code):
        wanted = Text(
            "编号用字母、数字、点和连字符，最多40个", "use letters, digits, dots and hyphens, at most 40 of them"
        )
        found.append(RoundError("code", wanted))
    elif Round.objects.filter(county_id=year.campaign.county_id, code=plan.code).exists():
        taken = Text(
            f"编号“{plan.code}”已有轮次使用，请换一个", f"a round has the code {plan.code} already: choose another"
        )
        found.append(RoundError("code", taken))
    if plan.kind not in KINDS:
        found.append(RoundError("kind", Text("请选择抽取方式", "say how the list is made")))
    if plan.kind == Selection.DRAWN and not _SEED.fullmatch(plan.seed):
        wanted = Text("种子用4至80个字母、数字、点或连字符", "a seed has 4 to 80 letters, digits, dots or hyphens")
        found.append(RoundError("seed", wanted))
    if plan.due_on is not None and plan.due_on < on:
        found.append(RoundError("due_on", Text("结束日期不能早于今天", "the day must not lie before today")))
    if plan.kind in {Selection.DRAWN, Selection.CENSUS}:
        found += _numbers(plan, of)
    return found


def _numbers(plan: Plan, of: Sequence[Frame]) -> list[RoundError]:
    known = {frame.stratum: frame for frame in of}
    found = []
    for stratum, n in plan.numbers.items():
        frame = known.get(stratum)
        if frame is None:
            words = Text("台账里没有这类点位", "no site of this type is registered")
        elif not 0 <= n <= len(frame.sites):
            most = len(frame.sites)
            words = Text(f"填0至{most}之间的整数", f"write a whole number from 0 to {most}")
        else:
            continue
        found.append(RoundError(f"n:{stratum}", words))
    if not any(plan.numbers.values()):
        found.append(RoundError("numbers", Text("至少选一类点位", "choose at least one type of site")))
    return found


def listing(plan: Plan, of: Sequence[Frame]) -> list[Drawn]:
    """Return the list that a plan makes of the register."""
    match plan.kind:
        case Selection.DRAWN:
            return draws.drawn(of, plan.seed, plan.numbers)
        case Selection.CENSUS:
            return draws.census(frame for frame in of if plan.numbers.get(frame.stratum))
        case _:
            return []


def open_round(year: CampaignYear, plan: Plan, *, by: Post, at: datetime | None = None) -> Round:
    """Open a round with its list; sent twice it is one round.

    Raises:
        RoundError: the first thing that stands against it.
    """
    if not OPEN_ROUNDS.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    county = year.campaign.county_id
    on = timezone.localdate(now)
    with act(actor(by), now) as journal:
        ledger.take(county)
        of = draws.frames(year, on)
        listed = listing(plan, of)
        twin = Round.objects.filter(county_id=county, code=plan.code).first()
        if twin is not None and _same(twin, plan, listed):
            return twin
        problems = check(year, plan, of, on)
        if year.year != on.year:
            words = Text(
                f"轮次计入开启当年；现在不是{year.year}年",
                f"a round counts for the year it is opened in, not {year.year}",
            )
            problems.append(RoundError("kind", words))
        if problems:
            raise problems[0]
        how = Selection.CENSUS if plan.kind == DESK else Selection(plan.kind)
        opened = ledger.open_round(
            county, plan.code, plan.name, how, now, [(each.stratum, each.code) for each in listed],
            seed=plan.seed if how == Selection.DRAWN else "", due_on=plan.due_on,
        )  # fmt: skip
        sizes = {frame.stratum: len(frame.sites) for frame in of}
        counts = Counter(each.stratum for each in listed)
        journal.note(
            "rounds.open",
            _thing(opened),
            {
                "kind": plan.kind, "seed": opened.seed, "due": str(plan.due_on or ""),
                "types": {stratum: [n, sizes[stratum]] for stratum, n in counts.items()},
            },
        )  # fmt: skip
    return opened


def _same(twin: Round, plan: Plan, listed: Sequence[Drawn]) -> bool:
    if twin.closed_at is not None or (twin.name_zh, twin.seed) != (plan.name.zh, plan.seed if listed else twin.seed):
        return False
    there = set(twin.listings.values_list("stratum", "cluster"))
    return there == {(each.stratum, each.code) for each in listed}


def _thing(of: Round) -> Thing:
    return Thing("round", of.code, of.name_zh)


def named(year: CampaignYear, code: str) -> Round:
    """Return a round of the county by its code."""
    return Round.objects.get(county_id=year.campaign.county_id, code=code)


def more(year: CampaignYear, of: Round, numbers: Mapping[str, int], on: date) -> tuple[list[Drawn], list[RoundError]]:
    """Return what a draw of these numbers adds to a round's list, and what stands against it.

    Everything up to the n-th smallest number of today's register is on the longer list; what is on it stays.
    """
    frames = draws.frames(year, on)
    plan = Plan(Text(of.name_zh, of.name_en), of.code, Selection.DRAWN, numbers, of.seed)
    problems = _numbers(plan, frames)
    if of.selection != Selection.DRAWN:
        problems.append(RoundError("numbers", Text("只有抽取的轮次可以加抽", "only a draw can grow")))
    if of.closed_at is not None:
        problems.append(
            RoundError(
                "numbers", Text("轮次已结束，公布的结果不再改变", "the round is closed: what it published stays")
            )
        )
    if problems:
        return [], problems
    there = set(of.listings.values_list("stratum", "cluster"))
    return [each for each in draws.drawn(frames, of.seed, numbers) if (each.stratum, each.code) not in there], []


def extend_round(
    year: CampaignYear, code: str, numbers: Mapping[str, int], *, by: Post, at: datetime | None = None
) -> int:
    """Let a draw grow to these numbers; the sites drawn before stay. Return how many came.

    Raises:
        RoundError: the first thing that stands against it.
    """
    if not OPEN_ROUNDS.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    with act(actor(by), now) as journal:
        ledger.take(year.campaign.county_id)
        of = named(year, code)
        added, problems = more(year, of, numbers, timezone.localdate(now))
        if problems:
            raise problems[0]
        count = ledger.extend_round(of.pk, [(each.stratum, each.code) for each in added])
        if count:
            journal.note("rounds.extend", _thing(of), {"types": dict(Counter(each.stratum for each in added))})
    return count


def close_round(year: CampaignYear, code: str, *, by: Post, at: datetime | None = None) -> Round:
    """Close a round: what it found is published and stays. Closed twice it is closed once."""
    if not OPEN_ROUNDS.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    with act(actor(by), now) as journal:
        ledger.take(year.campaign.county_id)
        of = named(year, code)
        if of.closed_at is not None:
            return of
        closed = ledger.close_round(of.pk, now)
        journal.note("rounds.close", _thing(closed), {})
    return closed
