"""What offices write in the seven columns: headings, codes, numbered criteria, methods, and the rules between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "section": (
        "测评项目", "一级指标", "Ⅰ级指标", "一级测评指标", "项目", "项目名称", "测评类别", "Section", "Part",
    ),
    "indicator": (
        "指标名称", "测评指标", "二级指标", "Ⅱ级指标", "二级测评指标", "指标", "Indicator",
    ),
    "content": (
        "测评内容", "三级指标", "Ⅲ级指标", "三级测评指标", "内容", "测评要点", "Content", "Criterion",
    ),
    "standard": (
        "测评标准", "具体标准", "标准", "评分标准", "测评要求", "工作标准", "具体要求", "具体内容", "达标标准", "Standard",
    ),
    "method": (
        "测评方法", "测评方式", "采集方式", "数据采集方式", "考核方式", "方法", "测评途径", "Method",
    ),
    "serial": ("序号", "No.", "No", "#"),
}  # fmt: skip
"""The columns, by the words that head them. The standard's own heading lies over three columns."""

LEVELS = ("section", "indicator", "content")

_METHOD_WORDS: Mapping[str, tuple[str, ...]] = {
    "document_review": ("材料审核", "材料审查", "网上申报", "申报材料", "查阅资料", "资料审核", "查看资料", "材料"),
    "site_inspection": ("实地考察", "实地检查", "实地查看", "现场考察", "现场查看", "暗访", "实地", "现场"),
    "survey": ("问卷调查", "入户调查", "网上调查", "民意调查", "满意度调查", "问卷"),
    "telephone_test": ("电话测试", "电话测评", "拨打测试", "电话"),
    "interview": ("现场访谈", "访谈", "现场询问", "随机访问", "听取汇报"),
    "authority_opinion": ("征求主管部门意见", "征求部门意见", "部门意见", "主管部门意见", "部门审核"),
    "web_monitor": ("网络监测", "网上监测", "网络检查", "舆情监测"),
    "declared_figure": ("申报数据", "统计数据", "数据采集", "指标数据"),
}
_BY_WORD = {
    word: method
    for method, words in _METHOD_WORDS.items()
    for word in (*words, METHODS[method].zh, METHODS[method].en.casefold())
}
_BETWEEN_METHODS = re.compile(r"[、，,;；/+＋&]|和|及|与")
_NOTHING = frozenset({"", "-", "—", "－", "/", "无"})

_ROMAN = {"i": "Ⅰ", "ii": "Ⅱ", "iii": "Ⅲ", "iv": "Ⅳ", "v": "Ⅴ"}
_DASH = "-—–―－−·.、~"
_ROMAN_CODE = re.compile(rf"^(iv|v|i{{1,3}})\s*[{re.escape(_DASH)}]*\s*([0-9]+(?:\.[0-9]+)*)[\s{re.escape(_DASH)}:：)）]*(.*)$", re.DOTALL)  # fmt: skip
_NUMBER_CODE = re.compile(r"^([0-9]{1,3}(?:\.[0-9]{1,3})+(?=\D)|[0-9]{1,3}(?=[\s、.．)）:：]))[\s、.．)）:：]*(.+)$", re.DOTALL)  # fmt: skip
_FREE_CODE = re.compile(r"[A-Za-z0-9][^\s/:：一-鿿]{0,38}")
_NUMBERED = re.compile(r"^\s*(?:[（(]?(\d{1,2})[)）]|(\d{1,2})[.．、](?!\d)|([①-⑳]))\s*")
_INLINE = re.compile(r"(?<=\S)(?=[①-⑳])|(?<=[；;])[ \u3000]*(?=[（(]?\d{1,2}[)）])")
_ENDS = "；; \t\u3000"

_SHARES = re.compile(r"([ABC])\s*[:：]?\s*(>=|≥|>|＞|大于|不低于|达到)\s*(\d+(?:\.\d+)?)\s*%", re.IGNORECASE)
_COUNTS = re.compile(r"(\d+|[一二两三四五六七八九])\s*[项条]\s*(?:的|者)?\s*[为得]\s*([ABC])")
_COUNT_WORDS = {word: n for n, word in enumerate("一二三四五六七八九", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Named:
    """A code and a title from one cell; the code is empty where the cell has none."""

    code: str
    title: str


def joined(cell: str) -> str:
    """Return a cell's words in one line: Chinese lines are put together, others with a space between."""
    out = ""
    for line in cell.replace("\u3000", " ").replace("\u00a0", " ").split("\n"):
        words = " ".join(line.split())
        if not words:
            continue
        apart = bool(out) and out[-1].isascii() and words[0].isascii() and (out[-1].isalnum() or out[-1] in ",.;:)")
        out += f" {words}" if apart else words
    return out


def named(cell: str) -> Named:
    """Return the code and the title that a cell of the first three columns holds."""
    lines = [line.strip() for line in cell.strip().splitlines() if line.strip()]
    if not lines:
        return Named("", "")
    # Width and the look of a number are the office's; what is asked is only how the cell begins.
    plain = unicodedata.normalize("NFKC", "\n".join(lines))
    found = _ROMAN_CODE.match(plain.casefold())
    if found:
        rest = plain[len(plain) - len(found[3]) :] if found[3] else ""
        original = "\n".join(lines)
        return Named(f"{_ROMAN[found[1]]}-{found[2]}", joined(original[len(original) - len(rest) :]) if rest else "")
    if len(lines) > 1 and _FREE_CODE.fullmatch(lines[0]) and any(sign.isdigit() for sign in lines[0]):
        return Named(lines[0], joined("\n".join(lines[1:])))
    found = _NUMBER_CODE.match(plain)
    if found:
        return Named(found[1], joined(found[2]))
    return Named("", joined("\n".join(lines)))


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a cell of the standard says: words before the points, numbered points, words on how grades are given."""

    before: tuple[str, ...]
    points: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words beside the numbered points."""
        return "\n".join((*self.before, *self.rules))


def criteria(cell: str) -> Criteria:
    """Return the criteria of a cell: “1)…;⏎2)…” one by one, and what stands beside them."""
    before: list[str] = []
    points: list[list[str]] = []
    ruled: list[str] = []
    for line in _INLINE.sub("\n", cell).splitlines():
        words = " ".join(line.replace("\u3000", " ").split())
        if not words:
            continue
        number = _NUMBERED.match(words)
        if is_rule(words) and number is None:
            ruled.append(words)
        elif number:
            points.append([words[number.end() :]])
        elif points:
            points[-1].append(words)
        else:
            before.append(words)
    said = tuple(point for lines in points if (point := joined("\n".join(lines)).strip(_ENDS)))
    return Criteria(tuple(before), said, tuple(ruled))


def is_rule(line: str) -> bool:
    """Return whether a line says how grades are given, and no more."""
    return bool(_SHARES.search(line) or _COUNTS.search(line))


def bands(text: str, points: int) -> dict[str, Any] | None:
    """Return the points rule that words on grades say: “A>85%, B>80%, C≤80%”, or “符合上述3项为A, 符合2项为B, 其余为C”."""
    plain = unicodedata.normalize("NFKC", text)
    found: list[dict[str, Any]] = []
    for grade, sign, bound in _SHARES.findall(plain):
        strict = sign in {">", "大于"}
        percent = f"{float(bound) / 100:.6f}".rstrip("0").rstrip(".")
        found.append({"above" if strict else "at_least": percent, "value": grade.upper()})
    if not found:
        counts = [(int(_COUNT_WORDS.get(n, 0) or n), grade.upper()) for n, grade in _COUNTS.findall(plain)]
        whole = max([points, *(n for n, _ in counts)], default=0)
        found = [{"at_least": _part(n, whole), "value": grade} for n, grade in counts if grade != "C" and n]
    found = [band for band in found if band["value"] != "C"]
    if not found or len({band["value"] for band in found}) != len(found):
        return None
    return {"kind": "banded", "bands": found, "otherwise": "C"}


def _part(count: int, whole: int) -> str | int:
    return 1 if count >= whole else f"{count}/{whole}"


def methods_in(words: str) -> tuple[list[str], list[str]]:
    """Return the methods that words name, and the words that name none."""
    known: list[str] = []
    unknown: list[str] = []
    whole = "".join(words.split()).strip(_ENDS + "。.")
    if whole.casefold() in _BY_WORD:
        return [_BY_WORD[whole.casefold()]], []
    english = words.strip().strip(_ENDS + "。.").casefold()
    if english in _BY_WORD:
        return [_BY_WORD[english]], []
    for piece in _BETWEEN_METHODS.split(words):
        word = piece.strip().strip(_ENDS + "。.").casefold()
        if word in _NOTHING:
            continue
        method = _BY_WORD.get("".join(word.split())) or _BY_WORD.get(word)
        if method is None:
            unknown.append(piece.strip())
        elif method not in known:
            known.append(method)
    return known, unknown


def method_lines(cell: str) -> list[tuple[int | None, str]]:
    """Return the lines of a method cell with the number of the criterion that each belongs to (None: to all)."""
    out: list[tuple[int | None, str]] = []
    for line in cell.splitlines():
        words = line.strip()
        number = _NUMBERED.match(words)
        if number:
            digits = number[1] or number[2]
            which = int(digits) if digits else ord(number[3]) - ord("①") + 1
            out.append((which, words[number.end() :].strip()))
        elif words:
            out.append((None, words))
    return out


def in_order(methods: Sequence[str]) -> list[str]:
    """Return methods once each, in the order in which the product names them."""
    return [method for method in METHODS if method in methods]


def method_words(methods: Sequence[str]) -> Text:
    """Return methods as offices write them."""
    chosen = [METHODS[method] for method in in_order(methods)]
    return Text("、".join(one.zh for one in chosen), ", ".join(one.en for one in chosen))
