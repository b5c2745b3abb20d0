"""Packs on file: a standard, checklists, questionnaires or functions; YAML, or a workbook for a standard."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from qipan.assessment import catalogue
from qipan.assessment.catalogue import Catalogue
from qipan.assessment.standard import FORMAT, Standard, content_hash
from qipan.assessment.text import InputError, Problem, Text
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.documents.yaml_file import read_yaml, write_yaml
from qipan.spine.standards.formats.canonical import canonical_data
from qipan.spine.standards.formats.reading import WorkbookFile
from qipan.spine.standards.formats.writing import workbook

Kind = Literal["standard", "checklists", "questionnaires", "functions"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMATS: Mapping[str, Kind] = {
    FORMAT: "standard",
    catalogue.CHECKLISTS: "checklists",
    catalogue.QUESTIONNAIRES: "questionnaires",
    catalogue.FUNCTIONS: "functions",
}
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")
_YAML = (".yaml", ".yml", ".json")

Value = Standard | Catalogue | dict[str, catalogue.Function]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that has been read and found right: its canonical data, the name of that content, and what it means."""

    kind: Kind
    name: str
    data: Mapping[str, Any]
    hash: str
    value: Value

    @property
    def standard(self) -> Standard:
        """The standard that it is."""
        if not isinstance(self.value, Standard):
            raise TypeError(f"{self.name} is not a standard but {self.kind}")
        return self.value


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Let the collector of cyclic garbage rest: a large pack is a million objects and no garbage; it halves the time."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


def accept(data: object) -> Pack:
    """Return plain data as a pack, its kind told by its `format`.

    Raises:
        InputError: with every problem found, each with its path through the data.
    """
    kind = FORMATS.get(str(data.get("format"))) if isinstance(data, Mapping) else None
    if kind is None or not isinstance(data, Mapping):
        given = str(data.get("format", "")) if isinstance(data, Mapping) else ""
        known = ", ".join(FORMATS)
        message = Text(f"不认识的格式“{given}”", f"the format {given!r} is not known")
        if not given:
            message = Text("没有写明格式", "nothing says which format this is")
        remedy = Text(f"第一行写 format: …，可用：{known}", f"write `format: …` at the top, one of: {known}")
        raise InputError([Problem(("format",), message, remedy)])
    with _no_collecting():
        value = _READERS[kind](data)
        form = canonical_data(data, kind)
        name = content_hash(form)
    if isinstance(value, Standard):
        value = replace(value, hash=name)
    elif isinstance(value, Catalogue):
        value = replace(value, hashes=(name,))
    return Pack(kind, str(form.get("id") or kind), form, name, value)


def load(path: Path | str, *kinds: Kind) -> Pack:
    """Read a pack from a file.

    Args:
        path: .yaml, .yml, .json, or .xlsx for a standard.
        kinds: what is expected; anything that there is if left out.

    Raises:
        FileError: with every problem found, each with its line, or its sheet and cell.
    """
    with _no_collecting():
        return _load(Path(path), kinds)


def _load(path: Path, kinds: tuple[Kind, ...]) -> Pack:
    suffix = path.suffix.lower()
    find: Callable[[tuple[str | int, ...]], Place]
    data: Any
    # What a cell holds may be unreadable while the rest says more of what is wrong: all is told at once.
    unread: list[FileProblem] = []
    if suffix in _WORKBOOKS:
        book = WorkbookFile(path)
        data, find, unread = book.data, book.place, book.problems
    elif suffix in _YAML:
        text = read_yaml(path)
        data, find = text.data, text.place
    else:
        raise FileError.one(
            path,
            Text(f"不认识的文件类型“{suffix}”", f"the kind of file {suffix!r} is not known"),
            Text("用 .yaml 或 .xlsx", "use .yaml or .xlsx"),
        )
    try:
        pack = accept(data)
    except InputError as error:
        raise FileError([*unread, *FileError.placed(path, error, find).problems]) from None
    if unread:
        raise FileError(unread)
    if kinds and pack.kind not in kinds:
        raise FileError.one(
            path,
            Text(f"这是 {pack.data.get('format')} 文件", f"this is a file of {pack.data.get('format')}"),
            Text(
                f"这里需要：{'、'.join(form for form, kind in FORMATS.items() if kind in kinds)}",
                f"wanted here: {', '.join(form for form, kind in FORMATS.items() if kind in kinds)}",
            ),
            find(("format",)),
        )
    return pack


def dump(pack: Pack, suffix: str, language: str = "zh") -> bytes:
    """Return a pack as the bytes of a file.

    Args:
        pack: to be written.
        suffix: .yaml or .xlsx.
        language: of the words that a workbook lets choose; both are read.

    Raises:
        FileError: the pack cannot be written so.
    """
    suffix = suffix.lower()
    if suffix in (".yaml", ".yml"):
        return write_yaml(dict(pack.data)).encode()
    if suffix != ".xlsx":
        raise FileError.one(
            pack.name,
            Text(f"不能写成“{suffix}”", f"it cannot be written as {suffix!r}"),
            Text("用 .yaml 或 .xlsx", "use .yaml or .xlsx"),
        )
    if pack.kind != "standard":
        raise FileError.one(
            pack.name,
            Text("只有测评标准能写成工作簿", "only a standard can be written as a workbook"),
            Text("导出为 .yaml", "export it as .yaml"),
        )
    return workbook(pack.data, language)


_READERS: Mapping[Kind, Callable[[Any], Value]] = {
    "standard": Standard.from_data,
    "checklists": Catalogue.from_data,
    "questionnaires": Catalogue.from_data,
    "functions": catalogue.read_functions,
}
