"""Lists, rules and places written in one cell of the authoring workbook.

A list is `one; two`. A rule is its kind and its parameters: `n_of; need=3; of=5`, `graded_scale; A=1; B=0.66`,
`number_bands; >80:A; >75:B; else:C`, `count_threshold; >=5; partial`. What itself holds a mark stands in "quotes", a
quote inside them is written twice. Full-width marks are read as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from qipan.assessment.scale import exact
from qipan.assessment.text import Text
from qipan.spine.standards.formats import canonical

SEMICOLONS = ";；\n"
COMMAS = SEMICOLONS + ",，、"
COLONS = ":："
EQUALS = "=＝"
_MARKS = ">≥<≤＞＜"
_SIGNS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}
_COMPARED = re.compile(r"(>=|≥|＞＝|＞=|>|＞|<=|≤|＜＝|＜=|<|＜)(.*)", re.DOTALL)
_COMPARISON = {">": "above", "<": "below"}
_EXCLUDED = ("excluded", "不计")
_ELSE = ("else", "otherwise", "其余", "其他")


class CellError(ValueError):
    """A cell that cannot be read; says what would be right."""

    def __init__(self, message: Text, remedy: Text = Text()) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy


def split(text: str, marks: str) -> list[str]:
    """Return the pieces between marks that stand outside quotes, trimmed, still quoted."""
    pieces, start, quoted = [], 0, False
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character in marks and not quoted:
            pieces.append(text[start:index].strip())
            start = index + 1
    if quoted:
        raise CellError(Text("引号不成对", "a quote is not closed"), Text('写成 "…"', 'write "…"'))
    pieces.append(text[start:].strip())
    return pieces


def unquoted(piece: str) -> str:
    """Return what a piece says."""
    if len(piece) >= 2 and piece[0] == piece[-1] == '"':
        return piece[1:-1].replace('""', '"')
    return piece


def quoted(text: str, marks: str) -> str:
    """Return a text as a piece: quoted where it holds a mark or would be read as something else."""
    plain = text and text == text.strip() and '"' not in text and not any(mark in text for mark in marks)
    return text if plain else '"' + text.replace('"', '""') + '"'


def read_words(text: str) -> list[str]:
    """Return a list of short texts."""
    return [unquoted(piece) for piece in split(text, COMMAS) if piece]


def write_words(words: Sequence[str]) -> str:
    """Return short texts as a list in a cell."""
    return "; ".join(quoted(word, COMMAS) for word in words)


def read_texts(text: str) -> list[Any]:
    """Return a list of texts, each one language or `中文|English`."""
    return [_read_spoken(piece) for piece in split(text, SEMICOLONS) if piece]


def _read_spoken(piece: str) -> Any:
    parts = split(piece, "|")
    if len(parts) == 1:
        return unquoted(parts[0])
    return {"zh": unquoted(parts[0]), "en": unquoted(parts[1])}


def _write_spoken(value: Any) -> str:
    marks = SEMICOLONS + "|"
    if isinstance(value, str):
        return quoted(value, marks)
    zh, en = value.get("zh", ""), value.get("en", "")
    return f"{quoted(zh, marks) if zh else ''}|{quoted(en, marks) if en else ''}"


def write_texts(values: Sequence[Any]) -> str:
    """Return texts as a list in a cell."""
    return "; ".join(_write_spoken(value) for value in values)


def read_strata(text: str) -> dict[str, list[str]]:
    """Return what a check looks at by type of site: one line a type, `type: item; item`."""
    found: dict[str, list[str]] = {}
    for line in split(text, "\n"):
        if not line:
            continue
        parts = split(line, COLONS)
        name = unquoted(parts[0])
        if len(parts) == 1:
            raise CellError(
                Text(f"“{line[:40]}”没有冒号", f"{line[:40]!r} has no colon"),
                Text("每行写 类型: 检查项; 检查项", "write one line a type: `type: item; item`"),
            )
        if name in found:
            raise CellError(Text(f"类型“{name}”写了两次", f"type {name!r} stands twice"))
        found[name] = read_words(line[_after(line) :])
    return found


def _after(line: str) -> int:
    """Return the position after the first colon outside quotes."""
    inside = False
    for index, character in enumerate(line):
        if character == '"':
            inside = not inside
        elif character in COLONS and not inside:
            return index + 1
    return len(line)


def write_strata(strata: Mapping[str, Sequence[str]]) -> str:
    """Return what a check looks at, one line a type."""
    return "\n".join(
        f"{quoted(name, COMMAS + COLONS)}: {write_words(items)}".rstrip() for name, items in strata.items()
    )


def read_number(text: str) -> Any:
    """Return a number as canonical data has it; what is none is returned as it stands, for the reader to refuse."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if plain.endswith("%"):
            return canonical.written(exact(plain[:-1].strip()) / 100)
        return canonical.number(plain)
    except ValueError:
        return text.strip()


def write_number(value: Any) -> str:
    """Return a number as text."""
    return str(value)


# --- rules ------------------------------------------------------------------------------------------------------------


def read_rule(text: str) -> dict[str, Any]:
    """Return a rule; unknown kinds and parameters are left for the reader of the standard to refuse."""
    pieces = [piece for piece in split(text, SEMICOLONS) if piece]
    kind = unquoted(pieces[0]) if pieces else ""
    rule: dict[str, Any] = {"kind": kind}
    for piece in pieces[1:]:
        _read_parameter(rule, kind, piece)
    return rule


def _read_parameter(rule: dict[str, Any], kind: str, piece: str) -> None:
    compared = _COMPARED.fullmatch(piece)
    if compared:
        _read_comparison(rule, kind, compared[1], compared[2].strip())
        return
    parts = split(piece, COLONS)
    if len(parts) == 2 and parts[0].lower() in _ELSE:
        rule["otherwise"] = _read_graded(parts[1])
        return
    parts = split(piece, EQUALS)
    if len(parts) == 1:
        if unquoted(piece) not in ("partial", "strict", *canonical.BASIS):
            raise CellError(
                Text(f"看不懂“{piece[:40]}”", f"{piece[:40]!r} cannot be read here"),
                Text("写成 名称=值", "write name=value"),
            )
        rule[unquoted(piece)] = True
        return
    if len(parts) > 2:
        raise CellError(Text(f"“{piece[:40]}”有多个等号", f"{piece[:40]!r} has several equal signs"))
    name, value = unquoted(parts[0]), parts[1]
    stem, _, language = name.partition(".")
    if kind in ("graded_scale", "option_values"):
        if value in _EXCLUDED:
            rule.setdefault("excluded", []).append(name)
        else:
            _once(rule.setdefault("values", {}), name, read_number(unquoted(value)))
    elif kind == "checklist_sum":
        _once(rule.setdefault("weights", {}), name, read_number(unquoted(value)))
    elif stem in canonical.BASIS:
        if language:
            _once(rule.setdefault(stem, {}), language, unquoted(value))
        else:
            _once(rule, name, unquoted(value))
    else:
        _once(rule, name, read_number(unquoted(value)))


def _once(where: dict[str, Any], name: str, value: Any) -> None:
    if name in where:
        raise CellError(Text(f"“{name}”写了两次", f"{name!r} stands twice"))
    where[name] = value


def _read_comparison(rule: dict[str, Any], kind: str, sign: str, rest: str) -> None:
    sign = unicodedata.normalize("NFKC", sign).replace("≥", ">=").replace("≤", "<=")
    parts = split(rest, COLONS)
    bound = read_number(unquoted(parts[0]))
    if len(parts) == 2 and kind != "count_threshold":
        comparison = {">=": "at_least", "<=": "at_most"}.get(sign) or _COMPARISON[sign]
        rule.setdefault("bands", []).append({comparison: bound, "value": _read_graded(parts[1])})
    elif len(parts) == 1 and kind == "count_threshold":
        _once(rule, "at_least" if sign[0] == ">" else "at_most", bound)
        if len(sign) == 1:
            rule["strict"] = True
    else:
        raise CellError(
            Text(f"看不懂“{sign}{rest[:40]}”", f"{sign + rest[:40]!r} cannot be read here"),
            Text("分档写 >80:A，阈值写 >=5", "write a band as >80:A, a threshold as >=5"),
        )


def _read_graded(piece: str) -> Any:
    if piece.startswith('"'):
        return unquoted(piece)
    return read_number(piece)


_RULE_MARKS = SEMICOLONS + COLONS + EQUALS + _MARKS + "%"


def _write_graded(value: Any) -> str:
    if not isinstance(value, str):
        return write_number(value)
    # A grade that looks like a number is quoted, so that it stays a grade.
    return quoted(value, _RULE_MARKS) if read_number(value) == value and "/" not in value else f'"{value}"'


def write_rule(rule: Mapping[str, Any], *, shares: bool = False) -> str:
    """Return a rule as text.

    Args:
        rule: canonical data.
        shares: bounds of bands are shares and are written as percentages.
    """
    kind = str(rule["kind"]) if "kind" in rule else ""
    pieces = [quoted(kind, _RULE_MARKS)]
    for key, value in rule.items():
        if key == "kind":
            continue
        if key in ("values", "weights"):
            pieces += [f"{quoted(name, _RULE_MARKS)}={write_number(below)}" for name, below in value.items()]
        elif key == "excluded":
            pieces += [f"{quoted(name, _RULE_MARKS)}=excluded" for name in value]
        elif key == "bands":
            for band in value:
                name = next(name for name in _SIGNS if name in band)
                bound = _write_bound(band[name], shares)
                pieces.append(f"{_SIGNS[name]}{bound}:{_write_graded(band['value'])}")
        elif key == "otherwise":
            pieces.append(f"else:{_write_graded(value)}")
        elif kind == "count_threshold" and key in _SIGNS:
            pieces.append(f"{_SIGNS[key]}{write_number(value)}")
        elif value is True:
            pieces.append(key)
        elif key in canonical.BASIS:
            spoken = {"": value} if isinstance(value, str) else value
            for language, said in spoken.items():
                pieces.append(f"{key}{'.' if language else ''}{language}={quoted(said, _RULE_MARKS)}")
        else:
            pieces.append(f"{key}={write_number(value)}")
    return "; ".join(pieces)


def _write_bound(value: Any, shares: bool) -> str:
    if not shares:
        return write_number(value)
    return f"{canonical.written(exact(value) * 100)}%"
