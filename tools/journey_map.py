"""Every row of the requirements has an answer: a browser test, a later step, or a reason not to build it.

Reads docs/requirements.csv and tests/journeys/map.yaml. Usage: python tools/journey_map.py
"""

import ast
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
STEPS = range(2, 9)
ROW = re.compile(r"C\d\d(-[a-z])?")


def rows(root: Path = ROOT) -> list[dict[str, str]]:
    """The rows of the requirements."""
    with open(root / "docs/requirements.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entries(root: Path = ROOT) -> list[tuple[str, Any]]:
    """The map's entries in their order; a list, since YAML would hide an id that is given twice."""
    text = (root / "tests/journeys/map.yaml").read_text(encoding="utf-8")
    answers: dict[str, Any] = yaml.safe_load(text)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return [(key.value, answers[key.value]) for key, _value in node.value] if node is not None else []


def tests(path: Path) -> set[str]:
    """The names of the test functions in a file, those in classes as Class::function."""
    if not path.is_file():
        return set()
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def answer_fault(answer: Any, root: Path = ROOT) -> str | None:
    """What is wrong with one answer, or None."""
    match answer:
        case {"test": str(test), **rest} if not rest:
            file, _, name = test.partition("::")
            if not file.startswith("tests/journeys/"):
                return f"{test} is not a browser test in tests/journeys/"
            return None if name in tests(root / file) else f"the test {test} does not exist"
        case {"step": int(step), "what": str(what), **rest} if not rest:
            if step not in STEPS:
                return f"there is no later step {step}"
            return None if what.strip() else "the step does not say what it brings"
        case {"not_built": str(reason), **rest} if not rest:
            return None if reason.startswith("because ") else "a reason begins with 'because'"
    return "an entry is {test}, {step, what} or {not_built}"


def faults(root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the list of rows and with the map."""
    ids = [row["id"] for row in rows(root)]
    given = entries(root)
    for name, seen in (("docs/requirements.csv", ids), ("map.yaml", [key for key, _ in given])):
        for key, times in Counter(seen).items():
            if times > 1:
                yield f"{key} stands {times} times in {name}"
            if not ROW.fullmatch(key):
                yield f"{key} in {name} is no row id (C01, C01-b, …)"
    for row in rows(root):
        if not (row["clauses"] and row["zh"] and row["en"]):
            yield f"{row['id']} lacks its clauses or its gist in zh or en"
    for key in sorted(set(ids) - {key for key, _ in given}):
        yield f"{key} has no entry in map.yaml"
    for key, answer in given:
        if key not in ids:
            yield f"{key} in map.yaml is no row of docs/requirements.csv"
        fault = answer_fault(answer, root)
        if fault is not None:
            yield f"{key}: {fault}"


def main() -> int:
    """Print what is wrong; exit code 1 if anything is."""
    found = list(faults())
    for fault in found:
        print(f"journey map: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
