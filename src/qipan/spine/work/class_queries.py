"""What can be asked about a county's classes of findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from qipan.assessment.catalogue import Catalogue, Function, read_functions
from qipan.assessment.text import Text
from qipan.ground.documents.yaml_file import read_yaml
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import READ
from qipan.ground.worktime.clock import Limit
from qipan.spine.work.class_pack import SHIPPED, shipped_classes
from qipan.spine.work.models import ItemClass, WorkClass

SAMPLE, CITY, OFFICE = "sample", "city", "office"
"""What a limit rests on: a sample of ours, a sample that a city published, what the office has put in."""


@dataclass(frozen=True, slots=True)
class Group:
    """A major class."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as a list shows it."""

    code: str
    group: str
    name: Text
    limit: Limit
    basis: str
    source: Text
    function: str
    opens: Text
    closes: Text
    is_active: bool
    is_frequent: bool
    items: int


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A class as its page shows it; `row` is what `edit_class` takes."""

    row: WorkClass
    shown: ClassRow
    items: tuple[tuple[str, Text], ...]


def groups() -> dict[str, Group]:
    """Return the major classes by their codes."""
    return {group.code: Group(group.code, group.title) for group in shipped_classes().groups.values()}


@cache
def shipped_functions() -> Mapping[str, Function]:
    """Return the functions that come with the product."""
    return read_functions(read_yaml(SHIPPED.parent / "functions.yaml").data)


@cache
def shipped_items() -> Mapping[str, Text]:
    """Return the titles of the items of the checklists that come with the product."""
    found = Catalogue.from_data(read_yaml(SHIPPED.parent / "cn-site-checklists.yaml").data)
    return {key: item.title for key, item in found.items.items()}


def classes_of(post: Post) -> list[WorkClass]:
    """Return a county's classes in the order of their codes, local ones last."""
    rows = WorkClass.objects.filter(READ.visible(post))
    return sorted(rows, key=lambda one: (not one.group.isdigit(), one.group, one.code))


def class_list(post: Post) -> list[ClassRow]:
    """Return a county's classes as a list shows them (two statements)."""
    items = ItemClass.objects.filter(READ.visible(post)).values_list("work_class_id", flat=True)
    counts: dict[int, int] = {}
    for pk in items:
        counts[pk] = counts.get(pk, 0) + 1
    return [_row(one, counts.get(one.pk, 0)) for one in classes_of(post)]


def class_page(post: Post, code: str) -> ClassPage | None:
    """Return a class and the checklist items that belong to it (two statements)."""
    one = WorkClass.objects.filter(READ.visible(post), code=code).select_related("county").first()
    if one is None:
        return None
    keys = list(ItemClass.objects.filter(work_class=one).values_list("item", flat=True))
    titles = shipped_items()
    return ClassPage(one, _row(one, len(keys)), tuple((key, titles.get(key, Text())) for key in keys))


def found_in(rows: Iterable[ClassRow], words: str) -> list[ClassRow]:
    """Return the classes that a search finds: each word in the code, a name or a criterion."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in _searched(row) for word in wanted)]


def _searched(row: ClassRow) -> str:
    said = (row.code, row.name.zh, row.name.en, row.opens.zh, row.opens.en, row.closes.zh, row.closes.en)
    return "\n".join(said).casefold()


def _row(one: WorkClass, items: int) -> ClassRow:
    pack = shipped_classes()
    known = pack.classes.get(one.code)
    sample = one.basis == WorkClass.Basis.SAMPLE
    return ClassRow(
        code=one.code,
        group=one.group,
        name=one.name,
        limit=Limit(one.limit, one.limit_unit),
        basis=CITY if sample and one.source else SAMPLE if sample else OFFICE,
        source=pack.words_of(one.source) if one.source else Text(),
        function=one.function,
        opens=Text(one.opens_zh, one.opens_en),
        closes=Text(one.closes_zh, one.closes_en),
        is_active=one.is_active,
        is_frequent=known is not None and known.is_frequent,
        items=items,
    )
