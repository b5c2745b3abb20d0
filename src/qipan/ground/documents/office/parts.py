"""The parts of an Office archive: XML read without entities, and what a part refers to."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as Xml

from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError

LARGEST_PART = 120 * 1024 * 1024


def read_part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Return the bytes of a part; None where the archive has none. The archive was inspected before."""
    try:
        with archive.open(name) as part:
            return part.read(LARGEST_PART + 1)[:LARGEST_PART]
    except KeyError:
        return None


def tree(archive: zipfile.ZipFile, name: str) -> Xml.Element | None:
    """Return a part as XML; None where there is none, or nothing that can be read.

    Raises:
        FileError: it declares entities, as no office program does.
    """
    data = read_part(archive, name)
    if data is None:
        return None
    # A document type is the only place where entities can be declared; UTF-16 would hide the word.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:64]:
        raise FileError.one(
            name,
            Text("文件内部格式异常，不予读取", "a part of the file is not what office programs write"),
            Text("用办公软件打开后另存", "open it in an office program and save it again"),
        )
    try:
        return Xml.fromstring(data)  # noqa: S314 - no document type, so no entities
    except Xml.ParseError:
        return None


def local(node: Xml.Element) -> str:
    """Return the name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def attribute(node: Xml.Element, name: str) -> str:
    """Return an attribute whatever its namespace; empty where there is none."""
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def within(node: Xml.Element, name: str) -> Iterator[Xml.Element]:
    """Yield the elements of a name inside another, however deep."""
    return (one for one in node.iter() if local(one) == name)


def first(node: Xml.Element | None, name: str) -> Xml.Element | None:
    """Return the first element of a name inside another."""
    return next(within(node, name), None) if node is not None else None


def relations(archive: zipfile.ZipFile, part: str) -> Mapping[str, str]:
    """Return what a part refers to inside the archive: identifier -> name of the part."""
    folder, name = posixpath.split(part)
    found = tree(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    if found is None:
        return {}
    out = {}
    for one in within(found, "Relationship"):
        target = one.get("Target", "")
        if one.get("TargetMode") == "External" or not target:
            continue
        inside = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        out[one.get("Id", "")] = inside
    return out
