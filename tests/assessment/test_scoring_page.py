"""Every case that docs/scoring.md works by hand, recomputed; the whole cases by brute force as well."""

import csv
import re
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from qipan.assessment import Catalogue, Gathering, Observation, Round, Rulebook, Standard, scale, score
from qipan.assessment.batch import tallies_of
from qipan.assessment.fields import Fields
from qipan.assessment.ownership import divide
from qipan.assessment.reading import make
from qipan.assessment.rules import OutcomeError, read_points_rule, read_value
from qipan.assessment.scale import POINT, SCALE, half_up, largest_remainder, printed_parts
from qipan.assessment.scorecard import native, score_check, scorecard
from qipan.assessment.tally import tally
from tests.assessment.brute import brute

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/scoring.md").read_text("utf-8")
GRADES = {"A": Fraction(1), "B": Fraction("0.66"), "C": Fraction("0.33")}
START = datetime(2026, 3, 1, 8)


def table(name):
    """Return the rows of a marked table, each cell as text; a rule loses its backticks."""
    text = re.search(rf"<!-- cases: {name} -->\n((?:\|.*\n)+)", PAGE)[1]  # type: ignore[index]
    rows = [[cell.strip().strip("`") for cell in line.strip("|\n").split("|")] for line in text.splitlines()]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def cases():
    """Return every worked whole case by its name."""
    found = re.findall(r"<!-- case: (.*?) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    return {name: yaml.safe_load(text) for name, text in found}


CASES = cases()


def number(text):
    return Fraction(text.replace("−", "-"))


def micro(points):
    value = Fraction(str(points)) * POINT
    assert value.denominator == 1
    return int(value)


def rows(name, *columns):
    found = table(name)
    assert found
    return pytest.mark.parametrize(columns, [tuple(row[column] for column in columns) for row in found])


def fields(text):
    return Fields(yaml.safe_load(text), (), [])


@rows("value", "rule", "outcome", "result")
def test_value(rule, outcome, result):
    value = read_value(fields(rule), GRADES)
    if result == "refused":
        with pytest.raises(OutcomeError) as raised:
            value.worth(outcome)
        assert raised.value.wanted.zh and raised.value.wanted.en
    elif result == "left out":
        assert value.worth(outcome).excluded
    else:
        assert Fraction(value.worth(outcome).value, SCALE) == number(result)


def standard(data):
    """Return a whole standard of a case's data: what every pack must say is filled in."""
    whole: dict = {"format": "qipan-standard/1", "id": "case", "title": {"en": "case"}, **data}
    if "grades" in whole:
        whole["grades"] = {"values": whole["grades"], "assumed": True}

    def mend(node):
        node.setdefault("title", {"en": node["code"]})
        if "points" in node:
            node["assumed"] = True
        for child in node.get("children", []):
            mend(child)
        for check in node.get("checks", []):
            for items in [check.get("items", []), *check.get("strata", {}).values()]:
                items[:] = [{"key": i, "value": check.get("value", {"kind": "pass_fail"})} for i in items]

    for node in whole["nodes"]:
        mend(node)
    return whole


def one_check(check, grades=True):
    data: dict = {"nodes": [{"code": "1", "points": 100, "checks": [check]}]}
    if grades:
        data["grades"] = {"A": 1, "B": "0.66", "C": "0.33"}
    return next(iter(Rulebook(Standard.from_data(standard(data))).lines.values()))


@rows("site", "rule", "value", "outcomes", "result", "worst", "best")
def test_site_rule(rule, value, outcomes, result, worst, best):
    said = [outcome.strip() for outcome in outcomes.split(",")]
    items = [chr(ord("a") + i) for i in range(len(said))]
    rules = {"site": yaml.safe_load(rule), "value": yaml.safe_load(value)}
    line = one_check({"method": "site_inspection", "strata": {"road": list(items)}, **rules})
    cells = {(item, ""): (1, outcome) for item, outcome in zip(items, said, strict=True) if outcome != "—"}
    reading = make(line, "road", cells, enters=True)
    if result == "not applicable":
        assert not reading.applies
        return
    assert [Fraction(x, SCALE) for x in (reading.y, reading.low, reading.high)] == [
        number(result), number(worst), number(best)
    ]  # fmt: skip


@rows("join", "join", "readings", "y", "worst", "best")
def test_join(join, readings, y, worst, best):
    types = {part.split(":")[0].strip(): part.split(":")[1].strip() for part in readings.split(";")}
    shares = any(" of " in part for part in types.values())
    value: dict = {"kind": "share"} if shares else {"kind": "number_bands", "bands": [], "otherwise": 0}
    if not shares:  # a reading of one item that is worth what the case says
        marks = sorted({t.strip() for part in types.values() for t in part.split(",")} - {"", "?", "na"}, key=Fraction)
        value = {"kind": "graded_scale", "values": {mark: mark for mark in {*marks, "0"}}}
    line = one_check(
        {"method": "site_inspection", "strata": {t: ["a"] for t in types}, "value": value,
         "join": yaml.safe_load(join)}
    )  # fmt: skip
    tallies = {}
    for type_, part in types.items():
        made = []
        for mark in [mark.strip() for mark in part.split(",") if mark.strip()]:
            outcome = {"?": "not_seen"}.get(mark, mark)
            made.append(make(line, type_, {("a", ""): (1, outcome)}, enters=True))
        if made:
            tallies[line.key, type_] = tally(made)
    found = score_check(line, tallies, 10**12)
    if y in {"not assessed", "not applicable"}:
        assert found.status == y.replace(" ", "_")
        return
    assert found.worst == half_up((number(worst) * 10**12).numerator, (number(worst) * 10**12).denominator)
    assert found.best == half_up((number(best) * 10**12).numerator, (number(best) * 10**12).denominator)
    out = one_check(
        {"method": "site_inspection", "strata": {t: ["a"] for t in types}, "value": value,
         "join": yaml.safe_load(join), "missing": "excluded"}
    )  # fmt: skip
    assert Fraction(*score_check(out, tallies, 10**12).share) == number(y)


@rows("points", "rule", "share", "points")
def test_points_rule(rule, share, points):
    made = read_points_rule(fields(rule), GRADES)
    x = Fraction(share)
    assert made.points(x.numerator, x.denominator, 12 * POINT) == micro(points)
    assert made.points(x.numerator * 7, x.denominator * 7, 12 * POINT) == micro(points)


@rows("span", "rule", "shares", "points")
def test_span(rule, shares, points):
    made = read_points_rule(fields(rule), GRADES)
    low, high = (Fraction(x.strip()) for x in shares.split("…"))
    ends = made.span((low.numerator, low.denominator), (high.numerator, high.denominator), 12 * POINT)
    assert ends == tuple(micro(x.strip()) for x in points.split("…"))


@rows("largest remainder", "total", "weights", "parts")
def test_largest_remainder(total, weights, parts):
    assert largest_remainder(int(total), [int(w) for w in weights.split(",")]) == [int(p) for p in parts.split(",")]


@rows("printed", "parts", "decimals", "printed")
def test_printed_parts(parts, decimals, printed):
    values = [micro(part.strip()) for part in parts.split(",")]
    shown = printed_parts(sum(values), values, int(decimals))
    assert shown == [micro(part.strip()) for part in printed.split(",")]


def node_case(row):
    """Return the standard and the observations of a row: 20 points as 20 documents, each seen, failed or unseen."""
    earned, lost, unknown = (int(x) for x in row["before e, l, u"].split(","))
    items = [f"d{i}" for i in range(20)]
    node = {"code": "1", "points": 20, "checks": [{"method": "document_review", "items": items}]}
    data = {"total": 20, "nodes": [node]}
    rule = row["rule"]
    numbers = [int(n) for n in re.findall(r"\d+", rule)]
    count: tuple = ()
    if rule.startswith("cap"):
        node["cap"] = numbers[0]
    elif rule.startswith("bonus"):
        data["bonuses"] = [{"id": "b", "item": "b", "each": numbers[0], "max": numbers[1], "assumed": True}]
        count = ("b", numbers[2])
    elif rule.startswith("deduct"):
        data["negative"] = [{"id": "n", "item": "n", "effect": "deduct", "deduct": numbers[0], "assumed": True}]
        count = ("n", numbers[1])
    else:
        effect = next(word for word in ("cap", "zero", "bar") if word in rule)
        gate = {"id": "g", "on": {"total": True}, "at_least": numbers[0], "effect": effect, "assumed": True}
        data["gates"] = [gate | ({"cap_points": numbers[1]} if effect == "cap" else {})]
    said = ["pass"] * earned + ["fail"] * lost + ["not_seen"] * unknown
    seen = [Observation(item, outcome, START) for item, outcome in zip(items, said, strict=True)]
    if count:
        seen.append(Observation(count[0], str(count[1]), START))
    return standard(data), seen


@pytest.mark.parametrize("row", table("node"), ids=lambda row: row["rule"] + " on " + row["before e, l, u"])
def test_a_rule_on_a_node(row):
    data, seen = node_case(row)
    for total in (score(Rulebook(Standard.from_data(data)), seen).total, brute(data, {}, seen).total):
        wanted = [micro(x.strip()) for x in row["after e, l, u"].split(",")]
        assert [total.earned, total.lost, total.unassessed] == wanted
        assert (total.worst, total.best) == (micro(row["worst"]), micro(row["best"]))
        assert total.possible == 20 * POINT


def observations(case):
    """Return the observations that a case writes in short."""
    made = []
    for short in case["observations"]:
        subjects = range(short.get("from", 1), short.get("from", 1) + short.get("subjects", 0))
        for cluster in short.get("clusters", ["-"]):
            for subject in [str(n) for n in subjects] or [""]:
                made.append(Observation(
                    item=short["item"], outcome=str(short["outcome"]), stratum=short.get("stratum", "-"),
                    cluster=cluster, subject=subject, round=short.get("round", ""),
                    selection=short.get("selection", "census"), observed_at=START + timedelta(days=short.get("day", 1)),
                ))  # fmt: skip
    return made


def rounds(case):
    return [
        Round(
            r["name"],
            START + timedelta(days=r["day"]),
            tuple((s, c) for s, found in r["listed"].items() for c in found),
        )
        for r in case.get("rounds", [])
    ]


@pytest.mark.parametrize("name", CASES)
def test_whole_case(name):
    case = CASES[name]
    data = standard({k: v for k, v in case.items() if k in {"nodes", "grades"}})
    book = Rulebook(Standard.from_data(data))
    gathering = Gathering(book)
    for one in observations(case):
        gathering.add(one)
    readings = gathering.readings(rounds(case))
    card = scorecard(book, tallies_of(readings))
    slow = brute(data, {}, observations(case), rounds(case))
    for key, points in case["expect"]["total"].items():
        assert getattr(card.total, key) == micro(points), key
        assert getattr(slow.total, key) == micro(points), key
    for check, parts in case["expect"].get("parts", {}).items():
        mine = {place[1:]: both.now for place, both in readings.items() if place[0] == check}
        found = {part.cluster: part for part in divide(book.lines[check], card.checks[check], mine)}
        assert {
            cluster: [part.possible, part.earned, part.lost, part.unassessed] for cluster, part in found.items()
        } == {cluster: [micro(points) for points in part] for cluster, part in parts.items()}
    for check, share in case["expect"].get("found", {}).items():
        tallies = tallies_of(readings, lambda both: both.found)
        assert Fraction(*score_check(book.lines[check], tallies, POINT).share) == Fraction(share)


@rows("examples", "standard", "observations", "points", "printed")
def test_example(standard, observations, points, printed):
    packs = ROOT / "src/qipan/packs"
    held = Standard.from_data(yaml.safe_load((packs / f"{standard}.yaml").read_text("utf-8")))
    book = Rulebook(held, catalogue=Catalogue())
    with (ROOT / "examples" / observations).open(encoding="utf-8") as file:
        seen = [
            Observation(
                row["item"], row["outcome"], datetime.fromisoformat(row["observed_at"]), row["stratum"], row["cluster"],
                row["subject"], row["round"], "census" if row["selection"] == "census" else "drawn",
                source=row["source"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    card = score(book, seen)
    assert card.total.earned == micro(points)
    shown = native(book, card.total.earned, card.total.possible) * POINT
    decimals = held.display.decimals if held.native else held.decimals
    assert scale.printed(half_up(shown.numerator, shown.denominator), decimals) == printed
