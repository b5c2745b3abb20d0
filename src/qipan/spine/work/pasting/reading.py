"""What stands in pasted text: the points of a speech by their numbering, the lines of a chat by what they name. Pure.

A speech is read by the numbering of official papers: 一、 over （一） over 1. over （1）; a point that has points below it is
their heading, and only those become drafts. "一要…；二要…" in one paragraph is read as points too.

A line of a chat names a place ("长安路"), a unit ("@环卫", or its name) and a deadline ("3日内"); what is left says what is
wrong. Names of senders, times and "[图片]" are passed over. What is recognised is a proposal: a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MOST = 60
"""So many drafts are taken from one text."""
TITLE = 60
"""Characters of a title that is cut from the text of a point."""

_LEVELS = (
    re.compile(r"^\s*([一二三四五六七八九十]{1,3})[、.．]\s*"),
    re.compile(r"^\s*[（(]([一二三四五六七八九十]{1,3})[)）]\s*、?"),
    re.compile(r"^\s*(\d{1,2})[.．、]\s*(?!\d)"),
    re.compile(r"^\s*[（(](\d{1,2})[)）]\s*"),
    re.compile(r"^\s*第([一二三四五六七八九十]{1,3})[，,、]\s*"),
)
_INLINE = re.compile(r"(?<![统唯同单第之])([一二三四五六七八九])(?=(?:要|是要)(?!求))")
_SENTENCE = re.compile(r"[。；;！!\n]")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a speech: its numbering (一（二）), a title cut from it, and the whole of it."""

    label: str
    title: str
    text: str


def speech_points(text: str) -> list[Point]:
    """Return the points of a speech that have none below them, in their order; at most `MOST`."""
    blocks: list[tuple[int, str, list[str]]] = []
    for line in text.replace("\r", "").split("\n"):
        if not line.strip():
            continue
        level, label, rest = _numbered(line)
        if level is not None:
            blocks.append((level, label, [rest.strip()]))
        elif blocks:
            blocks[-1][2].append(line.strip())
        else:
            # Words before the first point belong to none, unless they count their points themselves.
            blocks += [(len(_LEVELS), one, [words]) for one, words in _inline(line)]
    found: list[Point] = []
    above: list[tuple[int, str]] = []
    for place, (level, label, lines) in enumerate(blocks):
        above = [one for one in above if one[0] < level]
        whole = "\n".join(one for one in lines if one)
        heads = place + 1 < len(blocks) and blocks[place + 1][0] > level
        inner = [] if heads else _inline(whole)
        name = "".join(one for _level, one in above) + label
        above.append((level, label))
        if heads:
            continue
        if len(inner) > 1:
            found += [Point(f"{name}{one}", _title(words), words) for one, words in inner]
        elif whole:
            found.append(Point(name, _title(whole), whole))
    return found[:MOST]


def _numbered(line: str) -> tuple[int | None, str, str]:
    for level, pattern in enumerate(_LEVELS):
        found = pattern.match(line)
        if found:
            mark = found.group(0).strip()
            return level, mark.rstrip(".．，,、") if level in {0, 2, 4} else mark, line[found.end() :]
    return None, "", line


def _inline(text: str) -> list[tuple[str, str]]:
    """Return the points that one paragraph counts: 一要…；二要…; none where it counts fewer than two."""
    marks = list(_INLINE.finditer(text))
    if len(marks) < 2 or [one.group(1) for one in marks[:2]] != ["一", "二"]:
        return []
    ends = [one.start() for one in marks[1:]] + [len(text)]
    return [(one.group(1), text[one.end() : end].strip(" ；;，,")) for one, end in zip(marks, ends, strict=True)]


def _title(text: str) -> str:
    first = _SENTENCE.split(text.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A line of a chat: as it stands, what is wrong, and the codes and words that were recognised in it."""

    line: str
    what: str
    site: str = ""
    unit: str = ""
    deadline: str = ""


_HEADER = re.compile(
    r"^\s*(?:\S{1,20}\s+)?(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*)?(?:上午|下午|晚上)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*[:：]?\s*$"
    r"|^\s*\[?(?:图片|视频|语音|动画表情|文件|photo|image)\]?\s*$",
    re.I,
)
_SENDER = re.compile(r"^[^\s：:@]{2,8}[：:]\s*")
_SPLIT = re.compile(r"[\s，,。；;、]+")


def chat_lines(
    text: str, sites: Mapping[str, str], units: Mapping[str, Sequence[str]], dated: Callable[[str], bool]
) -> list[ChatLine]:
    """Return the lines of a chat that say something, with what is recognised in each; at most `MOST`.

    Args:
        text: as it was pasted.
        sites: names of sites, each with its code; of two that fit the longer one counts.
        units: codes of units, each with the names that it goes by.
        dated: whether some words are a deadline.
    """
    found = []
    for line in text.replace("\r", "").split("\n"):
        plain = re.sub(r"\[(?:图片|视频|语音|文件)\]", "", line).strip()
        if not plain or _HEADER.match(plain):
            continue
        found.append(_chat_line(_SENDER.sub("", plain), sites, units, dated))
    return [one for one in found if one.what][:MOST]


def _chat_line(
    line: str, sites: Mapping[str, str], units: Mapping[str, Sequence[str]], dated: Callable[[str], bool]
) -> ChatLine:
    rest, deadline, unit = [], "", ""
    for word in _SPLIT.split(line):
        if not word:
            continue
        if word.startswith("@"):
            unit = unit or _unit(word[1:], units)
        elif not deadline and dated(word):
            deadline = word
        else:
            rest.append(word)
    place = max((name for name in sites if name and name in line), key=len, default="")
    if not unit:
        unit = next((code for word in rest for code, names in units.items() if word in names), "")
    return ChatLine(line, " ".join(rest), sites.get(place, ""), unit, deadline)


def _unit(word: str, units: Mapping[str, Sequence[str]]) -> str:
    """Return the one unit that a mention fits: its whole name, else a part of it that no other has."""
    whole = [code for code, names in units.items() if word in names]
    if len(whole) == 1:
        return whole[0]
    part = [code for code, names in units.items() if word and any(word in name for name in names)]
    return part[0] if len(part) == 1 else ""
