"""Where an observation belongs: its canonical stratum and cluster, checked against a rulebook."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from qipan.assessment.batch import ObservationError
from qipan.assessment.reading import MISSING, NOT_APPLICABLE, WITHDRAWN
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.rules import OutcomeError
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text


def place(book: Rulebook, item: str, stratum: str, cluster: str, outcome: str) -> tuple[str, str]:
    """Return the canonical (stratum, cluster) of an observation that a rulebook can read.

    An item of a checklist that no check uses is recorded under its own type: it counts once a standard asks for it.

    Raises:
        ObservationError: it names the column and what would be right.
    """
    places = list(book.places(item, stratum))
    if not places:
        listed = book.catalogue.items.get(item)
        if listed is None or not listed.type or item in book.by_item:
            raise _unknown(book, item, stratum)
        _readable(listed.value.worth, item, outcome)
        return listed.type, _somewhere(cluster)
    check_outcome([line for line, _ in places], item, outcome)
    if all(line.one_thing or line.counter for line, _ in places):
        return UNSTRATIFIED, UNSTRATIFIED
    strata = sorted({known for _, known in places})
    if len(strata) > 1:
        raise ObservationError(
            "stratum",
            Text(f"“{item}”在几个类型下检查，须写明类型", f"{item!r} is looked at in several strata: say which"),
            Text(f"可用：{'、'.join(strata)}", f"use: {', '.join(strata)}"),
        )
    return strata[0], _somewhere(cluster)


def _somewhere(cluster: str) -> str:
    if not cluster or cluster == UNSTRATIFIED:
        raise ObservationError(
            "cluster",
            Text("没有写明点位", "nothing says where"),
            Text("填写点位编号", "give the code of the site or zone"),
        )
    return cluster


def check_outcome(lines: list[Line], item: str, outcome: str) -> None:
    """Refuse an outcome that no value rule of the item reads.

    Raises:
        ObservationError: it says what can be written.
    """
    for line in lines:
        _readable(partial(line.worth, item), item, outcome)


def _readable(worth: Callable[[str], object], item: str, outcome: str) -> None:
    if outcome in MISSING or outcome in {NOT_APPLICABLE, WITHDRAWN}:
        return
    try:
        worth(outcome)
    except ValueError as error:
        wanted = error.wanted if isinstance(error, OutcomeError) else Text("可填数字", "write a number")
        raise ObservationError(
            "outcome", Text(f"“{item}”的结果不能是“{outcome}”", f"{outcome!r} is no outcome of {item!r}"), wanted
        ) from None


def _unknown(book: Rulebook, item: str, stratum: str) -> ObservationError:
    known = sorted({where for _, where in book.by_item.get(item, ())})
    if known:
        return ObservationError(
            "stratum",
            Text(f"“{item}”不在类型“{stratum}”下检查", f"item {item!r} is not looked at in stratum {stratum!r}"),
            Text(f"可用：{'、'.join(known)}", f"use: {', '.join(known)}"),
        )
    return ObservationError(
        "item",
        Text(f"标准里没有检查项“{item}”", f"the standard has no item {item!r}"),
        Text("核对检查项编号", "check the item's key"),
    )
