"""What is wrong with a file: where it stands, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qipan.assessment.text import InputError, Problem, Text

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: a line and column of a text, a cell of a sheet, or the whole of it; counted from 1."""

    line: int = 0
    column: int = 0
    sheet: str = ""
    cell: str = ""

    def words(self) -> Text:
        """Say the place; empty when it is the file as a whole."""
        if self.sheet and self.cell:
            return Text(f"工作表“{self.sheet}”单元格 {self.cell}", f"sheet ‘{self.sheet}’, cell {self.cell}")
        if self.sheet:
            return Text(f"工作表“{self.sheet}”", f"sheet ‘{self.sheet}’")
        if self.line and self.column:
            return Text(f"第 {self.line} 行第 {self.column} 列", f"line {self.line}, column {self.column}")
        if self.line:
            return Text(f"第 {self.line} 行", f"line {self.line}")
        return Text()


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong with a file."""

    file: str
    place: Place
    message: Text
    remedy: Text = Text()

    def words(self, language: str) -> str:
        """Say it in one line: file, place, what is wrong, what would be right."""
        place = self.place.words().into(language)
        chinese = language.startswith("zh")
        colon, gap = ("：", "。") if chinese else (": ", ". ")
        said = self.message.into(language).rstrip("。.")
        remedy = self.remedy.into(language).rstrip("。.")
        end = "。" if chinese else "."
        head = colon.join(part for part in (self.file, place) if part)
        return f"{head}{colon}{said}{gap}{remedy}{end}" if remedy else f"{head}{colon}{said}{end}"


class FileError(ValueError):
    """A file that cannot be used, with every problem found in it."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("; ".join(problem.words("en") for problem in problems[:20]))
        self.problems = list(problems)

    @classmethod
    def one(cls, file: Path | str, message: Text, remedy: Text = Text(), place: Place = Place()) -> FileError:
        """Return an error with a single problem."""
        return cls([FileProblem(str(file), place, message, remedy)])

    @classmethod
    def placed(cls, file: Path | str, error: InputError, find: Callable[[tuple[str | int, ...]], Place]) -> FileError:
        """Return the problems of a reader, each path turned into a place of the file, in the order of the places."""
        return cls([at(file, problem, find(problem.path)) for problem in error.problems])


def at(file: Path | str, problem: Problem, place: Place) -> FileProblem:
    """Return a reader's problem at a place; where the file cannot show the place, the path is named in words."""
    message = problem.message
    if place == Place() and problem.path:
        path = ".".join(str(part) for part in problem.path)
        message = replace(message, zh=f"{path}：{message.zh or message.en}", en=f"{path}: {message.en or message.zh}")
    return FileProblem(str(file), place, message, problem.remedy)


def render(problems: Sequence[FileProblem], language: str, *, shown: int = _SHOWN) -> str:
    """Return the problems as lines for a terminal or a page, the first `shown` of them and how many more there are."""
    lines = list(dict.fromkeys(problem.words(language) for problem in problems))
    more = len(lines) - shown
    if more > 0:
        said = Text(f"……另有 {more} 处问题", f"… and {more} more")
        lines = [*lines[:shown], said.into(language)]
    return "\n".join(lines)


def size_within(path: Path, limit: int) -> int:
    """Return the size of a file.

    Raises:
        FileError: there is no such file, it cannot be read, or it is larger than the limit.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise FileError.one(
            path, Text("没有这个文件", "there is no such file"), Text("检查路径", "check the path")
        ) from None
    except OSError as error:
        raise FileError.one(path, Text("无法读取文件", f"the file cannot be read: {error.strerror}")) from None
    if not path.is_file():
        raise FileError.one(
            path, Text("这不是文件", "this is not a file"), Text("给出文件路径", "give the path of a file")
        )
    if size > limit:
        mega = 1024 * 1024
        raise FileError.one(
            path,
            Text(
                f"文件有 {size / mega:.1f} MB，上限为 {limit // mega} MB",
                f"the file has {size / mega:.1f} MB, the limit is {limit // mega} MB",
            ),
            Text(
                "拆分文件，或删去图片和多余的工作表", "split it, or leave out pictures and sheets that are not needed"
            ),
        )
    return size
