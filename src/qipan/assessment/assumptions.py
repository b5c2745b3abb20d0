"""What a score rests on that no source says: every assumption and inference of a rulebook, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from qipan.assessment.rulebook import Rulebook, catalogue_gaps
from qipan.assessment.rules import plain
from qipan.assessment.standard import Standard
from qipan.assessment.text import Basis, Text

Topic = Literal[
    "weights", "shares", "grades", "cut", "sample", "sub_standard", "rule", "links", "side", "values", "text"
]


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that the score takes for granted: what it is, its value, what it rests on, and of which standard."""

    topic: Topic
    standard: str
    what: Text
    value: Text
    basis: Basis


def assumptions(book: Rulebook) -> list[Assumption]:
    """Return everything that is assumed or inferred in a rulebook, and every number with its source beside it."""
    found = list(_of(book.standard))
    for named, sub in book.subs.values():
        found += _of(sub)
        found.append(_share(book.standard.id, named.id, sub.title, named.share, named.basis))
    for named in book.absent_subs:
        found.append(_share(book.standard.id, named.id, Text(named.id, named.id), named.share, named.basis))
    return [*found, *_of_the_book(book)]


def _share(standard: str, name: str, title: Text, share: Fraction, basis: Basis | None) -> Assumption:
    what = Text(f"“{title.zh or name}”在总分中的份额", f"share of ‘{title.en or name}’ in the total")
    return Assumption("sub_standard", standard, what, _per_cent(share), basis or _none())


def _none() -> Basis:
    return Basis("assumed", Text("没有写明依据", "nothing says what it rests on"))


def _per_cent(value: Fraction) -> Text:
    return Text(f"{plain(value)}%", f"{plain(value)}%")


def _of(standard: Standard) -> Iterator[Assumption]:
    name = standard.id
    if standard.weights_basis:
        yield Assumption(
            "weights", name, Text("各测评点的权重", "weight of each check"),
            Text("同一份额内各测评点同权", "equal inside each share"), standard.weights_basis,
        )  # fmt: skip
    for share in standard.shares:
        yield Assumption(
            "shares", name, Text(f"{share.title.zh or share.code}份额", f"share of {share.title.en or share.code}"),
            Text(f"{plain(share.points)}分", f"{plain(share.points)} points"), share.basis or _none(),
        )  # fmt: skip
    if standard.grades:
        values = "，".join(f"{grade} = {plain(value)}" for grade, value in standard.grades.items())
        what = Text("等级分值", "what grades are worth")
        yield Assumption(
            "grades", name, what, Text(values, values.replace("，", ", ")), standard.grades_basis or _none()
        )
    if standard.cut:
        what, points = Text("分数线", "cut"), plain(standard.cut.points)
        yield Assumption("cut", name, what, Text(f"{points}分", f"{points} points"), standard.cut.basis)
    if standard.cycle_basis and len(standard.cycle) > 1:
        weights = " / ".join(plain(weight) for weight in standard.cycle)
        yield Assumption(
            "shares",
            name,
            Text("各年权重（%）", "weights of the years (%)"),
            Text(weights, weights),
            standard.cycle_basis,
        )
    for stratum in standard.strata.values():
        if stratum.official_sample is not None:
            number = str(stratum.official_sample)
            what = Text(f"{stratum.title.zh}官方抽样数", f"official sample of {stratum.title.en}")
            yield Assumption("sample", name, what, Text(number, number), stratum.basis or _none())
    if standard.strata and all(stratum.official_sample is None for stratum in standard.strata.values()):
        yield Assumption(
            "sample", name, Text("官方抽样数", "official sample sizes"), Text("未公布，按普查计", "not published: taken as a census"),
            Basis("assumed", Text("各类型抽样数未见于资料", "no source on file gives them")),
        )  # fmt: skip
    for gate in standard.gates:
        bound = plain(gate.at_least)
        value = Text(f"不低于{bound}", f"at least {bound}")
        yield Assumption("rule", name, gate.title, value, gate.basis or _none())
    for bonus in standard.bonuses:
        each, limit = plain(bonus.each), plain(bonus.limit)
        value = Text(f"每项{each}分，最多{limit}分", f"{each} points each, at most {limit}")
        yield Assumption("rule", name, bonus.title, value, bonus.basis or _none())
    for event in standard.negative:
        off = plain(event.deduct)
        bars = event.effect == "bar"
        value = Text(
            "取消申报资格" if bars else f"每起扣{off}分", "bars the application" if bars else f"{off} points off each"
        )
        yield Assumption("rule", name, event.title, value, event.basis or _none())


def _of_the_book(book: Rulebook) -> Iterator[Assumption]:
    """Yield what holds for many checks at once."""
    name = book.standard.id
    linked = [line for line in book.lines.values() if line.check.basis and line.check.basis.kind != "source"]
    if linked:
        yield Assumption(
            "links", name, Text("检查项与测评点的对应", "links between items and checks"),
            Text(f"{len(linked)}个测评点", f"{len(linked)} checks"),
            Basis("inferred", Text("清单未写明对应哪条标准，由我们判断", "no checklist names a criterion; the links are our judgement")),
        )  # fmt: skip
    silent = sum(line.side_inferred and not line.counter for line in book.lines.values())
    if silent:
        yield Assumption(
            "side", name, Text("硬件与软件", "hardware or software"), Text(f"{silent}个测评点", f"{silent} checks"),
            Basis("inferred", Text("标准未标明：实地考察计为硬件，其余计为软件", "the text is silent: a site inspection counts as hardware, any other method as software")),
        )  # fmt: skip
    used = {item for line in book.lines.values() for items in line.strata.values() for item in items}
    assumed = [item for key, item in book.catalogue.items.items() if key in used and item.assumed]
    if assumed:
        yield Assumption(
            "values", name, Text("问卷选项与检查项的计分", "what answers and items are worth"),
            Text(f"{len(assumed)}项", f"{len(assumed)} items"), Basis("assumed", assumed[0].assumed),
        )  # fmt: skip
    bare = sorted({stratum for strata in catalogue_gaps(book).values() for stratum in strata})
    if bare:
        yield Assumption(
            "text", name, Text("没有检查单的点位类型", "site types without a checklist"),
            Text(f"{len(bare)}类，计为未测评", f"{len(bare)} types, counted as not assessed"),
            Basis("source", Text("所收资料不含这些类型的检查单", "no checklist of these types is on file")),
        )  # fmt: skip
