"""Pictures that belong to cells of a workbook: anchored over a cell, or inside one as WPS keeps them (DISPIMG)."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from qipan.ground.documents.archive import column_number
from qipan.ground.documents.office.parts import attribute, first, local, read_part, relations, tree, within

MOST_PICTURES = 3_000
_DISPIMG = re.compile(rb"DISPIMG\((?:&quot;|\")(ID_[0-9A-Za-z]+)")
_REFERENCE = re.compile(rb"""\br="([A-Z]{1,3})([0-9]{1,7})\"""")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a file: the part of the archive that holds it."""

    part: str


Pictures = dict[tuple[int, int], tuple[Picture, ...]]
"""Pictures by row and column, counted from 0."""


def content(path: Path, picture: Picture, most: int) -> bytes:
    """Return at most so many bytes of a picture, and one more where it is larger."""
    with zipfile.ZipFile(path) as archive, archive.open(picture.part) as part:
        return part.read(most + 1)


def pictures_of(archive: zipfile.ZipFile) -> dict[str, Pictures]:
    """Return the pictures of every sheet of a workbook, by the name of the sheet."""
    book, targets = tree(archive, "xl/workbook.xml"), relations(archive, "xl/workbook.xml")
    if book is None:
        return {}
    inside = _cell_images(archive)
    left = MOST_PICTURES
    out: dict[str, Pictures] = {}
    for sheet in within(book, "sheet"):
        part = targets.get(attribute(sheet, "id"), "")
        if not part:
            continue
        found: dict[tuple[int, int], list[Picture]] = {}
        for cell, picture in [*_anchored(archive, part), *_in_cells(archive, part, inside)]:
            if left > 0 and picture.part in archive.NameToInfo:
                left -= 1
                found.setdefault(cell, []).append(picture)
        out[sheet.get("name", "")] = {cell: tuple(dict.fromkeys(some)) for cell, some in found.items()}
    return out


def _anchored(archive: zipfile.ZipFile, part: str) -> list[tuple[tuple[int, int], Picture]]:
    """Return the pictures that lie over the cells of a sheet; the upper left corner says which cell is meant."""
    out = []
    for drawing in relations(archive, part).values():
        if not drawing.startswith("xl/drawings/") or not drawing.endswith(".xml"):
            continue
        root = tree(archive, drawing)
        if root is None:
            continue
        media = relations(archive, drawing)
        for anchor in root:
            if local(anchor) not in {"twoCellAnchor", "oneCellAnchor"}:
                continue
            corner = first(anchor, "from")
            row, column = (_number(first(corner, name)) for name in ("row", "col"))
            for blip in within(anchor, "blip"):
                target = media.get(attribute(blip, "embed"), "")
                if target and row is not None and column is not None:
                    out.append(((row, column), Picture(target)))
    return out


def _number(node: object) -> int | None:
    text = getattr(node, "text", None)
    return int(text) if isinstance(text, str) and text.strip().isdigit() else None


def _cell_images(archive: zipfile.ZipFile) -> dict[str, Picture]:
    """Return the pictures that WPS keeps for cells, by their identifiers."""
    root = tree(archive, "xl/cellimages.xml")
    if root is None:
        return {}
    media = relations(archive, "xl/cellimages.xml")
    out = {}
    for image in root:
        name, blip = first(image, "cNvPr"), first(image, "blip")
        target = media.get(attribute(blip, "embed"), "") if blip is not None else ""
        if name is not None and target:
            out[name.get("name", "")] = Picture(target)
    return out


def _in_cells(archive: zipfile.ZipFile, part: str, inside: dict[str, Picture]) -> list[tuple[tuple[int, int], Picture]]:
    """Return the pictures inside the cells of a sheet: a cell's formula or value names the identifier."""
    if not inside:
        return []
    data = read_part(archive, part) or b""
    out = []
    for piece in data.split(b"<c ")[1:]:
        found, at = _DISPIMG.search(piece), _REFERENCE.search(piece.partition(b">")[0])
        if found is not None and at is not None and (picture := inside.get(found[1].decode())) is not None:
            out.append(((int(at[2]) - 1, column_number(at[1].decode()) - 1), picture))
    return out
