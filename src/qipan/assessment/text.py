"""Words in the two languages, and what a number rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Simplified Chinese and in English; either may be empty where a pack has none."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __str__(self) -> str:
        return self.en or self.zh

    def into(self, language: str) -> str:
        """Return the words in a language ("zh…" or any other for English), or in the other one where it lacks them."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a number rests on: a source, an inference of ours, or an open assumption."""

    kind: Literal["source", "inferred", "assumed"]
    words: Text

    @property
    def assumed(self) -> bool:
        """Whether the number is an assumption, which every page that shows it must say."""
        return self.kind == "assumed"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    `path` leads through the data to the place ("nodes", 0, "checks", 2, "weight"); whoever read the file turns it into
    a line, or a sheet and a cell. `remedy` says what would be right.
    """

    path: tuple[str | int, ...]
    message: Text
    remedy: Text = Text()

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.path)
        return f"{place}: {self.message.en}" + (f" {self.remedy.en}" if self.remedy else "")


class InputError(ValueError):
    """An input that cannot be used, with every problem found in it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:20]))
        self.problems = problems
