"""Reading tables as offices have them: headings in two rows, merged cells, pictures in cells, several kinds of files."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from qipan.ground.documents.office.heading import filled, find_heading
from qipan.ground.documents.office.pictures import content
from qipan.ground.documents.office.tables import OfficeTable, kind_of, read_tables
from qipan.ground.documents.problems import FileError
from tests.office_workbooks import document, put_inside, register

WORDS = {
    "what": ("存在问题", "问题"),
    "site": ("点位名称",),
    "unit": ("责任单位",),
    "before": ("整改前",),
    "due": ("整改时限",),
}
ROW = ["人民路", "路面破损", date(2026, 1, 5), "住建局", "", "", "", "", "", ""]


def only(path: Path, kind: str) -> OfficeTable:
    (table,) = read_tables(path, kind)
    return table


def test_a_heading_in_two_rows_under_titles_is_found_and_joined(tmp_path):
    table = only(register(tmp_path / "a.xlsx", [ROW]), "xlsx")
    heading = find_heading(table, WORDS, {})
    assert heading is not None and heading.last == 3
    assert heading.words[4:9] == ("责任落实/责任单位", "责任落实/属地", "责任落实/责任人", "整改时限", "照片/整改前")
    assert heading.fields == {1: "site", 2: "what", 4: "unit", 7: "due", 8: "before"}


def test_what_the_office_says_of_a_heading_counts_before_what_is_known(tmp_path):
    table = only(register(tmp_path / "a.xlsx", [ROW]), "xlsx")
    heading = find_heading(table, WORDS, {"整改时限": "", "责任落实/责任人": "due"})
    assert heading is not None and heading.fields[6] == "due" and 7 not in heading.fields


def test_a_merged_cell_fills_its_rows_and_a_blank_one_outside_stays_blank(tmp_path):
    rows = [ROW, [None, "垃圾满溢", *ROW[2:]], ["", "井盖缺失", *ROW[2:]]]
    table = only(register(tmp_path / "a.xlsx", rows), "xlsx")
    assert [row[1] for row in filled(table)[4:7]] == ["人民路", "人民路", ""]


def test_pictures_over_and_inside_cells_belong_to_their_rows(tmp_path):
    path = register(tmp_path / "a.xlsx", [ROW, ROW], in_cell=0, anchored=1)
    table = only(path, "xlsx")
    assert {cell: [one.part for one in some] for cell, some in table.pictures.items()} == {
        (4, 8): ["xl/media/cell1.jpeg"], (5, 8): ["xl/media/image1.jpeg"]
    }  # fmt: skip
    assert content(path, table.pictures[4, 8][0], 10_000_000).startswith(b"\xff\xd8\xff")
    assert len(content(path, table.pictures[4, 8][0], 10)) == 11, "one byte more than asked says that it is larger"


def test_a_table_of_a_document_keeps_its_merged_cells(tmp_path):
    path = document(
        tmp_path / "a.docx",
        [["序号", "责任单位", ">"], ["^", "牵头", "配合"], ["1", "住建局", "各乡镇"], ["2", "^", "^"]],
    )
    table = only(path, "docx")
    assert kind_of(path.read_bytes()[:8], path) == "docx"
    assert [row[1:] for row in filled(table)[2:]] == [["住建局", "各乡镇"], ["住建局", "各乡镇"]]


def test_a_text_in_gb18030_keeps_the_lines_of_its_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("台账\n\n点位名称,存在问题\n人民路,坑\n".encode("gb18030"))
    table = only(path, "csv")
    assert table.rows[-1] == ["人民路", "坑"] and table.place(2).line == 4


@pytest.mark.parametrize(
    "entity", ['<!DOCTYPE a [<!ENTITY b "bbbb">]>', '<!ENTITY b SYSTEM "file:///etc/passwd">']
)  # fmt: skip
def test_a_part_with_entities_is_not_read(tmp_path, entity):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<?xml version="1.0"?>{entity}<a/>')
    with pytest.raises(FileError):
        read_tables(path, "docx")


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a/>")
        archive.writestr("word/media/a.bin", bytes(400 * 1024 * 1024))
    with pytest.raises(FileError, match="zip bomb"):
        read_tables(path, "docx")


def test_a_picture_that_no_cell_names_is_nobodys(tmp_path):
    path = register(tmp_path / "a.xlsx", [ROW])
    put_inside(path, "ID_1", b"x")
    assert not only(path, "xlsx").pictures


def test_what_is_no_table_is_none(tmp_path):
    assert [kind_of(head) for head in (b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"  ", b"\xd0\xcf\x11\xe0", b"a,b")] == ["", "", "", "xls", "csv"]  # fmt: skip
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(FileError):
        read_tables(path, "xls")
