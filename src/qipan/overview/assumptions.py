"""What we assume: every value that no source backs, what it bears on, and what the total would be without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.rules import GradedScale, plain
from qipan.assessment.scorecard import Scorecard
from qipan.assessment.standard import METHODS, Completeness, Standard
from qipan.assessment.text import Basis, Text
from qipan.overview.board import cut_of, type_title
from qipan.overview.editions import edition_title
from qipan.overview.points import under
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing, equal_card
from qipan.spine.standards.models import Edition

Kind = Literal["assumed", "inferred", "source"]
Topic = Literal["weights", "share", "grades", "cut", "gates", "counted", "sample", "sides", "links", "survey", "rules"]

TOPICS: dict[Topic, Text] = {
    "weights": Text("分值与权重", "Points and weights"),
    "share": Text("子标准所占比例", "Shares of sub-standards"),
    "grades": Text("等级对应的分值", "Values of grades"),
    "cut": Text("分数线", "The cut"),
    "gates": Text("门槛", "Gates"),
    "counted": Text("加分与负面清单", "Bonus points and the negative list"),
    "sample": Text("正式测评的抽样数量", "How many sites the official assessors draw"),
    "sides": Text("硬件与软件", "Hardware and software"),
    "links": Text("测评点与检查单的对应", "Which checklist items a check looks at"),
    "survey": Text("问卷选项的分值", "What the answers of a survey are worth"),
    "rules": Text("计分规则", "Rules of checks"),
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value that rests on no source (or says on which): what it is, why, and which checks it bears on."""

    topic: Topic
    kind: Kind
    what: Text
    why: Text
    checks: int = 0
    possible: int = 0
    """Micro-points of the checks that it bears on."""
    nodes: tuple[str, ...] = ()
    """Keys of the nodes concerned, where they are few enough to be named."""


@dataclass(frozen=True, slots=True)
class PackOnFile:
    """A pinned pack: what it says of its own completeness, and its source."""

    hash: str
    kind: str
    title: Text
    edition: Text
    source: Text
    completeness: Completeness | None


@dataclass(frozen=True, slots=True)
class TypeGap:
    """A site type that a check names and has nothing to look for at: the nodes and the points that wait for it.

    `checklist` says that there is a checklist of the type on file, and no item of it that fits these nodes.
    """

    stratum: str
    title: Text
    checklist: bool
    nodes: tuple[str, ...]
    possible: int


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything on the page."""

    standing: Standing
    equal: Scorecard
    rows: tuple[Assumption, ...]
    packs: tuple[PackOnFile, ...]
    gaps: tuple[TypeGap, ...]
    absent_types: tuple[Text, ...]


def assumptions(year: CampaignYear, now: Standing) -> Assumptions:
    """Return what the figures of a campaign year rest on."""
    return Assumptions(
        standing=now,
        equal=equal_card(now),
        rows=tuple(_rows(year, now)),
        packs=tuple(_packs(year, now)),
        gaps=tuple(type_gaps(now)),
        absent_types=tuple(type_title(now, stratum) for stratum in year.absent_types),
    )


def _standards(book: Rulebook) -> list[tuple[str, Standard]]:
    return [("", book.standard), *((f"{named.id}:", sub) for named, sub in book.subs.values())]


def _rows(year: CampaignYear, now: Standing) -> Iterator[Assumption]:
    book = now.book
    for prefix, standard in _standards(book):
        lines = [line for line in book.lines.values() if line.standard is standard and not line.counter]
        name = standard.title
        if standard.weights_basis is not None:
            what = Text(f"《{name.zh}》各测评点的权重", f"{name.en}: the weight of each check")
            yield _over(now, "weights", standard.weights_basis, what, lines)
        for share in standard.shares:
            what = Text(
                f"《{name.zh}》{share.title.zh}占{plain(share.points)}分",
                f"{name.en}: {plain(share.points)} points for {share.title.en.lower()}",
            )
            yield _over(
                now, "weights", share.basis, what, [line for line in lines if line.check.method in share.methods]
            )
        yield from _node_points(now, prefix, standard)
        if standard.grades_basis is not None:
            values = ", ".join(f"{grade} = {plain(value)}" for grade, value in standard.grades.items())
            graded = [line for line in lines if _uses_grades(line)]
            what = Text(f"《{name.zh}》等级：{values}", f"{name.en}: grades {values}")
            yield _over(now, "grades", standard.grades_basis, what, graded)
        yield from _on_nodes(now, prefix, standard)
        yield from _samples(now, standard, lines)
        yield from _sides(now, standard, lines)
        yield from _links(now, standard, lines)
    for named in book.standard.sub_standards:
        title = book.nodes[named.id].title
        lines = [line for line in book.lines.values() if line.key.startswith(f"{named.id}:") and not line.counter]
        what = Text(f"《{title.zh}》占总分的{plain(named.share)}%", f"{title.en}: {plain(named.share)}% of the total")
        yield _over(now, "share", named.basis, what, lines)
    yield from _cut(year, now)
    yield from _survey(now)


def _over(now: Standing, topic: Topic, basis: Basis | None, what: Text, lines: Iterable[Line]) -> Assumption:
    concerned = list(lines)
    kind: Kind = basis.kind if basis else "assumed"
    why = basis.words if basis else Text("标准包未注明出处", "the pack names no source")
    return Assumption(topic, kind, what, why, len(concerned), _possible(now, concerned))


def _possible(now: Standing, lines: Iterable[Line]) -> int:
    return sum(score.possible for line in lines if (score := now.card.checks.get(line.key)))


def _uses_grades(line: Line) -> bool:
    values = [*line.values.values(), line.check.points]
    return any(isinstance(value, GradedScale) or hasattr(value, "bands") for value in values)


def _node_points(now: Standing, prefix: str, standard: Standard) -> Iterator[Assumption]:
    """Yield the points of nodes that are assumed, one row for each reason."""
    found: dict[Basis, list[str]] = {}
    for code, node in standard.nodes.items():
        if node.points is not None and node.points_basis is not None:
            found.setdefault(node.points_basis, []).append(code)
    for basis, codes in found.items():
        listed = Text("、".join(codes), ", ".join(codes))
        what = Text(f"《{standard.title.zh}》{listed.zh}的分值", f"{standard.title.en}: points of {listed.en}")
        keys = tuple(prefix + code for code in codes)
        below = {key for top in keys for node in under(now, top) for key in now.book.nodes[node].lines}
        lines = [now.book.lines[key] for key in below]
        yield Assumption("weights", basis.kind, what, basis.words, len(lines), _possible(now, lines), keys)


def _on_nodes(now: Standing, prefix: str, standard: Standard) -> Iterator[Assumption]:
    name, effects = standard.title, {
        "bar": Text("不影响总分，未过则不能申报", "leaves the total as it is and bars the application"),
        "cap": Text("未过则总分封顶", "caps the total"),
        "zero": Text("未过则总分为零", "brings the total to zero"),
    }  # fmt: skip
    for gate in standard.gates:
        effect = effects[gate.effect]
        what = Text(
            f"《{name.zh}》{gate.title.zh}：百分制不低于{plain(gate.at_least)}；{effect.zh}",
            f"{name.en}: {gate.title.en}, at least {plain(gate.at_least)} of 100; {effect.en}",
        )
        target = gate.target if gate.on == "sub_standard" else prefix + gate.target if gate.on == "node" else ""
        yield _plain("gates", gate.basis, what, (target,) if target in now.book.nodes else ())
    for bonus in standard.bonuses:
        what = Text(
            f"《{name.zh}》{bonus.title.zh}：每项加{plain(bonus.each)}分，最多{plain(bonus.limit)}分",
            f"{name.en}: {bonus.title.en}, {plain(bonus.each)} points each, at most {plain(bonus.limit)}",
        )
        yield _plain("counted", bonus.basis, what)
    for event in standard.negative:
        effect = (
            Text("不能申报", "bars the application")
            if event.effect == "bar"
            else Text(f"每起扣{plain(event.deduct)}分", f"{plain(event.deduct)} points off each")
        )
        what = Text(f"《{name.zh}》{event.title.zh}：{effect.zh}", f"{name.en}: {event.title.en}, {effect.en}")
        yield _plain("counted", event.basis, what)


def _plain(topic: Topic, basis: Basis | None, what: Text, nodes: tuple[str, ...] = ()) -> Assumption:
    kind: Kind = basis.kind if basis else "assumed"
    return Assumption(
        topic, kind, what, basis.words if basis else Text("标准包未注明出处", "no source named"), nodes=nodes
    )


def _samples(now: Standing, standard: Standard, lines: list[Line]) -> Iterator[Assumption]:
    known = {now.book.catalogue.canonical(code, standard.aliases): s for code, s in standard.strata.items()}
    census: set[str] = set()
    for line in lines:
        for stratum in line.strata if not line.one_thing else ():
            named = known.get(stratum)
            if named is None or named.official_sample is None:
                census.add(stratum)
    if census:
        count = len(census)
        concerned = [line for line in lines if not line.one_thing and census & set(line.strata)]
        what = Text(
            f"《{standard.title.zh}》{count}类点位按普查计",
            f"{standard.title.en}: {count} types are counted as a census",
        )
        why = Text("标准未公布正式测评抽取多少处，因此按普查计", "the standard does not say how many sites are drawn")
        yield Assumption("sample", "assumed", what, why, len(concerned), _possible(now, concerned))
    for drawn in standard.strata.values():
        if drawn.official_sample is not None:
            title = drawn.title or Text(drawn.code, drawn.code)
            what = Text(
                f"{title.zh}：正式测评抽{drawn.official_sample}处",
                f"{title.en}: {drawn.official_sample} drawn officially",
            )
            yield _plain("sample", drawn.basis, what)


def _sides(now: Standing, standard: Standard, lines: list[Line]) -> Iterator[Assumption]:
    silent = [line for line in lines if line.side_inferred]
    if silent:
        what = Text(
            f"《{standard.title.zh}》{len(silent)}个测评点未注明硬件或软件",
            f"{standard.title.en}: {len(silent)} checks that the text calls neither hardware nor software",
        )
        why = Text(
            "实地考察计为硬件，其他方法计为软件", "a site inspection counts as hardware, every other method as software"
        )
        yield Assumption("sides", "inferred", what, why, len(silent), _possible(now, silent))


def _links(now: Standing, standard: Standard, lines: list[Line]) -> Iterator[Assumption]:
    found: dict[Basis, list[Line]] = {}
    for line in lines:
        if line.check.basis is not None:
            found.setdefault(line.check.basis, []).append(line)
    for basis, concerned in sorted(found.items(), key=lambda pair: -len(pair[1])):
        nodes = tuple(dict.fromkeys(line.node for line in concerned))
        what = Text(f"《{standard.title.zh}》{len(concerned)}个测评点", f"{standard.title.en}: {len(concerned)} checks")
        if len(concerned) == 1:
            line = concerned[0]
            method = METHODS[line.check.method]
            code = now.book.nodes[line.node].code
            what = Text(f"{code}（{method.zh}）", f"{code} ({method.en})")
        topic: Topic = "links" if basis.kind == "inferred" else "rules"
        yield Assumption(topic, basis.kind, what, basis.words, len(concerned), _possible(now, concerned), nodes)


def _cut(year: CampaignYear, now: Standing) -> Iterator[Assumption]:
    cut = cut_of(year, now)
    if cut is None:
        why = Text("标准未公布分数线，本活动也未设定", "the standard publishes none and the campaign has set none")
        yield Assumption("cut", "assumed", Text("没有分数线", "there is no cut"), why)
    else:
        what = Text(f"总分{plain(cut.points)}分", f"{plain(cut.points)} points of the total")
        yield Assumption("cut", cut.basis.kind, what, cut.basis.words)


def _survey(now: Standing) -> Iterator[Assumption]:
    """Yield the survey answers whose values are assumed, one row for each reason."""
    found: dict[Text, list[Line]] = {}
    for line in now.book.lines.values():
        reasons = {
            item.assumed
            for items in line.strata.values()
            for key in items
            if (item := now.book.catalogue.items.get(key)) is not None and item.assumed
        }
        for why in reasons:
            found.setdefault(why, []).append(line)
    for why, lines in found.items():
        nodes = tuple(dict.fromkeys(line.node for line in lines))
        what = Text(f"{len(lines)}个测评点的答案分值", f"the values of answers in {len(lines)} checks")
        yield Assumption("survey", "assumed", what, why, len(lines), _possible(now, lines), nodes)


def type_gaps(now: Standing) -> list[TypeGap]:
    """Return the types without anything to look for, those without a checklist first, then by points held back."""
    nodes: dict[str, list[str]] = {}
    points: dict[str, int] = {}
    for line in now.book.lines.values():
        for stratum in line.without_checklist:
            if stratum not in now.year.absent_types:
                nodes.setdefault(stratum, []).append(line.node)
    for part in now.parts:
        if part.stratum in nodes and part.unassessed:
            line = now.book.lines[part.check]
            if part.stratum in line.without_checklist:
                points[part.stratum] = points.get(part.stratum, 0) + part.unassessed
    rows = [
        TypeGap(
            stratum,
            type_title(now, stratum),
            stratum in now.book.catalogue.types,
            tuple(dict.fromkeys(keys)),
            points.get(stratum, 0),
        )
        for stratum, keys in nodes.items()
    ]
    return sorted(rows, key=lambda row: (row.checklist, -row.possible, row.stratum))


def _packs(year: CampaignYear, now: Standing) -> Iterator[PackOnFile]:
    """Yield the pinned packs, the main standard first (two statements)."""
    standards = {one.id: one for _, one in _standards(now.book)}
    columns = ("hash", "kind", "name", "title_zh", "title_en", "edition_zh", "edition_en")
    pinned = [
        *Edition.objects.filter(hash=year.standard_id).values_list(*columns),
        *year.companions.order_by("kind", "name").values_list(*columns),
    ]
    for digest, kind, name, title_zh, title_en, edition_zh, edition_en in pinned:
        value = standards.get(name) if kind == Edition.Kind.STANDARD else None
        yield PackOnFile(
            hash=digest,
            kind=kind,
            title=edition_title(kind, name, Text(title_zh, title_en)),
            edition=Text(edition_zh, edition_en),
            source=value.source if value else Text(),
            completeness=value.completeness if value else None,
        )


def rests_on(now: Standing, line: Line) -> list[Assumption]:
    """Return the assumptions that one check's points rest on."""
    standard, score = line.standard, now.card.checks.get(line.key)
    possible = score.possible if score else 0
    found: list[Assumption] = []

    def add(topic: Topic, basis: Basis | None, what: Text) -> None:
        if basis is not None and basis.kind != "source":
            found.append(Assumption(topic, basis.kind, what, basis.words, 1, possible))

    if standard.weighting == "shares":
        add("weights", standard.weights_basis, Text("权重", "its weight"))
        for share in standard.shares:
            if line.check.method in share.methods:
                add("weights", share.basis, Text(f"{share.title.zh}的总分", f"the points of {share.title.en.lower()}"))
    else:
        add("weights", standard.weights_basis, Text("权重", "its weight"))
        code = line.check.code
        while code and standard.nodes[code].points is None:
            code = standard.nodes[code].parent
        if code:
            add("weights", standard.nodes[code].points_basis, Text(f"{code}的分值", f"the points of {code}"))
    for named in now.book.standard.sub_standards:
        if line.key.startswith(f"{named.id}:"):
            words = Text(f"子标准占{plain(named.share)}%", f"the sub-standard's share of {plain(named.share)}%")
            add("share", named.basis, words)
    if _uses_grades(line):
        add("grades", standard.grades_basis, Text("等级分值", "the values of grades"))
    add("links" if line.check.basis and line.check.basis.kind == "inferred" else "rules", line.check.basis,
        Text("检查什么", "what it looks at"))  # fmt: skip
    for why in dict.fromkeys(
        item.assumed
        for items in line.strata.values()
        for key in items
        if (item := now.book.catalogue.items.get(key)) is not None and item.assumed
    ):
        found.append(Assumption("survey", "assumed", Text("答案分值", "the values of answers"), why, 1, possible))
    return found
