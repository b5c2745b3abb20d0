"""The rows of the standard's tree as they are drawn.

A standard has thousands of nodes and each of them several cells, so the rows are put together here as text and not by
the template language, which would take ten times as long. Every word that comes from data is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from html import escape
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.rulebook import BookNode
from qipan.assessment.scale import POINT
from qipan.assessment.scorecard import Adjustment
from qipan.assessment.text import Text
from qipan.faces.office.figures import DECIMALS, Parts
from qipan.faces.office.marks import mark_of
from qipan.overview.points import UNOWNED, UnitName, Whose
from qipan.overview.standard import StandardTree, TreeNode

PILLS = {
    "assessed": "neutral", "partly": "partly", "not_assessed": "not_assessed", "not_applicable": "neutral",
    "item": "", "no_criteria": "not_assessed",
}  # fmt: skip


def state_words() -> dict[str, str]:
    """Return how far a node is assessed, in words."""
    return {
        "assessed": _("assessed"),
        "partly": _("partly assessed"),
        "not_assessed": _("not assessed"),
        "not_applicable": _("not applicable"),
        "item": _("judged in the node above"),
        "no_criteria": _("no criteria on file"),
    }


def side_words() -> dict[str, str]:
    """Return the sides in words."""
    return {"hardware": _("hardware"), "software": _("software"), "both": _("hardware and software"), "": ""}


def shown_code(node: BookNode) -> str:
    """Return a node's code; a sub-standard as a whole has none but the id of its pack."""
    return node.code if node.node is not None else ""


def changed(changes: Collection[Adjustment]) -> Parts:
    """Return what rules changed, as parts."""
    return Parts(sum(c.earned for c in changes), sum(c.lost for c in changes), sum(c.unassessed for c in changes))


def whose_names(units: Mapping[int, UnitName]) -> Callable[[Whose], str]:
    """Return a function that names whose points are meant, in the reader's language."""
    language, unowned = get_language() or "en", _("unowned")
    names: dict[Whose, str] = {pk: unit.name.into(language) for pk, unit in units.items()}
    names[UNOWNED] = unowned
    return lambda whose: names.get(whose, "")


def owner_note(one: TreeNode, name: Callable[[Whose], str]) -> str:
    """Return whose a node's own checks are: two names and how many more."""
    if not one.owners:
        return ""
    listed = _(", ").join(name(whose) for whose in one.owners[:2])
    more = len(one.owners) - 2
    return listed if more <= 0 else _("%(units)s and %(more)s more") % {"units": listed, "more": more}


def rows(
    whole: StandardTree,
    units: Mapping[int, UnitName],
    *,
    keys: Collection[str] | None = None,
    open_to: int = 1,
) -> SafeString:
    """Return the rows of the table.

    Args:
        whole: the tree.
        units: for the names of those who answer.
        keys: the nodes to be drawn, those above them among them; all when None.
        open_to: rows of this depth and above are visible at first.
    """
    language = get_language() or "en"
    words, name = state_words(), whose_names(units)
    labels = (
        pgettext("points", "Earned"),
        pgettext("points", "Lost"),
        _("Not assessed"),
        pgettext("points", "Possible"),
    )
    earned_word, lost_word, unassessed_word, possible_word = (
        f'<span class="num-word">{escape(label)} </span>' for label in labels
    )
    base = reverse("criterion", args=["-"])[: -len("-/")]
    pills = {
        state: f'<span class="pill pill-{mark_of(pill)}">{escape(words[state])}</span>'
        if pill
        else f'<span class="muted">{escape(words[state])}</span>'
        for state, pill in PILLS.items()
    }
    out: list[str] = []
    for one, depth in whole.walk(keys):
        node, sums = one.node, one.sums
        code, key = escape(shown_code(node)), escape(node.key)
        title = escape(node.title.into(language))
        children = [child for child in node.children if keys is None or child in keys]
        twig = '<span class="leaf" aria-hidden="true"></span>'
        if children:
            open_now = "true" if depth < open_to else "false"
            twig = (
                f'<button type="button" class="fold" data-branch aria-expanded="{open_now}"><span class="fold-mark" '
                f'aria-hidden="true"></span><span class="visually-hidden">{code or title}</span></button>'
            )
        owner = owner_note(one, name)
        out.append(
            f'<tr id="node-{key}" class="depth-{min(depth, 8)}" data-depth="{depth}"'
            f'{" data-folded" if depth > open_to else ""}><th scope="row"><span class="twig">{twig}'
            f'<span class="code">{code}</span><span class="twig-title"><a href="{base}{quote(node.key, safe=":.-_")}/">'
            f"{title}</a>{f' <span class=muted>{escape(owner)}</span>' if owner else ''}</span></span></th>"
            f'<td class="tree-state">{pills[one.state]}</td>'
        )
        if one.state in {"item", "no_criteria"} and not sums.possible:
            out.append('<td class="bar-cell" aria-hidden="true"></td><td></td><td></td><td></td><td></td></tr>\n')
            continue
        out.append(
            f'<td class="bar-cell" aria-hidden="true">{_bar(one)}</td>'
            f'<td class="num">{earned_word}{_points(sums.earned)}</td>'
            f'<td class="num num-lost">{lost_word + _loss(sums.lost) if sums.lost else _NONE}</td>'
            f'<td class="num">{unassessed_word + _points(sums.unassessed) if sums.unassessed else _NONE}</td>'
            f'<td class="num">{possible_word}{_points(sums.possible)}</td></tr>\n'
        )
    return mark_safe("".join(out))  # noqa: S308 every word from data is escaped above


_NONE = '<span class="quiet">0</span>'
_STEPS = 10**DECIMALS
_STEP = POINT // _STEPS


def _points(micro: int) -> str:
    """Print figures that are whole printed steps already."""
    sign = "−" if micro < 0 else ""
    whole, rest = divmod(abs(micro) // _STEP, _STEPS)
    return f"{sign}{whole}.{rest:0{DECIMALS}}"


def _loss(micro: int) -> str:
    return f"+{_points(-micro)}" if micro < 0 else f"−{_points(micro)}"


def _bar(one: TreeNode) -> str:
    sums = one.sums
    longest = max(sums.possible, sums.earned)
    if longest <= 0:
        return ""
    pieces, x = [], 0.0
    for kind, value in (("earned", sums.earned), ("lost", sums.lost), ("unassessed", sums.unassessed)):
        width = 100 * max(value, 0) / longest
        if width > 0:
            pieces.append(f'<rect class="segment-{kind}" x="{x:.1f}%" width="{width:.1f}%" height="100%"/>')
        x += width
    return f'<svg class="bar-art">{"".join(pieces)}</svg>'


def missing_words(missing: Collection[str]) -> Text:
    """Return codes that are not on file, named."""
    return Text("、".join(missing), ", ".join(missing))
