"""What the rows of a file are held against: the register of sites, and the rounds with their lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from qipan.assessment.batch import ObservationError
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.spine.ledger.models import Listing, Round, Selection


class Near:
    """Names that look like a mistyped one; looked for a few times only, since each look goes through all names."""

    LOOKS = 60

    def __init__(self, names: Iterable[str], cutoff: float) -> None:
        self._names = sorted(names)
        self._cutoff = cutoff
        self._found: dict[str, Text] = {}

    def __call__(self, name: str, otherwise: Text) -> Text:
        """Return a remedy that names what was perhaps meant, or another remedy."""
        found = self._found.get(name)
        if found is None:
            if len(self._found) >= self.LOOKS:
                return otherwise
            near = get_close_matches(name, self._names, n=3, cutoff=self._cutoff)
            found = Text(f"是否为：{'、'.join(near)}", f"did you mean {', '.join(near)}?") if near else otherwise
            self._found[name] = found
        return found


@dataclass(frozen=True, slots=True)
class KnownRound:
    """A round as rows name it: by its code."""

    id: int
    selection: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registers:
    """Sites by code with their type and dates, rounds by code, and what drawn rounds have on their lists."""

    year: int
    sites: Mapping[str, tuple[str, date | None, date | None]]
    rounds: Mapping[str, KnownRound]
    listed: Mapping[int, Mapping[str, frozenset[str]]]
    near: Near

    @classmethod
    def of(cls, county_id: int, year: int) -> Registers:
        """Read a county's registers (three statements)."""
        sites = Site.objects.filter(county_id=county_id).values_list("code", "type", "valid_from", "valid_to")
        rounds = Round.objects.filter(county_id=county_id).values_list(
            "code", "id", "selection", "opened_at", "closed_at"
        )
        listed: dict[int, dict[str, set[str]]] = {}
        drawn = Listing.objects.filter(round__county_id=county_id, round__selection=Selection.DRAWN)
        for of, stratum, cluster in drawn.values_list("round_id", "stratum", "cluster"):
            listed.setdefault(of, {}).setdefault(stratum, set()).add(cluster)
        known = {code: (kind, since, until) for code, kind, since, until in sites}
        return cls(
            year,
            known,
            {code: KnownRound(pk, how, opened, closed) for code, pk, how, opened, closed in rounds},
            {of: {stratum: frozenset(found) for stratum, found in by.items()} for of, by in listed.items()},
            Near(known, 0.75),
        )

    def site_problems(self, stratum: str, cluster: str, on: date, *, is_type: bool) -> list[ObservationError]:
        """Return what is wrong with a place: not on the register, of another type, or not there on that day.

        Args:
            stratum: the canonical stratum.
            cluster: the code of the site or zone.
            on: the day of the look.
            is_type: the stratum is a type of site, and not a group of respondents who may be asked anywhere.
        """
        site = self.sites.get(cluster)
        if site is None:
            return [
                ObservationError(
                    "cluster",
                    Text(f"点位台账里没有“{cluster}”", f"the site register has no {cluster!r}"),
                    self.near(
                        cluster,
                        Text("先在点位台账登记，或核对编号", "enter it in the site register first, or check the code"),
                    ),
                )
            ]
        kind, since, until = site
        if is_type and kind != stratum:
            return [
                ObservationError(
                    "cluster",
                    Text(f"“{cluster}”登记的类型是“{kind}”，不是“{stratum}”", f"{cluster!r} is registered as {kind}, not as {stratum}"),
                    Text("核对点位编号和类型", "check the site and the type"),
                )
            ]  # fmt: skip
        if (since and on < since) or (until and on > until):
            return [
                ObservationError(
                    "observed_at",
                    Text(f"“{cluster}”在{on}不在台账有效期内", f"{cluster!r} was not on the register on {on}"),
                    Text("核对日期，或更正台账", "check the date, or mend the register"),
                )
            ]
        return []

    def round_id(self, code: str) -> int | None:
        """Return the id of a round by its code."""
        found = self.rounds.get(code)
        return found.id if found else None

    def round_problems(self, code: str, stratum: str, cluster: str, selection: str) -> list[ObservationError]:
        """Return what is wrong with the round of a row: unknown, looked at in another way, not on the drawn list.

        Args:
            code: the round.
            stratum: the canonical stratum.
            cluster: the site or zone.
            selection: how the row says that the place came to be looked at; "" where the file does not say.
        """
        found = self.rounds.get(code)
        if found is None:
            known = "、".join(list(self.rounds)[-8:]), ", ".join(list(self.rounds)[-8:])
            return [
                ObservationError(
                    "round",
                    Text(f"没有轮次“{code}”", f"there is no round {code!r}"),
                    Text(f"可用：{known[0]}；轮次外的查看留空", f"use {known[1]}; leave it empty for a look outside a round")
                    if self.rounds
                    else Text("还没有轮次；请留空", "there is no round yet; leave it empty"),
                )
            ]  # fmt: skip
        if selection and selection not in {found.selection, Selection.CHOSEN}:
            words = {"drawn": Text("随机抽取", "drawn"), "census": Text("普查", "census"), "chosen": Text("指定检查", "chosen")}  # fmt: skip
            was, says = words[found.selection], words[selection]
            return [
                ObservationError(
                    "selection",
                    Text(f"轮次“{code}”是{was.zh}，本行写的是{says.zh}", f"round {code} is {was.en}, the row says {says.en}"),
                    Text(f"写{found.selection}，顺带查看的写chosen", f"write {found.selection}, or chosen for what was looked at besides"),
                )
            ]  # fmt: skip
        listed = self.listed.get(found.id, {}).get(stratum)
        if listed and cluster not in listed and selection != Selection.CHOSEN:
            return [
                ObservationError(
                    "selection",
                    Text(f"“{cluster}”不在轮次“{code}”的抽取名单上", f"{cluster!r} is not on the list drawn for round {code}"),
                    Text("不在名单上的查看写chosen（指定检查）", "write chosen for what was not drawn"),
                )
            ]  # fmt: skip
        return []
