"""`qipan score` from end to end, on the worked examples: what it prints, what it refuses, and its exit codes."""

import csv
import io
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as arrow
import pytest
from pyarrow import parquet

import qipan
from qipan.project import cli

ROOT = Path(__file__).resolve().parents[3]
PACKS = Path(qipan.__file__).parent / "packs"
EXAMPLES = ROOT / "examples"


@pytest.fixture
def score(capsys, monkeypatch):
    """Run the command; gives exit code, standard output and standard error."""

    def score(pack: str, observations: Path | str, *more: str) -> tuple[int, str, str]:
        standard = PACKS / f"{pack}.yaml"
        path = EXAMPLES / observations if isinstance(observations, str) else observations
        monkeypatch.setattr("gc.disable", lambda: None)
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG", "QIPAN_LANG"):
            monkeypatch.delenv(name, raising=False)
        arguments = ["score", "--standard", str(standard), "--observations", str(path), *more]
        code = cli.main(arguments)
        out = capsys.readouterr()
        return code, out.out, out.err

    return score


def data(score, *arguments):
    code, out, _ = score(*arguments, "--format", "json")
    assert code == 0
    return json.loads(out)


def test_all_b_prints_67(score):
    code, out, err = score("street-cleanliness-leams", "leams-all-b.csv")
    assert code == 0 and not err
    assert re.search(r": 67\b", out.splitlines()[0])
    assert data(score, "street-cleanliness-leams", "leams-all-b.csv")["total"]["printed"] == "67"


def test_the_litter_index_is_2_14(score):
    assert data(score, "litter-index", "litter-index.csv")["total"]["printed"] == "2.14"


def test_the_national_example_is_what_its_page_works_out(score):
    found = data(score, "cn-national-2015", "national-small.csv")
    total = found["total"]
    assert (round(total["earned"], 4), round(total["lost"], 4), round(total["unassessed"], 4)) == (
        3.5226,
        0.9829,
        95.4945,
    )
    assert round(total["worst"], 1) == 3.5 and round(total["best"], 1) == 99.0
    for rows in (found["nodes"], found["checks"], [total]):
        for row in rows:
            assert round(row["earned"] + row["lost"] + row["unassessed"], 6) == row["possible"]
    sections = [node for node in found["nodes"] if node["parent"] is None]
    assert round(sum(node["possible"] for node in sections), 6) == total["possible"]
    assert found["assumed"] and found["assumptions"]
    explained = next(check for check in found["checks"] if check["check"] == "Ⅲ-84/survey")
    assert "81.25" in "".join(line["en"] for line in explained["explanation"])


def test_a_day_leaves_out_what_came_later(score):
    early = data(score, "cn-national-2015", "national-small.csv", "--on", "2026-04-13")
    whole = data(score, "cn-national-2015", "national-small.csv")
    assert early["on"] == "2026-04-13"
    assert 0 < early["observations"] < whole["observations"]
    assert early["total"]["unassessed"] > whole["total"]["unassessed"]


def test_a_type_that_the_county_lacks_changes_whose_points_they_are(score):
    whole = data(score, "cn-national-2015", "national-small.csv")
    without = data(score, "cn-national-2015", "national-small.csv", "--absent", "hotel", "--absent", "market")
    assert without["total"]["possible"] == whole["total"]["possible"]
    assert without["total"]["earned"] != whole["total"]["earned"]


def test_the_table_speaks_both_languages_and_stops_at_a_depth(score):
    _, english, _ = score("cn-national-2015", "national-small.csv", "--depth", "1")
    _, whole, _ = score("cn-national-2015", "national-small.csv")
    assert "What this rests on" in english and len(english) < len(whole)
    code, chinese, _ = score("cn-national-2015", "national-small.csv", "--lang", "zh", "--depth", "1")
    assert code == 0 and "依据与假定" in chinese
    code, rows, _ = score("cn-national-2015", "national-small.csv", "--format", "csv", "--depth", "1")
    assert code == 0 and rows.splitlines()[0].startswith("code,title,earned")


def test_what_is_printed_adds_up_across_and_down(score):
    for depth in ("1", "99"):
        code, out, _ = score("cn-national-2015", "national-small.csv", "--format", "csv", "--depth", depth)
        assert code == 0
        rows = list(csv.DictReader(io.StringIO(out)))
        parts = ("earned", "lost", "not assessed")
        for row in rows:
            if row["possible"]:
                assert sum(Decimal(row[part]) for part in parts) == Decimal(row["possible"]), row
    _, out, _ = score("cn-national-2015", "national-small.csv", "--format", "csv", "--depth", "1")
    *sections, total = csv.DictReader(io.StringIO(out))
    for part in ("earned", "lost", "not assessed"):
        assert sum(Decimal(row[part]) for row in sections) == Decimal(total[part])


def test_the_table_explains_each_check_when_asked(score):
    _, short, _ = score("litter-index", "litter-index.csv")
    code, long, _ = score("litter-index", "litter-index.csv", "--explain")
    assert code == 0 and len(long) > len(short)
    found = data(score, "litter-index", "litter-index.csv")
    for check in found["checks"]:
        assert f"{check['check']}  {check['rule']['en']}" in long
        for line in check["explanation"]:
            assert line["en"] in long


@pytest.mark.parametrize(
    ("pack", "file"),
    [("litter-index", "litter-index.csv"), ("cn-national-2015", "national-small.csv")],
)
def test_parquet_gives_the_same_card_as_csv(score, tmp_path, pack, file):
    with open(EXAMPLES / file, encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    path = tmp_path / "rows.parquet"
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    assert data(score, pack, path) == data(score, pack, file)
    rows[0]["item"] = "no.such"
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    code, out, err = score(pack, path)
    assert (code, out) == (2, "") and "rows.parquet" in err and "no.such" in err


BROKEN = {
    "street.pass": ("leams.grade,street,s1,,r,drawn,Z,2024-05-14,v", "line 2", "outcome"),
    "no such item": ("leams.colour,street,s1,,r,drawn,B,2024-05-14,v", "line 2", "item"),
    "no day": ("leams.grade,street,s1,,r,drawn,B,2024-25-14,v", "line 2", "observed_at"),
    "nowhere": ("leams.grade,street,,,r,drawn,B,2024-05-14,v", "line 2", "cluster"),
    "by chance": ("leams.grade,street,s1,,r,lottery,B,2024-05-14,v", "line 2", "selection"),
}


@pytest.mark.parametrize("row", BROKEN, ids=list(BROKEN))
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_broken_file_is_refused_with_line_and_column_and_nothing_is_printed(score, tmp_path, row, form):
    text, line, column = BROKEN[row]
    path = tmp_path / "rows.csv"
    path.write_text(f"item,stratum,cluster,subject,round,selection,outcome,observed_at,source\n{text}\n", "utf-8")
    code, out, err = score("street-cleanliness-leams", path, "--format", form)
    assert code == 2
    assert out == ""
    assert "rows.csv" in err and line in err and column in err


def test_files_that_are_not_there_or_not_a_standard_are_refused(score, tmp_path):
    code, out, err = score("street-cleanliness-leams", tmp_path / "none.csv")
    assert (code, out) == (2, "") and "none.csv" in err
    code, out, err = score("functions", "leams-all-b.csv")
    assert (code, out) == (2, "") and "functions.yaml" in err
    code, out, err = score("street-cleanliness-leams", "leams-all-b.csv", "--on", "soon")
    assert (code, out) == (2, "") and "soon" in err


def test_as_a_process_it_exits_0_and_2(tmp_path):
    base = [
        sys.executable,
        "-m",
        "qipan.project.cli",
        "score",
        "--standard",
        str(PACKS / "litter-index.yaml"),
        "--observations",
    ]
    fine = subprocess.run(
        [*base, str(EXAMPLES / "litter-index.csv")], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert fine.returncode == 0 and "2.14" in fine.stdout
    wrong = subprocess.run(
        [*base, str(tmp_path / "none.csv")], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert wrong.returncode == 2 and wrong.stdout == "" and "Traceback" not in wrong.stderr
