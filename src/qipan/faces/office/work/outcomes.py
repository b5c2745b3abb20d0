"""What a re-check is asked for: a field for each item, with the outcomes that the item's own value rule can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.faces.office.work.fields import Field, Words

if TYPE_CHECKING:
    from qipan.spine.work.item_page import Question
    from qipan.spine.work.queries import ItemPage

PASS = Text("符合要求", "complies")
FAIL = Text("仍不符合", "still not")
NOT_APPLICABLE = Text("不适用", "not applicable")
OUTCOME = "outcome"
WHOLE = (("pass", PASS), ("fail", FAIL))


def name_of(place: int, count: int) -> str:
    """Return the name of an item's field: "outcome" where there is only one."""
    return OUTCOME if count <= 1 else f"{OUTCOME}-{place}"


def outcome_fields(found: ItemPage, words: Mapping[str, str]) -> list[Field]:
    """Return the fields of the outcomes, filled with what was entered."""
    count = len(found.questions)
    if not count:
        return [Field(OUTCOME, _("What did you see?"), "choices", words.get(OUTCOME, ""), options=WHOLE)]
    return [_field(each, name_of(place, count), words, many=count > 1) for place, each in enumerate(found.questions)]


def _field(each: Question, name: str, words: Mapping[str, str], *, many: bool) -> Field:
    kept = words.get(name, "")
    if each.kind == "pass_fail":
        options = (*WHOLE, ("na", NOT_APPLICABLE)) if many else WHOLE
        return Field(name, each.title, "choices", kept, options=options)
    if each.options:
        named: list[tuple[str, Words]] = [(option, Text(option, option)) for option in each.options]
        if many:
            named.append(("na", NOT_APPLICABLE))
        hint = _("The grade that the standard would give now.") if each.kind == "graded_scale" else each.wanted
        return Field(name, each.title, "choices", kept, hint, options=named)
    return Field(name, each.title, "text", kept, each.wanted)
