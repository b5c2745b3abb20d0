"""The READMEs tell the truth: their example runs, their table names tests that exist, and both say the same."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
STATES = {"可用": "works", "部分": "partly", "尚无": "not yet"}


def table(language: str) -> list[tuple[str, str]]:
    """Return (state, shown by) of each row of what works."""
    rows = [line.strip("|").split("|") for line in READMES[language].read_text("utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in row] for row in rows if len(row) == 3]
    return [(STATES.get(row[1], row[1]), row[2]) for row in cells if STATES.get(row[1], row[1]) in STATES.values()]


def test_both_say_the_same():
    assert table("en") == table("zh")
    assert len(table("en")) >= 15


def test_what_works_is_shown_by_a_test():
    for state, shown in table("en"):
        if state != "not yet":
            source = (ROOT / shown).read_text("utf-8")
            assert re.search(r"^\s*def test_", source, re.M), shown


def test_what_is_not_yet_there_has_its_step():
    rows = yaml.safe_load((ROOT / "tests/journeys/map.yaml").read_text("utf-8")).values()
    steps = {row["step"] for row in rows if "step" in row}
    for state, shown in table("en"):
        if state == "not yet":
            assert int(shown.removeprefix("step ")) in steps, shown


@pytest.mark.parametrize("language", READMES)
def test_the_example_prints_what_it_says(language: str):
    text = READMES[language].read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)
    stated = re.search(r"`(\d[\d. ]+)`", text)
    assert code
    assert stated
    assert code[1].count("\n") <= 30
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code[1], "README", "exec"), {})
    assert out.getvalue().strip() == stated[1]


@pytest.mark.parametrize("language", READMES)
def test_links_lead_somewhere(language: str):
    for target in re.findall(r"\]\(([^)#]+)\)", READMES[language].read_text("utf-8")):
        if "://" not in target:
            assert (ROOT / target).exists(), target
