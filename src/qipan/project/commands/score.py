"""`qipan score`: the scorecard of a file of observations, without a database."""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qipan
from qipan.assessment import Catalogue, Rulebook, Scorecard, Standard, scorecard
from qipan.assessment.assumptions import assumptions
from qipan.assessment.batch import tallies_of
from qipan.assessment.explain import arithmetic, in_a_sentence
from qipan.assessment.printing import DECIMALS, printed_card
from qipan.assessment.rules import plain
from qipan.assessment.scale import POINT, half_up, printed
from qipan.assessment.scorecard import NodeScore, native
from qipan.assessment.text import Text
from qipan.project.commands import language_of_parser
from qipan.project.terminal import DONE
from qipan.spine.ledger.observation_file import gather
from qipan.spine.standards.formats import load

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers

PACKS = Path(qipan.__file__).parent / "packs"
STATUS = {
    "assessed": Text("已测评", "assessed"),
    "partly": Text("部分测评", "partly"),
    "not_assessed": Text("未测评", "not assessed"),
    "not_applicable": Text("不适用", "n/a"),
    "no_checks": Text("无测评点", "no checks"),
}


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    language = language_of_parser(subparsers)

    def words(zh: str, en: str) -> str:
        return Text(zh, en).into(language)

    parser = subparsers.add_parser(
        "score", help=words("按一套标准对观测文件评分", "score a file of observations by a standard")
    )
    file, sheet = words("文件", "FILE"), words("YAML 或工作簿", "YAML or workbook")
    parser.add_argument(
        "--standard", required=True, type=Path, metavar=file, help=words(f"标准：{sheet}", f"the standard: {sheet}")
    )
    parser.add_argument(
        "--observations", required=True, type=Path, metavar=file,
        help=words("CSV；装有 parquet 扩展时也可用 Parquet", "CSV, or Parquet with the extra `parquet`"),
    )  # fmt: skip
    parser.add_argument(
        "--with", dest="companions", action="append", type=Path, default=[], metavar=file,
        help=words(
            "子标准、检查单或问卷；不写时取标准旁边的和随附的",
            "a sub-standard, checklists or questionnaires; left out, those beside the standard and the shipped ones",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--absent", action="append", default=[], metavar=words("类型", "TYPE"),
        help=words("本县没有的点位类型", "a site type that the county lacks"),
    )  # fmt: skip
    parser.add_argument(
        "--on", type=_day, metavar=words("日期", "DATE"),
        help=words("只计到这一天为止的观测", "count what was observed up to this day"),
    )  # fmt: skip
    parser.add_argument(
        "--depth", type=int, default=99, metavar="N",
        help=words("表格的层数（1 为测评项目）", "levels of the table (1 = sections)"),
    )  # fmt: skip
    parser.add_argument(
        "--explain", action="store_true",
        help=words("在表格后列出每个测评点的规则和算式", "print the rule and the arithmetic of each check below the table"),
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=("table", "json", "csv"), default="table", help=words("输出格式", "what to print")
    )
    parser.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-23") from None


def run(arguments: argparse.Namespace) -> int:
    """Score, and print the card."""
    # Millions of tuples and no cycles: the collector would only walk over them again and again.
    gc.disable()
    book = read_book(arguments.standard, arguments.companions)
    gathering = gather(arguments.observations, book, until=arguments.on)
    card = scorecard(book, tallies_of(gathering.readings()), frozenset(arguments.absent))
    if arguments.format == "json":
        json.dump(as_data(card, gathering.count, arguments.on), sys.stdout, ensure_ascii=False, indent=1)
        print()
    elif arguments.format == "csv":
        rows = list(table(card, "en", arguments.depth))
        csv.writer(sys.stdout).writerows(rows)
    else:
        print_table(card, gathering.count, arguments.language, arguments.depth, arguments.explain)
    return DONE


def read_book(path: Path, companions: list[Path]) -> Rulebook:
    """Read a standard with what it needs: named companions, else those beside it, else the shipped ones.

    Raises:
        FileError: one of the files cannot be used.
    """
    standard = load(path, "standard").standard
    named = [load(one, "standard", "checklists", "questionnaires") for one in companions]
    subs = [pack.standard for pack in named if pack.kind == "standard"]
    known = {sub.id for sub in subs}
    for sub in standard.sub_standards:
        for folder in (path.parent, PACKS):
            candidate = folder / f"{sub.id}.yaml"
            if sub.id not in known and candidate.is_file():
                subs.append(load(candidate, "standard").standard)
                known.add(sub.id)
    lists = [pack.data for pack in named if pack.kind != "standard"]
    if not lists and _needs_catalogue(standard, *subs):
        lists = [load(PACKS / f"cn-{name}.yaml").data for name in ("site-checklists", "questionnaires")]
    return Rulebook(standard, subs, Catalogue.from_data(*lists))


def _needs_catalogue(*standards: Standard) -> bool:
    """Return whether some item's value is told neither by the standard nor by being one of its nodes."""
    return any(
        check.value is None and item.value is None and item.key not in standard.nodes
        for standard in standards
        for check in standard.checks()
        for _, item in check.items()
    )


def table(card: Scorecard, language: str, depth: int) -> Iterator[list[str]]:
    """Yield the heading and a row for each node, printed so that rows and columns add up."""
    words = (
        Text("编号", "code"), Text("名称", "title"), Text("得分", "earned"), Text("满分", "possible"), Text("失分", "lost"),
        Text("未测评", "not assessed"), Text("最低", "worst"), Text("最高", "best"), Text("样本", "sample"), Text("状态", "status"),
    )  # fmt: skip
    yield [word.into(language) for word in words]
    shown = printed_card(card)
    for key, node in card.book.nodes.items():
        if node.depth < depth:
            score = shown.nodes[key]
            yield [node.code, "  " * node.depth + node.title.into(language), *_figures(score, language)]
    for change in shown.adjustments:
        parts = [printed(points, DECIMALS) for points in (change.earned, change.lost, change.unassessed)]
        yield [change.id, change.title.into(language), parts[0], "", parts[1], parts[2], "", "", "", ""]
    yield ["", Text("合计", "total").into(language), *_figures(shown.total, language)]


def _figures(score: NodeScore, language: str) -> list[str]:
    points = (score.earned, score.possible, score.lost, score.unassessed, score.worst, score.best)
    return [
        *(printed(value, DECIMALS) for value in points),
        str(score.sample or ""),
        STATUS[score.status].into(language),
    ]


def print_table(card: Scorecard, count: int, language: str, depth: int, explain: bool = False) -> None:
    """Print the card for people: the total in one sentence, the tree, the arithmetic if asked for, what it rests on."""
    total = card.total
    title = card.book.standard.title.into(language)
    score, worst, best = (_native(card, points) for points in (total.earned, total.worst, total.best))
    mark = Text("（含假定）", " (rests on assumptions)") if card.book.weights_assumed else Text()
    said = Text(
        f"{title}：{score} 分{mark.zh}，最低 {worst}，最高 {best}；{count} 条观测",
        f"{title}: {score}{mark.en}, worst {worst}, best {best}; {count} observations",
    )
    print(said.into(language))
    rows = list(table(card, language, depth))
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    widths[1] = min(widths[1], 56)
    for row in rows:
        cells = [_cell(text, width, right=2 <= i <= 8) for i, (text, width) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())
    if explain:
        print_arithmetic(card, language)
    print()
    print(Text("依据与假定：", "What this rests on:").into(language))
    for line in assumptions(card.book):
        kind = {
            "source": Text("出处", "source"),
            "inferred": Text("推断", "inferred"),
            "assumed": Text("假定", "assumed"),
        }
        what = f"{line.what.into(language)}: {line.value.into(language)}"
        print(f"  [{kind[line.basis.kind].into(language)}] {what} — {line.basis.words.into(language)}")


def print_arithmetic(card: Scorecard, language: str) -> None:
    """Print the rule of each check in a sentence and its arithmetic line by line."""
    titles = titles_of(card.book)
    for key, score in card.checks.items():
        line = card.book.lines[key]
        print()
        print(f"{key}  {in_a_sentence(line).into(language)}")
        for text in arithmetic(line, score, card.book.catalogue, titles):
            print(f"  {text.into(language)}")


def titles_of(book: Rulebook) -> dict[str, Text]:
    """Return the titles of site types and respondent groups, by code."""
    own = {
        book.catalogue.canonical(code, standard.aliases): stratum.title
        for standard in (book.standard, *(sub for _, sub in book.subs.values()))
        for code, stratum in standard.strata.items()
    }
    return own | {code: kind.title for code, kind in book.catalogue.types.items()}


def _native(card: Scorecard, points: int) -> str:
    """Print points on the scale that the standard prints, rounded half up."""
    value = native(card.book, points, card.total.possible)
    display, decimals = card.book.standard.display, card.book.standard.decimals
    places = display.decimals if card.book.standard.native else decimals
    steps = half_up(abs(value.numerator) * 10**places, value.denominator)
    return printed((1 if value >= 0 else -1) * steps * (POINT // 10**places), places)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _cell(text: str, width: int, *, right: bool) -> str:
    while _width(text) > width:
        text = text[:-1]
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def as_data(card: Scorecard, count: int, on: date | None) -> dict[str, Any]:
    """Return the card as plain data; points are decimals with six places, exact."""
    book = card.book
    titles = titles_of(book)
    checks = []
    for key, score in card.checks.items():
        line = book.lines[key]
        checks.append(
            {
                "check": key, "node": line.node, "method": line.check.method, "side": line.side,
                **_points(score), "status": score.status, "sample": score.sample, "answers": score.answers,
                "missing": dict(score.missing), "rule": _text(in_a_sentence(line)),
                "explanation": [_text(text) for text in arithmetic(line, score, book.catalogue, titles)],
            }
        )  # fmt: skip
    return {
        "standard": {"id": book.standard.id, "hash": book.standard.hash, "title": _text(book.standard.title)},
        "on": on.isoformat() if on else None,
        "observations": count,
        "total": {**_points(card.total), "status": card.total.status, "printed": _native(card, card.total.earned)},
        "assumed": book.weights_assumed,
        "nodes": [
            {
                "code": node.key, "parent": node.parent or None, "title": _text(node.title),
                **_points(card.nodes[key]), "status": card.nodes[key].status, "sample": card.nodes[key].sample,
            }
            for key, node in book.nodes.items()
        ],
        "checks": checks,
        "by_rule": [
            {"kind": a.kind, "id": a.id, "title": _text(a.title), "earned": _micro(a.earned), "lost": _micro(a.lost),
             "unassessed": _micro(a.unassessed), "explanation": _text(a.words)}
            for a in card.adjustments
        ],
        "gates": [
            {"id": g.gate.id, "title": _text(g.gate.title), "at_least": plain(g.gate.at_least),
             "now": None if g.now is None else float(g.now), "met": g.met, "effect": g.gate.effect}
            for g in card.gates
        ],
        "assumptions": [
            {"topic": a.topic, "standard": a.standard, "what": _text(a.what), "value": _text(a.value),
             "basis": a.basis.kind, "words": _text(a.basis.words)}
            for a in assumptions(book)
        ],
    }  # fmt: skip


def _points(score: Any) -> dict[str, float]:
    names = ("possible", "earned", "lost", "unassessed", "worst", "best")
    return {name: _micro(getattr(score, name)) for name in names}


def _micro(points: int) -> float:
    return points / POINT


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
