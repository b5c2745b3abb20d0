import datetime
import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from qipan.ground.documents.archive import LIMITS, Limits, column_letter, column_number
from qipan.ground.documents.problems import FileError
from qipan.ground.documents.workbook import Cell, Column, SheetToWrite, read_workbook, shown, write_workbook

HEADING = [Column("编号\ncode"), Column("名称\ntitle", 40, ("甲", "乙"))]


def made(tmp_path: Path, rows=(("a", "b"),), name: str = "w.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(write_workbook([SheetToWrite("指标", HEADING, rows)]))
    return path


def repacked(path: Path, change) -> Path:
    """Write the workbook again with its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_what_is_written_is_read_again(tmp_path: Path):
    rows = [["=1+1", "http://x"], ["007", 'a "b" <c> & 中文\n第二行'], [None, 1.5], ["@x", -3]]
    sheet = read_workbook(made(tmp_path, rows))[0]
    assert sheet.name == "指标"
    assert sheet.rows[1:] == [["=1+1", "http://x"], ["007", 'a "b" <c> & 中文\n第二行'], ["", 1.5], ["@x", -3.0]]


def test_no_text_is_written_as_a_formula_or_a_link(tmp_path: Path):
    with zipfile.ZipFile(made(tmp_path, [["=1+1", "http://x"]])) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path):
    assert made(tmp_path, name="a.xlsx").read_bytes() == made(tmp_path, name="b.xlsx").read_bytes()


def test_a_merge_fills_down_inside_itself_only(tmp_path: Path):
    path = tmp_path / "m.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "title")
        sheet.merge_range("A2:A4", "Ⅰ")
        for row in range(1, 6):
            sheet.write_number(row, 1, row)
    rows = read_workbook(path)[0].rows
    assert [row[0] for row in rows] == ["title", "Ⅰ", "Ⅰ", "Ⅰ", "", ""]
    assert rows[0] == ["title", ""]


def test_dates_whole_numbers_and_flags_are_shown_plainly():
    cells: list[Cell] = [1.0, 1.5, True, datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4), "x"]
    assert [shown(cell) for cell in cells] == ["1", "1.5", "true", "2026-01-02", "2026-01-02 03:04", "x"]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered(index, letters):
    assert column_letter(index) == letters
    assert column_number(letters) == index + 1


def test_a_workbook_of_100_mb_is_refused_before_it_is_opened(tmp_path: Path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(FileError, match=r"100\.0 MB, the limit is 30 MB") as caught:
        read_workbook(path)
    assert "上限为 30 MB" in caught.value.problems[0].words("zh")


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path):
    def bomb(parts):
        parts["xl/worksheets/sheet1.xml"] = b"<a>" + b" " * (301 * 1024 * 1024)

    with pytest.raises(FileError, match="zip bomb"):
        read_workbook(repacked(made(tmp_path), bomb))


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path):
    path = repacked(made(tmp_path), lambda parts: parts.update({"xl/media/x.bin": b"\0" * (40 * 1024 * 1024)}))
    raw = bytearray(path.read_bytes())
    # Write a small size into the local and the central header of the entry.
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = 0
        while (start := raw.find(signature, start)) >= 0:
            if struct.unpack_from("<I", raw, start + at)[0] == 40 * 1024 * 1024:
                struct.pack_into("<I", raw, start + at, 10)
            start += 4
    path.write_bytes(raw)
    with pytest.raises(FileError, match="zip bomb"):
        read_workbook(path, Limits(unpacked=20 * 1024 * 1024))


def test_a_cell_far_out_is_refused(tmp_path: Path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1_048_575, 16_383, "far")
    with pytest.raises(FileError, match="XFD1048576"):
        read_workbook(path)


def test_a_cell_reference_in_disguise_is_refused(tmp_path: Path):
    def disguise(parts):
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(b'r="A2"', b'r="XFD104857&#54;"')

    with pytest.raises(FileError, match="not a sound"):
        read_workbook(repacked(made(tmp_path), disguise))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "other files"),
    ],
)
def test_macros_and_links_are_refused_with_what_to_do(tmp_path: Path, part, said):
    with pytest.raises(FileError, match=said) as caught:
        read_workbook(repacked(made(tmp_path), lambda parts: parts.update({part: b"x"})))
    assert caught.value.problems[0].remedy


def test_a_protected_a_foreign_and_a_broken_file_are_refused(tmp_path: Path):
    path = made(tmp_path)
    raw = bytearray(path.read_bytes())
    start = 0
    while (start := raw.find(b"PK\x01\x02", start)) >= 0:
        raw[start + 8] |= 1
        start += 4
    path.write_bytes(raw)
    with pytest.raises(FileError, match="password"):
        read_workbook(path)
    with pytest.raises(FileError, match="not an XLSX"):
        read_workbook(repacked(made(tmp_path), lambda parts: parts.pop("xl/workbook.xml")))
    for content in (b"", b"PK\x03\x04", b"plain text", made(tmp_path).read_bytes()[:-200], b"\xd0\xcf\x11\xe0" * 500):
        path.write_bytes(content)
        with pytest.raises(FileError, match="not a sound"):
            read_workbook(path)


def test_a_broken_sheet_is_refused(tmp_path: Path):
    for content in (b"", b"<worksheet><sheetData><row><c", b"\xff\xfe\x00"):
        path = repacked(made(tmp_path), lambda parts, c=content: parts.update({"xl/worksheets/sheet1.xml": c}))
        try:
            assert all(not any(row) for row in read_workbook(path)[0].rows)
        except FileError as error:
            assert error.problems


def test_too_many_parts_are_refused(tmp_path: Path):
    path = repacked(made(tmp_path), lambda parts: parts.update({f"x{i}": b"" for i in range(LIMITS.entries)}))
    with pytest.raises(FileError, match="too many"):
        read_workbook(path)


def test_other_ways_of_packing_are_refused(tmp_path: Path):
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    with pytest.raises(FileError, match="not a sound"):
        read_workbook(path)


def test_damaged_bytes_are_refused_never_raised(tmp_path: Path):
    sound = made(tmp_path).read_bytes()
    path = tmp_path / "d.xlsx"
    for position in range(0, len(sound), 97):
        damaged = bytearray(sound)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_workbook(path)
        except FileError as error:
            assert error.problems


def test_a_text_longer_than_a_cell_is_no_silent_loss():
    with pytest.raises(ValueError, match="A2: 32768"):
        write_workbook([SheetToWrite("s", HEADING, [["x" * 32_768]])])


def test_stored_parts_are_counted_too(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/workbook.xml", b"x" * 2_000_000)
    path = tmp_path / "s.xlsx"
    path.write_bytes(out.getvalue())
    with pytest.raises(FileError, match="zip bomb"):
        read_workbook(path, Limits(unpacked=1_000_000))
