"""What closing an item moved, in words: readings, checks and the total before and after, and why it was so much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.rules import percent
from qipan.assessment.scale import SCALE
from qipan.assessment.text import Text
from qipan.faces.office.templatetags.office import change, points

WHYS = {
    "moved": Text("该点位的读数变了，得分随之变化。", "The reading of this site moved, and the points with it."),
    "chosen": Text(
        "该点位只有指定检查，不代表其他点位，不计入得分；读数已更新。",
        "This site was only ever looked at by choice: it stands for no other site and enters no score. Its reading is kept.",
    ),
    "others": Text(
        "同一测评点在该点位还有其他检查项不符合，全部整改后才加分。",
        "Other items of the same check at this site still stand against it; the points come when all are fixed.",
    ),
    "worst": Text("该测评点取各次检查中最差的一次。", "This check counts the worst look of the year, so a later one moves nothing."),
    "mean": Text("该测评点取各次检查的平均值。", "This check counts the mean of all looks, so one of them moves little."),
    "same": Text("该点位此前已按符合计算。", "This site counted as in order already."),
    "no_item": Text("复查的是整件事项，没有登记检查项，得分不变。", "The re-check was of the whole; no item was recorded, so no points move."),
    "no_check": Text("标准中没有测评点读取该检查项，得分不变。", "No check of the standard reads this item, so no points move."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One figure before and after."""

    word: Text
    before: str
    after: str
    change: str = ""
    up: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """All that was moved. `url` leads to how the check is worked out now."""

    rows: tuple[MovedRow, ...]
    why: Sequence[Text]
    url: str


def moved(kept: Mapping[str, Any] | None, book: Rulebook) -> Moved | None:
    """Return what closing moved, as the item keeps it; None where nothing was kept."""
    if not kept:
        return None
    rows: list[MovedRow] = []
    url = ""
    for each in kept.get("checks", ()):
        line = book.lines.get(each["check"])
        node = book.nodes[line.node] if line is not None and line.node in book.nodes else None
        code = node.code if node else each["check"]
        before, after = each["y"]
        rows.append(
            MovedRow(
                Text(f"{code} 该点位读数", f"{code}: reading here"), _share(before), _share(after), up=after >= before
            )
        )
        before, after = each["earned"]
        rows.append(_points(Text(f"{code} 测评点得分", f"{code}: points of the check"), before, after))
        if node is not None and line is not None and not url:
            url = f"{reverse('criterion', args=[node.key])}#check-{line.check.id}"
    total = kept.get("total")
    if total:
        rows.append(_points(Text("总分", "total"), *total))
    why = [WHYS[each] for each in kept.get("why", ()) if each in WHYS]
    return Moved(tuple(rows), why, url) if rows or why else None


def _share(y: int) -> str:
    return percent(Fraction(y, SCALE))


def _points(word: Text, before: int, after: int) -> MovedRow:
    return MovedRow(
        word, points(before, 3), points(after, 3), change(after - before, 3) or _("unchanged"), after >= before
    )
