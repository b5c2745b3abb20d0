"""Every refusal of an authoring workbook names the file, the sheet and the cell, and says what would be right."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from qipan.ground.documents.problems import FileError, render
from qipan.ground.documents.workbook import Sheet, read_workbook
from qipan.spine.standards import formats

Change = Callable[["Book"], None]


class Book:
    """The sheets of an exported workbook, to be changed by the name of a column and the number of a row."""

    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = {sheet.name.split()[-1]: sheet for sheet in sheets}

    def column(self, sheet: str, heading: str) -> int:
        """Return the column whose heading's second line is this."""
        return [str(cell).partition("\n")[2] for cell in self.sheets[sheet].rows[0]].index(heading)

    def set(self, sheet: str, row: int, heading: str, value: str | float) -> None:
        """Write a cell; rows count as the spreadsheet counts them."""
        rows = self.sheets[sheet].rows
        while len(rows) < row:
            rows.append([""] * len(rows[0]))
        rows[row - 1][self.column(sheet, heading)] = value

    def write(self, path: Path) -> None:
        """Write the workbook."""
        with xlsxwriter.Workbook(path) as book:
            for sheet in self.sheets.values():
                page = book.add_worksheet(sheet.name)
                for r, row in enumerate(sheet.rows):
                    for c, cell in enumerate(row):
                        if cell != "":
                            page.write(r, c, cell)


@pytest.fixture
def refuse(small: dict, tmp_path: Path) -> Callable[[Change], list[str]]:
    """Export a sound standard, change the workbook, and return what its import says in English."""
    path = tmp_path / "w.xlsx"
    path.write_bytes(formats.dump(formats.accept(small), ".xlsx"))

    def act(change: Change) -> list[str]:
        book = Book(read_workbook(path))
        change(book)
        book.write(path)
        with pytest.raises(FileError) as caught:
            formats.load(path)
        assert all(problem.file == str(path) for problem in caught.value.problems)
        assert render(caught.value.problems, "zh").count("\n") == render(caught.value.problems, "en").count("\n")
        return [problem.words("en").removeprefix(f"{path}: ") for problem in caught.value.problems]

    return act


def cell(sheet: str, letter: str, row: int) -> str:
    return f"sheet ‘{sheet}’, cell {letter}{row}"


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda b: b.set("Nodes", 4, "code", "1.1.2"), ("指标 Nodes", "A", 5), "stands twice"),
        (lambda b: b.set("Nodes", 4, "parent", "9.9"), ("指标 Nodes", "B", 4), "there is no node '9.9'"),
        (lambda b: b.set("Nodes", 2, "parent", "1.1"), ("指标 Nodes", "B", 2), "run in a circle: 1 → 1.1 → 1"),
        (lambda b: b.set("Nodes", 3, "parent", "1.1"), ("指标 Nodes", "B", 3), "run in a circle: 1.1 → 1.1"),
        (lambda b: b.set("Nodes", 4, "code", "a b"), ("指标 Nodes", "A", 4), "has a space"),
        (lambda b: b.set("Nodes", 4, "side", "soft"), ("指标 Nodes", "I", 4), "use one of: hardware, software"),
        (lambda b: b.set("Nodes", 4, "cap", "many"), ("指标 Nodes", "K", 4), "'many' is not a number"),
        (lambda b: b.set("Nodes", 4, "basis", "guess"), ("指标 Nodes", "L", 4), "no kind of basis"),
        (lambda b: b.set("Checks", 2, "method", "看"), ("测评点 Checks", "B", 2), "use one of: document_review"),
        (lambda b: b.set("Checks", 2, "code", "1.1.9"), ("测评点 Checks", "A", 2), "there is no node '1.1.9'"),
        (lambda b: b.set("Checks", 2, "weight", 1.5), ("测评点 Checks", "F", 2), "whole number"),
        (lambda b: b.set("Checks", 2, "weight", "-1"), ("测评点 Checks", "F", 2), "out of range"),
        (lambda b: b.set("Checks", 2, "value rule", "graded"), ("测评点 Checks", "N", 2), "use one of: pass_fail"),
        (lambda b: b.set("Checks", 2, "value rule", "share; what"), ("测评点 Checks", "N", 2), "write name=value"),
        (lambda b: b.set("Checks", 2, "value rule", 'share; "a'), ("测评点 Checks", "N", 2), "a quote is not closed"),
        (lambda b: b.set("Checks", 2, "site rule", "n_of; need=5; of=3"), ("测评点 Checks", "O", 2), "need not above of"),
        (lambda b: b.set("Checks", 2, "join", "mean; min=3"), ("测评点 Checks", "P", 2), "`min` is not known"),
        (lambda b: b.set("Checks", 2, "points rule", "banded; >60%:A; >80%:B; else:C"), ("测评点 Checks", "Q", 2), "out of order"),
        (lambda b: b.set("Checks", 5, "strata", "main_road main_road.mr1"), ("测评点 Checks", "M", 5), "has no colon"),
        (lambda b: b.set("Checks", 2, "items", "a; a"), ("测评点 Checks", "L", 2), "stands twice"),
        (lambda b: b.set("Items", 2, "check", "1.1.1/实地考察"), ("检查项 Items", "A", 2), "there is no check"),
        (lambda b: b.set("Items", 2, "key", "x"), ("检查项 Items", "C", 2), "does not look at 'x'"),
        (lambda b: b.set("Items", 2, "value rule", "n"), ("检查项 Items", "F", 2), "use one of"),
        (lambda b: b.set("Shares", 2, "points", 59), ("份额 Shares", "D", 1), "the shares make 99 points. they must make 100"),
        (lambda b: b.set("Shares", 2, "points", "六十"), ("份额 Shares", "D", 2), "is not a number"),
        (lambda b: b.set("Shares", 2, "methods", "材料审核; 看"), ("份额 Shares", "E", 2), "no method '看'"),
        (lambda b: b.set("Shares", 2, "basis", ""), ("份额 Shares", "F", 2), "what kind of basis"),
        (lambda b: b.set("Grades", 3, "value", "1.5"), ("等级 Grades", "B", 3), "within 0…1"),
        (lambda b: b.set("Grades", 3, "grade", "A"), ("等级 Grades", "A", 3), "stands twice"),
        (lambda b: b.set("Pack", 2, "value", "other/9"), ("说明 Pack", "B", 2), "not known"),
        (lambda b: b.set("Pack", 3, "value", "No Id"), ("说明 Pack", "B", 3), "is no id"),
        (lambda b: b.set("Pack", 3, "field", "标志"), ("说明 Pack", "A", 3), "the field '标志' is not known"),
        (lambda b: b.set("Pack", 4, "field", "标识 id"), ("说明 Pack", "A", 4), "stands twice"),
        (lambda b: b.set("Pack", 12, "value", "15; 25; 50"), ("说明 Pack", "B", 12), "not 100"),
        (lambda b: b.set("Gates", 2, "on", "nodes=1"), ("门槛 Gates", "D", 2), "write node=code"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(refuse, change: Change, place: tuple[str, str, int], said: str):
    problems = refuse(change)
    assert any(problem.startswith(cell(*place)) and said in problem for problem in problems), problems


def test_a_date_that_a_spreadsheet_made_of_a_code_is_named(small: dict, tmp_path: Path):
    path = tmp_path / "w.xlsx"
    path.write_bytes(formats.dump(formats.accept(small), ".xlsx"))
    book = Book(read_workbook(path))
    book.write(path)
    with xlsxwriter.Workbook(tmp_path / "d.xlsx") as out:
        for sheet in book.sheets.values():
            page = out.add_worksheet(sheet.name)
            for r, row in enumerate(sheet.rows):
                for c, value in enumerate(row):
                    page.write(r, c, value)
            if sheet.name.endswith("Nodes"):
                page.write_number(3, 0, 45_000, out.add_format({"num_format": "yyyy-mm-dd"}))
    with pytest.raises(FileError, match="made a date of this cell") as caught:
        formats.load(tmp_path / "d.xlsx")
    assert caught.value.problems[0].place.cell == "A4"


def test_a_foreign_sheet_and_a_foreign_column_are_named_and_notes_are_let_be(refuse):
    def change(book: Book) -> None:
        book.sheets["Nodez"] = Sheet("Nodez", [["x"]])
        book.sheets["#notes"] = Sheet("#notes", [["x"]])
        book.sheets["Nodes"].rows[0] += ["备注一", "权量", "编号"]

    problems = refuse(change)
    assert len(problems) == 3
    assert problems[0].startswith("sheet ‘Nodez’, cell A1: the sheet ‘Nodez’ is not known")
    assert "sheet ‘指标 Nodes’, cell P1: the heading '权量' is not known" in problems[1]
    assert "sheet ‘指标 Nodes’, cell Q1: the heading '编号' stands twice" in problems[2]


def test_a_missing_sheet_and_a_missing_heading_are_named(refuse):
    assert "the sheet ‘指标 Nodes’ is missing" in refuse(lambda b: b.sheets.pop("Nodes") and None)[0]


def test_a_sheet_without_a_heading_is_named(refuse):
    assert "no heading row is found" in refuse(lambda b: b.sheets["Nodes"].rows.__setitem__(0, ["x"]))[0]


def test_titles_remarks_and_sums_around_a_table_are_passed_over(small: dict, tmp_path: Path):
    pack = formats.accept(small)
    path = tmp_path / "w.xlsx"
    path.write_bytes(formats.dump(pack, ".xlsx"))
    book = Book(read_workbook(path))
    rows = book.sheets["Nodes"].rows
    rows.insert(0, ["生成的标准指标表"])
    rows += [["合计", "", "", "", "", "", "", "", "", 100.0], ["注：本表供填报"], [""]]
    book.write(path)
    assert formats.load(path).hash == pack.hash


def test_many_wrong_cells_are_all_told(refuse):
    def change(book: Book) -> None:
        for row in range(2, 10):
            book.set("Checks", row, "weight", "x")

    assert len(refuse(change)) == 8
