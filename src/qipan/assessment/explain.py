"""Every number in words: how a check is judged, and its arithmetic line by line, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from qipan.assessment.catalogue import Catalogue
from qipan.assessment.reading import Reading
from qipan.assessment.rulebook import Counted, Line
from qipan.assessment.rules import Banded, OptionValues, percent, plain
from qipan.assessment.scale import POINT, SCALE, printed
from qipan.assessment.scorecard import CheckScore, StratumScore
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text

_POLICY = {
    "unassessed": Text(
        "没有结果的计为未测评，不计得分也不计失分", "what is missing counts as not assessed, neither earned nor lost"
    ),
    "excluded": Text("没有结果的不计入分母", "what is missing is left out of the denominator"),
    "zero": Text("没有结果的按不得分计", "what is missing counts as nothing"),
}
_NA = {
    "spread": Text(
        "整项不适用时，分值由同组其他测评点分担", "if nothing applies, its points are spread over the rest of its group"
    ),
    "leaves": Text("整项不适用时，分值从总分中扣除", "if nothing applies, its points leave the total"),
    "full": Text("整项不适用时，按满分计", "if nothing applies, it counts as full"),
}
_REPEAT = {
    "latest": Text("多次检查取最近结果", "of several looks, the last counts"),
    "mean": Text("多轮检查取各轮平均", "of several rounds, the mean counts"),
    "worst": Text("多轮检查取最低一轮", "of several rounds, the worst counts"),
}


def rule_sentences(line: Line) -> list[Text]:
    """Say how a check is judged: value, site rule, join, points, and what repeats, gaps and N/A count as."""
    check = line.check
    said = _value_sentences(line)
    if line.survey:
        said += [check.join.sentence(), check.points.sentence()]
    elif line.one_thing and sum(len(items) for items in line.strata.values()) <= 1:
        said += [check.points.sentence()]
    else:
        said += [check.site.sentence(), check.join.sentence(), check.points.sentence()]
        if line.one_thing:
            said.pop(-2)
    return [*said, _REPEAT[check.repeat], _POLICY[check.missing], _NA[check.na]]


def _value_sentences(line: Line) -> list[Text]:
    """Say what outcomes are worth: once where all items share a rule, by name where bounds or answers differ."""
    by_rule: dict[Text, tuple[type, list[str]]] = {}
    for item, value in line.values.items():
        if not isinstance(value, Counted):
            listed = line.listed.get(item)
            words = listed.options if listed else {}
            said = value.sentence(words) if isinstance(value, OptionValues) else value.sentence()
            by_rule.setdefault(said, (type(value), []))[1].append(item)
    kinds = [kind for kind, _ in by_rule.values()]
    out = []
    for said, (kind, items) in by_rule.items():
        titles = [line.listed[item].title for item in items if item in line.listed]
        if kinds.count(kind) > 1 and titles:
            zh, en = "、".join(f"“{title.zh}”" for title in titles), ", ".join(f"‘{title.en}’" for title in titles)
            said = Text(f"{zh}{said.zh}", f"{en}: {said.en}")
        out.append(said)
    return out


def in_a_sentence(line: Line) -> Text:
    """Say the whole rule in one sentence."""
    parts = rule_sentences(line)
    return Text("；".join(part.zh for part in parts) + "。", _sentence("; ".join(part.en for part in parts)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _share(pair: tuple[int, int]) -> Fraction | None:
    return Fraction(*pair) if pair[1] else None


def stratum_line(catalogue: Catalogue, line: Line, s: StratumScore, title: Text) -> Text:
    """Say what one type comes to: "main road: 12 of 15 sites seen, mean 87.2%"."""
    match s.state:
        case "absent":
            return Text(f"{title.zh}：本县没有这类点位，不计", f"{title.en}: the county has none, left out")
        case "no_checklist":
            return Text(f"{title.zh}：未收录检查单，未测评", f"{title.en}: no checklist on file, not assessed")
        case "not_applicable":
            return Text(
                f"{title.zh}：{s.clusters}处均不适用，不计",
                f"{title.en}: not applicable at all {s.clusters}, left out",
            )
        case "unseen":
            return Text(f"{title.zh}：尚未检查，未测评", f"{title.en}: nobody has looked, not assessed")
    counted = _share(s.y if line.check.missing == "excluded" else s.low)
    shown = percent(counted) if counted is not None else "—"
    unseen = s.clusters - s.seen
    if line.check.join.kind == "pooled_rate":
        num, den = s.y
        hits = plain(Fraction(num, SCALE)) if num % SCALE == 0 else f"{num / SCALE:.2f}"
        zh = f"{title.zh}：有效{den // SCALE}份，计{hits}，{shown}"
        en = f"{title.en}: {hits} of {den // SCALE} valid answers = {shown}"
    elif line.one_thing:
        zh, en = f"{title.zh}：{shown}", f"{title.en}: {shown}"
    else:
        zh = f"{title.zh}：已查{s.seen}处，均值{shown}"
        en = f"{title.en}: {s.seen} seen, mean {shown}"
    if unseen > 0:
        zh += f"（另有{unseen}处没有结果）"
        en += f" ({unseen} more without an outcome)"
    return Text(zh, en)


def arithmetic(
    line: Line, score: CheckScore, catalogue: Catalogue, titles: Mapping[str, Text], decimals: int = 3
) -> list[Text]:
    """Return the arithmetic of a check line by line, ending in its points.

    Args:
        line: the check.
        score: its score.
        catalogue: for words.
        titles: the title of each stratum.
        decimals: of the printed points.
    """
    lines = [stratum_line(catalogue, line, s, titles.get(s.stratum, _title(s.stratum, line))) for s in score.strata]
    possible = printed(score.possible, decimals)
    if score.status == "not_applicable":
        lines.append(Text("整项不适用", "nothing here applies") if not score.possible else Text("", ""))
        return [text for text in lines if text]
    if score.status == "not_assessed":
        if score.too_few:
            least, had = line.check.join.min_sample, score.answers or score.sample
            lines.append(
                Text(
                    f"样本{had}少于{least}：样本过少，不计分",
                    f"{had} cases are fewer than {least}: too few to count",
                )
            )
        lines.append(
            Text(
                f"未测评：{possible}分未知，不计为零",
                f"not assessed: {possible} points unknown, never counted as zero",
            )
        )
        return lines
    share = _share(score.share)
    if share is None:
        return lines
    counted = [s for s in score.strata if s.state not in {"absent", "not_applicable"}]
    if len(counted) > 1:
        lines.append(_joined(line, counted, share))
    lines.append(_points(line, score, share, possible, decimals))
    unknown = _unknown(score, decimals)
    return [*lines, *([unknown] if unknown else [])]


def _title(stratum: str, line: Line) -> Text:
    if stratum == UNSTRATIFIED:
        return Text("本项", "this item")
    known = line.standard.strata.get(stratum)
    return known.title if known else Text(stratum, stratum)


def _joined(line: Line, counted: Sequence[StratumScore], share: Fraction) -> Text:
    if line.check.join.kind == "mean_over_types":
        which = "y" if line.check.missing == "excluded" else "low"
        shares = [_share(getattr(s, which)) for s in counted]
        shown = [percent(one or Fraction(0)) for one in shares if one is not None or which == "low"]
        summed = " + ".join(shown)
        return Text(
            f"各类型平均：({summed}) ÷ {len(shown)} = {percent(share)}",
            f"mean over types: ({summed}) / {len(shown)} = {percent(share)}",
        )
    return Text(f"合并：{percent(share)}", f"together: {percent(share)}")


def _points(line: Line, score: CheckScore, share: Fraction, possible: str, decimals: int) -> Text:
    earned = printed(score.earned, decimals)
    rule = line.check.points
    if isinstance(rule, Banded):
        value, grade, band = rule.bands.find(share.numerator, share.denominator)
        named_zh = f"{grade}档" if grade else "该档"
        named_en = f"grade {grade}" if grade else "this band"
        bound = f"{band_sign(band.comparison)} {percent(band.bound)}" if band else ""
        why_zh = f"{percent(share)} {bound}，" if bound else f"{percent(share)}未达各档，"
        why_en = f"{percent(share)} is {bound}: " if bound else f"{percent(share)} meets no band: "
        return Text(
            f"{why_zh}{named_zh} = {plain(value)}；{possible} × {plain(value)} = {earned}分",
            f"{why_en}{named_en} = {plain(value)}; {possible} × {plain(value)} = {earned} points",
        )
    return Text(
        f"{possible} × {percent(share)} = {earned}分" if _plain(line) else f"按占比{percent(share)}计{earned}分",
        f"{possible} × {percent(share)} = {earned} points"
        if _plain(line)
        else f"{percent(share)} gives {earned} points",
    )


def band_sign(comparison: str) -> str:
    """Return the sign of a comparison."""
    return {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}[comparison]


def _plain(line: Line) -> bool:
    rule = line.check.points
    return not isinstance(rule, Banded) and rule.start == 0 and rule.end == 1


def _unknown(score: CheckScore, decimals: int) -> Text | None:
    if score.best == score.worst:
        return None
    low, high = printed(score.worst, decimals), printed(score.best, decimals)
    reasons = {
        "not_seen": Text("未查", "not seen"),
        "refused": Text("拒绝", "refused"),
        "lost": Text("遗失", "lost"),
        "disputed": Text("异议中", "disputed"),
    }
    zh = "、".join(f"{reasons[name].zh}{count}" for name, count in score.missing.items() if count)
    en = ", ".join(f"{count} {reasons[name].en}" for name, count in score.missing.items() if count)
    tail_zh, tail_en = (f"（{zh}）" if zh else ""), (f" ({en})" if en else "")
    return Text(
        f"没有结果的部分{tail_zh}：最低{low}分，最高{high}分",
        f"what is missing{tail_en} leaves a range of {low} to {high} points",
    )


def reading_line(line: Line, reading: Reading) -> Text:
    """Say what one cluster reads: "9 of 11 items comply = 81.82%"."""
    if not reading.applies:
        return Text("不适用", "not applicable")
    if not reading.weight:
        return Text("没有结果", "no outcome")
    value = Fraction(reading.y, SCALE)
    whole = reading.value % SCALE == 0
    unit = "份" if line.survey else "项"
    zh = f"{reading.value // SCALE}/{reading.weight}{unit} = {percent(value)}" if whole else percent(value)
    en = f"{reading.value // SCALE} of {reading.weight} = {percent(value)}" if whole else percent(value)
    if reading.unknown:
        zh += f"，{reading.unknown}{unit}没有结果"
        en += f", {reading.unknown} without an outcome"
    return Text(zh, en)


def points_text(micro: int) -> str:
    """Return micro-points for a sentence."""
    return plain(Fraction(micro, POINT))
