"""Files of observations for the scorer: encodings, headings, and errors that name line and column."""

import csv
import io
import random
from typing import Any

import pytest

from qipan.assessment.batch import tallies_of
from qipan.assessment.catalogue import Catalogue
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.scorecard import scorecard
from qipan.assessment.standard import Standard
from qipan.ground.documents.problems import FileError
from qipan.spine.ledger.observation_file import MOST_PROBLEMS, gather
from tests.spine.ledger import small

HEADING = "item,stratum,cluster,selection,outcome,observed_at"
ROWS = ["street.clean,street,s1,drawn,pass,2026-03-02", "street.lamps,street,s1,drawn,fail,2026-03-02T09:00:00+08:00"]


@pytest.fixture(scope="module")
def book():
    return Rulebook(
        Standard.from_data(small.STANDARD),
        [Standard.from_data(small.SUB)],
        Catalogue.from_data(small.CHECKLISTS),
    )


@pytest.fixture
def write(tmp_path):
    def write(*lines, encoding="utf-8"):
        path = tmp_path / "rows.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return write


def refused(book, path):
    with pytest.raises(FileError) as caught:
        gather(path, book)
    return [(problem.place.line, problem.message.en.split(":")[0]) for problem in caught.value.problems]


def points(book, path, **more):
    card = scorecard(book, tallies_of(gather(path, book, **more).readings()))
    return {key: (one.earned, one.lost, one.unassessed) for key, one in card.checks.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_offices_and_chinese_headings_read_the_same(book, write, encoding):
    plain = points(book, write(HEADING, *ROWS))
    words = "检查项编号,点位类型,点位编号,抽取方式,结果,检查时间,备注"
    chinese = [row.replace("drawn", "随机抽取") + ",路灯不亮" for row in ROWS]
    assert points(book, write(words, *chinese, encoding=encoding)) == plain


BROKEN = [
    ("observed_at", "2026-13-40", "column observed_at"),
    ("observed_at", "昨天", "column observed_at"),
    ("observed_at", "", "column observed_at"),
    ("recorded_at", "soon", "column recorded_at"),
    ("selection", "random", "column selection"),
    ("own", "maybe", "column own"),
    ("weight", "0", "column weight"),
    ("weight", "1.5", "column weight"),
    ("weight", "9999999", "column weight"),
    ("outcome", "green", "column outcome"),
    ("outcome", "", "column outcome"),
    ("outcome", "withdrawn", "column supersedes"),
    ("item", "street.cleam", "column item"),
    ("stratum", "plaza", "column stratum"),
    ("cluster", "", "column cluster"),
    ("cluster", "-", "column cluster"),
]


CLOSER = ("own", "weight", "recorded_at")
IN_FILES = [(*broken, plain) for plain in (True, False) for broken in BROKEN if not plain or broken[0] not in CLOSER]


@pytest.mark.parametrize(("column", "cell", "said", "plain"), IN_FILES)
def test_what_is_wrong_is_named_by_line_and_column(book, write, column, cell, said, plain):
    columns = HEADING.split(",") + ([] if plain else list(CLOSER))
    good = dict(zip(HEADING.split(","), ROWS[0].split(","), strict=True))
    lines = [",".join(row.get(name, "") for name in columns) for row in (good, {**good, column: cell}, good)]
    assert refused(book, write(",".join(columns), *lines)) == [(3, said)]


def test_missing_columns_are_named_at_once(book, write):
    with pytest.raises(FileError, match="outcome, observed_at"):
        gather(write("item,stratum", "street.clean,street"), book)


def test_an_item_in_two_strata_needs_its_stratum(book, write):
    twice: dict[str, Any] = {**small.STANDARD, "sub_standards": [], "gates": []}
    node = {"code": "Ⅲ", "title": "三", "checks": [
        {"method": "site_inspection", "strata": {"district": ["litter"], "street": ["litter"]}},
    ]}  # fmt: skip
    two = Rulebook(Standard.from_data({**twice, "nodes": [*twice["nodes"], node]}), (), book.catalogue)
    assert refused(two, write(HEADING, "litter,,d1,drawn,pass,2026-03-02")) == [(2, "column stratum")]
    assert points(two, write(HEADING, "litter,district,d1,drawn,pass,2026-03-02"))


def test_every_problem_is_told_up_to_a_number(book, write):
    lines = [f"street.clean,street,s1,drawn,{n},2026-03-02" for n in range(MOST_PROBLEMS + 50)]
    assert len(refused(book, write(HEADING, *lines))) == MOST_PROBLEMS


def test_an_item_of_a_checklist_that_no_check_uses_counts_nowhere(book, write):
    extra = "street.unused,street,s1,drawn,pass,2026-03-02"
    assert points(book, write(HEADING, *ROWS, extra)) == points(book, write(HEADING, *ROWS))
    assert refused(book, write(HEADING, extra.replace("pass", "green"))) == [(2, "column outcome")]


def test_blanks_around_cells_make_no_other_place(book, write):
    spaced = [row.replace(",", " , ") for row in ROWS]
    path = write(HEADING, *ROWS, *spaced)
    assert points(book, path) == points(book, write(HEADING, *ROWS))
    assert len(gather(path, book).readings()) == len(gather(write(HEADING, *ROWS), book).readings())


def test_a_day_cuts_off_what_was_seen_later(book, write):
    path = write(HEADING, *ROWS, "street.lamps,street,s1,drawn,pass,2026-03-03T00:00:00+08:00")
    assert points(book, path, until=small.at(1).date()) == points(book, write(HEADING, *ROWS))
    assert gather(path, book, until=small.at(1).date()).count == 2


def made_up(rows, closer):
    """Random rows; with a column that needs a closer look, or without."""
    columns = [*HEADING.split(","), "subject", "round", "source", *(["own"] if closer else [])]
    chance, out = random.Random(7), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for _ in range(rows):
        item = chance.choice([name for name in small.ITEMS if name != "street.unused"])
        stratum, clusters, outcomes = small.ITEMS[item]
        writer.writerow([
            item, chance.choice(["", stratum, f" {stratum}"]), chance.choice(clusters), chance.choice(["drawn", "census", "chosen", ""]),
            chance.choice(outcomes), f"2026-03-{chance.randrange(1, 28):02}", chance.choice(["", "1", "2"]),
            chance.choice(["", "a", "b"]), chance.choice(["", "v1", "v2 "]), *([""] if closer else []),
        ])  # fmt: skip
    return out.getvalue()


def test_the_fast_way_through_a_plain_file_reads_the_same(book, tmp_path):
    found = []
    for closer in (False, True):
        path = tmp_path / f"{closer}.csv"
        path.write_text(made_up(1500, closer), encoding="utf-8")
        gathering = gather(path, book)
        found.append((gathering.count, gathering.readings()))
    assert found[0] == found[1]
