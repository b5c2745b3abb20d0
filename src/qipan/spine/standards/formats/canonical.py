"""The one form that a pack's data takes before it is hashed, stored, written or compared.

Two files that say the same have the same canonical data: a text is one string where its language shows, numbers are
numbers, what equals the default is left out, keys stand in a fixed order. `canonical_data` takes data that a reader has
accepted; it keeps what it does not know, so nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from qipan.assessment.fields import Fields
from qipan.assessment.scale import exact

Normal = Callable[[Any], Any]
"""Returns the canonical form of a value, or None where it says nothing."""

BASIS = ("source", "inferred", "assumed")


def number(value: Any) -> int | float | str | None:
    """Return a number as a whole number, a decimal, or a text where neither is exact ("2/3")."""
    return None if value is None else written(exact(value))


def written(found: Fraction) -> int | float | str:
    """Return an exact number as data has it."""
    if found.denominator == 1:
        return found.numerator
    near = float(found)
    try:
        if exact(near) == found:
            return near
    except ValueError:
        pass
    # A decimal too fine for a float stays written out; anything else is a fraction.
    for places in range(1, 13):
        scaled = found * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            return f"{'-' if found < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return f"{found.numerator}/{found.denominator}"


def word(value: Any) -> str | None:
    """Return a text that is not translated."""
    return None if value is None else str(value).strip() or None


def text(value: Any) -> str | dict[str, str] | None:
    """Return words in two languages: one string where its language shows, else {zh, en}."""
    if value is None:
        return None
    zh, en = (part.replace("\r\n", "\n").replace("\r", "\n").strip() for part in spoken(value))
    if zh and en:
        return {"zh": zh, "en": en}
    if not zh and not en:
        return None
    alone = zh or en
    chinese = any("一" <= character <= "鿿" for character in alone)
    if zh:
        return zh if chinese else {"zh": zh}
    return {"en": en} if chinese else en


def spoken(value: Any) -> tuple[str, str]:
    """Return words as zh and en."""
    found = Fields({"text": value}, (), []).text("text")
    return found.zh, found.en


def basis(value: Any) -> Any:
    """Return the words of a basis; a bare mark stays a mark."""
    return text(value) or (True if value is True else "") if value is not None and value is not False else None


def flag(value: Any) -> bool | None:
    """Return a yes; a no says nothing."""
    return True if value is True else None


def _yes(value: Any) -> bool:
    return True


def words(value: Any) -> list[str] | None:
    """Return a list of short texts; one alone is a list of one."""
    if value is None:
        return None
    return [str(one).strip() for one in ([value] if isinstance(value, (str, int)) else value)] or None


def each(normal: Normal) -> Normal:
    """Return the form of a list of things."""
    return lambda value: [normal(one) for one in value] or None if value is not None else None


def table(normal: Normal, *, keep_empty: bool = False) -> Normal:
    """Return the form of a mapping with free keys, in the order of its author."""

    def form(value: Any) -> Any:
        if value is None:
            return None
        found = {str(key): normal(below) for key, below in value.items()}
        if keep_empty:
            found = {key: [] if below is None else below for key, below in found.items()}
        return {key: below for key, below in found.items() if below is not None} or None

    return form


def record(**keys: Normal) -> Normal:
    """Return the form of a mapping with known keys and the basis beside them."""
    known = keys | dict.fromkeys(BASIS, basis)

    def form(value: Any) -> Any:
        if value is None:
            return None
        found = {key: normal(value[key]) for key, normal in known.items() if key in value}
        found |= {str(key): plain(below) for key, below in value.items() if key not in known}
        return {key: below for key, below in found.items() if below is not None}

    return form


def plain(value: Any) -> Any:
    """Return data of an unknown shape in plain types, without what says nothing."""
    if isinstance(value, Mapping):
        found = {str(key): plain(below) for key, below in value.items()}
        return {key: below for key, below in found.items() if below is not None}
    if isinstance(value, (list, tuple)):
        return [plain(below) for below in value]
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def graded(value: Any) -> Any:
    """Return a number, or a grade's name as it stands."""
    try:
        return number(value)
    except ValueError:
        return word(value)


def _rule(grades: frozenset[str]) -> Normal:
    # The name of a grade wins over a number that is written the same.
    def value_of(value: Any) -> Any:
        return value if isinstance(value, str) and value in grades else graded(value)

    comparisons: dict[str, Normal] = dict.fromkeys(("at_least", "above", "at_most", "below"), number)
    band = record(**comparisons, value=value_of)
    return record(
        kind=word,
        values=table(number),
        excluded=words,
        **comparisons,
        strict=flag,
        partial=flag,
        bands=each(band),
        otherwise=value_of,
        target=number,
        zero_at=number,
        weights=table(number),
        need=number,
        of=number,
        each=number,
        cap=number,
        floor=number,
        min_sample=number,
        **{"from": number, "to": number},
    )


def _without(value: dict[str, Any], key: str, *silent: Any) -> None:
    """Leave out what equals the default."""
    if value.get(key) in silent:
        value.pop(key, None)


def _check(grades: frozenset[str]) -> Normal:
    rule = _rule(grades)
    item = record(key=word, title=text, value=rule)

    def item_of(value: Any) -> Any:
        if isinstance(value, (str, int)):
            return str(value)
        found = item(value)
        return found["key"] if set(found) == {"key"} else found

    form = record(
        method=word, suffix=word, title=text, weight=number, lead=words, support=words, evidence=each(_spoken),
        topic=text, items=each(item_of), strata=table(each(item_of), keep_empty=True), value=rule, site=rule, join=rule,
        points=rule, repeat=word, missing=word, na=word,
    )  # fmt: skip

    def check(value: Any) -> Any:
        found = form(value)
        _without(found, "weight", 1)
        _without(found, "repeat", "latest")
        _without(found, "na", "spread")
        _without(found, "missing", "excluded" if found.get("method") == "survey" else "unassessed")
        _without(found, "site", {}, {"kind": "checklist_sum"})
        several = len(found.get("strata", ())) + bool(found.get("items")) > 1
        _without(found, "join", {}, {"kind": "mean_over_types" if several else "mean"})
        points = {key: below for key, below in found.get("points", {}).items() if (key, below) not in _LINEAR}
        if not points:
            found.pop("points", None)
        return found

    return check


_LINEAR = (("kind", "linear"), ("from", 0), ("to", 1))


def _spoken(value: Any) -> Any:
    return text(value) or ""


def _standard(data: Mapping[str, Any]) -> dict[str, Any]:
    given = data.get("grades") or {}
    grades = frozenset(str(name) for name in (given.get("values") or {}))
    check = each(_check(grades))

    def node(value: Any) -> Any:
        return shape({**value, "checks": value.get("checks") or None, "children": value.get("children") or None})

    shape = record(
        code=word, title=text, short=text, text=text, side=word, points=number, cap=number, checks=check,
        children=each(node),
    )  # fmt: skip
    titled = {"id": word, "title": text}
    form = record(
        format=word, id=word, edition=text, title=text, short=text, jurisdiction=text, honour=word, source=text,
        completeness=record(status=word, note=text, missing=words),
        cycle=record(weights=each(number)),
        total=number, weighting=word,
        shares=each(record(code=word, title=text, points=number, methods=words)),
        weights_basis=record(),
        grades=record(values=table(number)),
        cut=record(points=number),
        rounding=record(decimals=number),
        display=record(zero=number, full=number, decimals=number),
        aliases=table(word),
        strata=each(record(code=word, title=text, official_sample=number)),
        sub_standards=each(record(id=word, share=number)),
        gates=each(record(
            **titled, on=record(sub_standard=word, node=word, total=_yes), at_least=number, effect=word,
            cap_points=number,
        )),
        bonuses=each(record(**titled, item=word, each=number, max=number)),
        negative=each(record(**titled, item=word, deduct=number, effect=word)),
        nodes=each(node),
    )  # fmt: skip
    found: dict[str, Any] = form(data)
    shares = found.get("shares")
    found["total"] = found.get("total", 100)
    found["weighting"] = found.get("weighting") or ("shares" if shares else "points")
    completeness = found.get("completeness", {})
    _without(completeness, "status", *(() if len(completeness) > 1 else ("complete",)))
    for key in ("completeness", "cycle", "weights_basis", "grades", "cut", "rounding", "display"):
        _without(found, key, {})
    _without(found, "rounding", {"decimals": 1})
    order = ["format", "id", "edition", "title", "short", "jurisdiction", "honour", "source", "completeness", "cycle", "total", "weighting"]  # fmt: skip
    return {key: found[key] for key in [*order, *(k for k in found if k not in order)] if key in found}


def canonical_data(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return a pack's data in its canonical form.

    Args:
        data: what a reader of this kind has accepted.
        kind: standard, checklists, questionnaires or functions.
    """
    if kind == "standard":
        return _standard(data)
    found: dict[str, Any] = plain(data)
    return found
