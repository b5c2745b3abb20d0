"""The answers of a form: how each item was answered, what is wrong with it, and how it stands in the form again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.faces.office.photos import PhotosNotTaken, kept, taken
from qipan.overview.ledger import outcome_words
from qipan.sources.fieldwork.checklist import WITHOUT, Question

LONGEST = 2000
"""Characters of a text."""

OWN_WORDS = {
    "pass": Text("符合", "complies"),
    "fail": Text("不符合", "fault"),
    "na": Text("不适用", "not applicable"),
    "not_seen": Text("无法查看", "could not be seen"),
}


class Source:
    """Where the fields of a form come from: what was sent, or a draft of it."""

    def __init__(self, fields: QueryDict | Mapping[str, Any] | None) -> None:
        self._fields = fields if fields is not None else {}

    def one(self, name: str) -> str:
        """Return the words of a field."""
        value = self._fields.get(name, "")
        return str(value[-1] if isinstance(value, list) and value else value or "").strip()


@dataclass(slots=True)
class Entered:
    """An item as it stands in the form. `photos` are those that were sent already."""

    question: Question
    choice: str = ""
    number: str = ""
    hits: str = ""
    cases: str = ""
    text: str = ""
    work_class: str = ""
    class_code: str = ""
    """The class that the words name, once that is known."""
    unit: str = ""
    why: str = ""
    order: bool = False
    photos: Sequence[Any] = ()
    errors: list[Text | str] = field(default_factory=list)
    photo_error: Text | str = ""
    class_error: Text | str = ""
    unit_error: Text | str = ""
    more: Any = None
    """What the form shows beside it."""

    @property
    def key(self) -> str:
        """The item's key."""
        return self.question.key

    @property
    def outcome(self) -> str:
        """What is to be recorded; nothing where the item is not answered."""
        match self.question.widget:
            case "pass" | "choice":
                return self.choice
            case "share":
                counted = f"{self.hits} of {self.cases}" if self.hits or self.cases else ""
                return self.choice or counted
            case _:
                return self.choice or self.number

    @property
    def is_open(self) -> bool:
        """Whether the part for a fault is unfolded from the start."""
        written = self.text or self.photos or self.is_other or self.photo_error
        return bool(self.choice == "fail" or written)

    @property
    def is_other(self) -> bool:
        """Whether another class or unit than the proposed one is asked for."""
        return bool(self.work_class or self.unit or self.why)

    @property
    def is_wrong(self) -> bool:
        """Whether something of it has to be put right before the form can be kept."""
        return bool(self.errors or self.photo_error or self.class_error or self.unit_error)

    @property
    def options(self) -> list[tuple[str, Text]]:
        """What can be chosen, with its words."""
        without = [(code, OWN_WORDS[code]) for code in WITHOUT]
        match self.question.widget:
            case "pass":
                return [(code, OWN_WORDS[code]) for code in ("pass", "fail")] + without
            case "choice":
                return [*self.question.options, *without]
            case _:
                return without


def read(questions: Iterable[Question], source: Source) -> list[Entered]:
    """Return the items of a form as its fields say."""
    return [
        Entered(
            each, choice=source.one(f"o-{each.key}"), number=source.one(f"v-{each.key}"), hits=source.one(f"k-{each.key}"),
            cases=source.one(f"n-{each.key}"), text=source.one(f"t-{each.key}")[:LONGEST],
            work_class=source.one(f"c-{each.key}"), unit=source.one(f"u-{each.key}"), why=source.one(f"w-{each.key}"),
            order=bool(source.one(f"d-{each.key}")),
        )
        for each in questions
    ]  # fmt: skip


def check(entered: Iterable[Entered]) -> None:
    """Say what is wrong with answers before anything else is asked."""
    for each in entered:
        both = each.question.widget in {"number", "whole", "share"} and each.choice
        if both and (each.number or each.hits or each.cases):
            each.errors.append(
                Text("数字与“不适用”“无法查看”只能选一种", "give a number or say why there is none, not both")
            )
        if each.question.widget == "share" and not each.choice and bool(each.hits) != bool(each.cases):
            each.errors.append(
                Text("两个数都要填：几个符合、共几个", "give both numbers: how many comply, of how many")
            )


def take_photos(request: HttpRequest, entered: Iterable[Entered], by: Any) -> bool:
    """Store the photos of each item; return whether all could be taken. What could not says so at its field."""
    whole = True
    for each in entered:
        name = f"p-{each.key}"
        if name not in request.FILES:
            each.photos = kept(request, name, by) if f"{name}_kept" in request.POST else ()
            continue
        try:
            each.photos = taken(request, name, by)
        except PhotosNotTaken as error:
            each.photos = error.taken
            problem = error.problems[0]
            end, name_of = problem.remedy, problem.file
            each.photo_error = Text(
                f"{name_of}：{problem.message.zh}；{end.zh}", f"{name_of}: {problem.message.en}; {end.en}"
            )
            whole = False
    return whole


def named(words: str, known: Sequence[tuple[str, Text]]) -> str | None:
    """Return the code of what someone named by its code, its name in either language, or both as a list offers them.

    Nothing, or more than one thing of that name, is None.
    """
    found = set()
    for code, name in known:
        if words in {code, f"{code} {name.zh}", f"{code} {name.en}"}:
            return code
        if words in {name.zh, name.en}:
            found.add(code)
    return found.pop() if len(found) == 1 else None


def moment_of(words: str, now: datetime) -> datetime | None:
    """Return a moment that is given to the minute: its end, as far as that has passed. None for what is no moment."""
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        return None
    aware = found if timezone.is_aware(found) else timezone.make_aware(found)
    end = aware + timedelta(seconds=59) if aware.second == 0 else aware
    return now if aware <= now < end else end


def day_of(words: str) -> date | None:
    """Return a day, or None for what is none."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def said(question: Question, outcome: str) -> Text:
    """Return an outcome in words."""
    if outcome in OWN_WORDS:
        return OWN_WORDS[outcome]
    if question.widget == "share" and " of " in outcome:
        hits, _, cases = outcome.partition(" of ")
        return Text(f"{cases}次中{hits}次符合", outcome)
    return outcome_words(dict(question.options), outcome)
