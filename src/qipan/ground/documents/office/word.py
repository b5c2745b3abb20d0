"""Tables of a DOCX document, with their merged cells and the pictures inside the cells."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as Xml

from qipan.ground.documents.archive import DOCUMENT
from qipan.ground.documents.office.parts import attribute, first, local, relations, tree, within
from qipan.ground.documents.office.pictures import MOST_PICTURES, Picture

_MOST_COLUMNS = 200
Span = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class WordTable:
    """A table: its rows, its merged ranges, its pictures by cell."""

    rows: list[list[str]] = field(default_factory=list)
    merges: list[Span] = field(default_factory=list)
    pictures: dict[tuple[int, int], tuple[Picture, ...]] = field(default_factory=dict)


def tables_of(archive: zipfile.ZipFile) -> list[WordTable]:
    """Return the tables that stand in the text itself; one inside another counts as words of its cell."""
    root = tree(archive, DOCUMENT)
    body = first(root, "body")
    if body is None:
        return []
    media = relations(archive, DOCUMENT)
    return [_table(one, media) for one in body if local(one) == "tbl"]


def _table(node: Xml.Element, media: dict[str, str] | object) -> WordTable:
    out = WordTable()
    begun: dict[int, int] = {}
    """Columns that a cell of an earlier row holds downwards: column -> that row."""
    kept = 0
    targets = dict(media) if isinstance(media, dict) else {}
    for line in (one for one in node if local(one) == "tr"):
        row, at = len(out.rows), 0
        cells: list[str] = []
        for cell in (one for one in line if local(one) == "tc"):
            wide = min(int(_value(cell, "gridSpan") or 1), _MOST_COLUMNS - at) if at < _MOST_COLUMNS else 0
            if wide < 1:
                break
            merge = first(_properties(cell), "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart"
            cells += ["" if goes_on else _words(cell), *[""] * (wide - 1)]
            if goes_on and at in begun:
                top = begun[at]
                out.merges = [one for one in out.merges if one[0] != (top, at)]
                out.merges.append(((top, at), (row, at + wide - 1)))
            else:
                begun.pop(at, None)
                if wide > 1:
                    out.merges.append(((row, at), (row, at + wide - 1)))
                if merge is not None:
                    begun[at] = row
            shown = [
                Picture(target) for blip in within(cell, "blip") if (target := targets.get(attribute(blip, "embed")))
            ]
            if shown and kept < MOST_PICTURES:
                kept += len(shown)
                out.pictures[row, at] = tuple(dict.fromkeys(shown))
            at += wide
        out.rows.append(cells)
    return out


def _properties(cell: Xml.Element) -> Xml.Element | None:
    return next((one for one in cell if local(one) == "tcPr"), None)


def _value(cell: Xml.Element, name: str) -> str:
    found = first(_properties(cell), name)
    value = attribute(found, "val") if found is not None else ""
    return value if value.isdigit() else ""


def _words(cell: Xml.Element) -> str:
    """Return the words of a cell, a line for each paragraph."""
    lines = []
    for paragraph in within(cell, "p"):
        parts = []
        for one in paragraph.iter():
            match local(one):
                case "t":
                    parts.append(one.text or "")
                case "tab":
                    parts.append(" ")
                case "br" | "cr":
                    parts.append("\n")
        lines.append("".join(parts))
    return "\n".join(lines).strip()
