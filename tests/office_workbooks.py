"""Constructed office files: what offices are known to do to their tables, made by hand, since no real one is at hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from PIL import Image

REGISTER = "xl/worksheets/sheet1.xml"


def picture(colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


def register(
    path: Path, rows: Sequence[Sequence[object]], *, in_cell: int | None = None, anchored: int | None = None,
    inside: bytes = b"",
) -> Path:  # fmt: skip
    """A fault register: a title, a heading in two rows with merged cells, rows, a sum and a signature.

    Columns: 序号, 点位名称, 存在问题, 发现时间, 责任落实/责任单位, 责任落实/属地, 责任落实/责任人, 整改时限, 照片/整改前, 照片/整改后, 是否销号.

    Args:
        path: where to write it.
        rows: the cells from 点位名称 on; the number in front is added. A cell that repeats the one above as None is merged.
        in_cell: the row (from 0) that has its picture inside the cell, as WPS keeps it.
        anchored: the row that has its picture over the cell.
        inside: the bytes of the picture inside a cell; a real one unless told otherwise.
    """
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("问题台账")
    sheet.merge_range(0, 0, 0, 10, "创建文明城市问题整改台账")
    sheet.merge_range(1, 0, 1, 10, "填报单位：创城办    填报日期：2026年")
    day = book.add_format({"num_format": "yyyy/m/d"})
    for column, words in (
        (0, "序号"),
        (1, "点位\n名称"),
        (2, "存在问题"),
        (3, "发现时间"),
        (7, "整改时限"),
        (10, "是否销号"),
    ):
        sheet.merge_range(2, column, 3, column, words)
    sheet.merge_range(2, 4, 2, 6, "责任落实")
    sheet.merge_range(2, 8, 2, 9, "照 片")
    for column, words in ((4, "责任单位"), (5, "属地"), (6, "责任人"), (8, "整改前"), (9, "整改后（必填）")):
        sheet.write_string(3, column, words)
    merged: dict[int, int] = {}
    for number, cells in enumerate(rows):
        row = number + 4
        sheet.write_number(row, 0, number + 1)
        for column, value in enumerate(cells, 1):
            if value is None:
                merged[column] = merged.get(column, row - 1)
                if number + 1 == len(rows) or rows[number + 1][column - 1] is not None:
                    top = merged.pop(column)
                    sheet.merge_range(top, column, row, column, rows[top - 4][column - 1])
            elif hasattr(value, "year"):
                sheet.write_datetime(row, column, value, day)
            elif value != "":
                sheet.write(row, column, value)
    if anchored is not None:
        sheet.insert_image(anchored + 4, 8, "a.jpg", {"image_data": io.BytesIO(picture((40, 40, 200)))})
    last = len(rows) + 4
    sheet.write_string(last, 0, "合计")
    sheet.write_number(last, 2, len(rows))
    sheet.write_string(last + 1, 0, "注：照片附后。")
    if in_cell is not None:
        sheet.write_formula(in_cell + 4, 8, '=DISPIMG("ID_0A1B2C3D",1)', None, '=DISPIMG("ID_0A1B2C3D",1)')
    book.close()
    if in_cell is not None:
        put_inside(path, "ID_0A1B2C3D", inside or picture())
    return path


def put_inside(path: Path, name: str, content: bytes) -> None:
    """Add a picture to a workbook as WPS keeps those inside cells."""
    images = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage><xdr:pic><xdr:nvPicPr>'
        f'<xdr:cNvPr id="2" name="{name}"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill>'
        "<xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>"
    )
    links = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/cell1.jpeg"/></Relationships>'
    )
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/cellimages.xml", images)
        archive.writestr("xl/_rels/cellimages.xml.rels", links)
        archive.writestr("xl/media/cell1.jpeg", content)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A DOCX with one table; a cell "^" goes on from the cell above, ">" is covered by the cell to its left."""
    lines = []
    for number, cells in enumerate(rows):
        out = []
        for column, words in enumerate(cells):
            if words == ">":
                continue
            wide = 1
            while column + wide < len(cells) and cells[column + wide] == ">":
                wide += 1
            more = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
            if words == "^":
                more += "<w:vMerge/>"
            elif number + 1 < len(rows) and rows[number + 1][column] == "^":
                more += '<w:vMerge w:val="restart"/>'
            said = "" if words == "^" else words
            out.append(f"<w:tc><w:tcPr>{more}</w:tcPr><w:p><w:r><w:t>{said}</w:t></w:r></w:p></w:tc>")
        lines.append(f"<w:tr>{''.join(out)}</w:tr>")
    body = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body><w:p/><w:tbl>{"".join(lines)}</w:tbl></w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", body)
    return path
