"""The READMEs tell the truth: their example runs, their table names tests that exist, and both say the same."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from qipan.project import cli
from qipan.spine.standards.models import Edition

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


@pytest.mark.django_db
@pytest.mark.parametrize("language", READMES)
def test_its_commands_do_what_they_say(language: str, tmp_path: Path, monkeypatch, capsys):
    """Each line of "Your own standard", in a folder like a clone, one after the other."""
    lines = [line for line in READMES[language].read_text("utf-8").splitlines() if line.startswith("    qipan ")]
    commands = [shlex.split(line, comments=True)[1:] for line in lines]
    assert [words[:2] for words in commands[:4]] == [
        ["standard", what] for what in ("export", "check", "import", "diff")
    ]
    assert [words[0] for words in commands[4:]] == ["score", "score"]
    for folder in ("src", "examples"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gc.disable", lambda: None)
    for words in commands:
        assert cli.main(["--lang", "en", *words]) == 0, words
    printed = capsys.readouterr().out
    assert "no difference" in printed
    assert re.search(r": 67\b", printed)
    assert "2.14" in printed
    assert Edition.objects.get().name == "cn-hygiene-county-2021"


@pytest.mark.parametrize("language", READMES)
def test_what_to_click_is_called_so(language: str):
    """The bold names of the first clicks are names on the pages."""
    text = READMES[language].read_text("utf-8")
    names = [name for bold in re.findall(r"^\d\. \*\*(.+?)\*\*", text, re.M) for name in bold.split(" → ")]
    assert len(names) == 10
    with open(ROOT / "src/qipan/locale/zh_Hans/LC_MESSAGES/django.po", "rb") as file:
        known = {str(message.id): message.string for message in read_po(file)}
    assert set(names) <= (set(known) if language == "en" else set(map(str, known.values())))


@pytest.mark.parametrize("language", READMES)
def test_links_lead_somewhere(language: str):
    for target in re.findall(r"\]\(([^)#]+)\)", READMES[language].read_text("utf-8")):
        if "://" not in target:
            assert (ROOT / target).exists(), target
