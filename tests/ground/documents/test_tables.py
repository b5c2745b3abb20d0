import builtins
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.ground.documents.problems import FileError
from qipan.ground.documents.tables import guarded, read_table, write_csv

ROWS = "item,outcome,说明\nmain_road.mr1,pass,整洁\nmain_road.mr2,fail,有积水\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_is_found(tmp_path: Path, encoding, separator):
    table = read_table(written(tmp_path, ROWS.replace(",", separator), encoding))
    assert table.columns == ("item", "outcome", "说明")
    assert list(table.records()) == [
        (2, {"item": "main_road.mr1", "outcome": "pass", "说明": "整洁"}),
        (3, {"item": "main_road.mr2", "outcome": "fail", "说明": "有积水"}),
    ]


def test_lines_are_counted_over_blank_ones_and_breaks_in_quotes(tmp_path: Path):
    table = read_table(written(tmp_path, 'a,b\r\n\r\n1,"x\r\ny"\r\n,\r\n2\r\n3,,\r\n'))
    assert list(table.rows()) == [(3, ["1", "x\r\ny"]), (6, ["2", ""]), (7, ["3", ""])]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a,b\n1,2\n1,2,3\n", 3, "3 cells"),
        ('a,b\n1,"2\n', 2, "broken"),
        ('a,b\n1,"2"x\n', 2, "broken"),
        ("a,a\n1,2\n", 1, "twice"),
        ("a,,b\n1,2,3\n", 1, "no name"),
        ("a\n" + "x" * 200_000, 2, "broken"),
        ("", 0, "empty"),
        ("\n\n", 0, "empty"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, text, line, said):
    with pytest.raises(FileError, match=said) as caught:
        list(read_table(written(tmp_path, text)).rows())
    assert caught.value.problems[0].place.line == line


def test_bytes_of_no_encoding_are_refused_with_their_line(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,\xff\xff\n")
    with pytest.raises(FileError, match="UTF-8") as caught:
        read_table(path)
    assert caught.value.problems[0].place.line == 2


def test_parquet_is_read_by_batches(tmp_path: Path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    parquet.write_table(arrow.table({"item": ["a", None], "n": [1, 2], "x": [1.5, 2.0]}), path)
    table = read_table(path)
    assert table.columns == ("item", "n", "x")
    assert list(table.rows()) == [(1, ["a", "1", "1.5"]), (2, ["", "2", "2"])]
    path.write_bytes(b"PAR1 this is none PAR1")
    with pytest.raises(FileError, match="Parquet"):
        read_table(path)


def test_without_the_extra_parquet_is_refused_with_what_to_do(tmp_path: Path, monkeypatch):
    real = builtins.__import__

    def no_arrow(name, *rest):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_arrow)
    with pytest.raises(FileError, match=r"install qipan\[parquet\]"):
        read_table(written(tmp_path, "x", name="t.parquet"))


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "＝1", "'=1", '=HYPERLINK("x")'])
def test_no_text_becomes_a_formula(cell):
    assert guarded(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1,200.50", "-5%", "", "a=b", "'quoted'"])
def test_numbers_and_plain_texts_are_left_alone(cell):
    assert guarded(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=3, max_size=3)))
def test_what_is_written_is_read_again(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("wb") as out:
        write_csv(out, ("a", "b", "c"), rows)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [cells for _, cells in read_table(path).rows()] == [row for row in rows if any(row)]


def test_lines_end_as_excel_wants_them():
    out = io.BytesIO()
    write_csv(out, ("a",), ([i] for i in range(3)))
    assert out.getvalue() == b"\xef\xbb\xbfa\r\n0\r\n1\r\n2\r\n"
