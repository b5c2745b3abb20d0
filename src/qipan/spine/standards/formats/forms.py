"""The sheets and columns of the authoring workbook, as data: one table says what is written, read and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text

Kind = Literal["word", "choice", "text", "number", "words", "texts", "strata", "rule", "target", "basis"]
Choices = Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a row says. A text takes two columns (zh, en), a basis three (what it is, zh, en)."""

    key: str
    name: Text
    kind: Kind = "word"
    help: Text = Text()
    choices: Choices | None = None
    width: float = 12
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet."""

    key: str
    name: Text
    columns: tuple[Column, ...]
    needed: bool = False
    frozen: int = 1

    @property
    def title(self) -> str:
        """The sheet's name as it is written; each half is read as well."""
        return f"{self.name.zh} {self.name.en}"


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One row of the sheet about the pack as a whole; `path` leads into the data, empty where only a basis is given."""

    path: tuple[str, ...]
    name: Text
    kind: Kind = "word"
    backed: tuple[str, ...] | None = None
    choices: Choices | None = None


SIDES: Choices = {"hardware": Text("硬件", "hardware"), "software": Text("软件", "software")}
BASES: Choices = {
    "source": Text("出处", "source"),
    "inferred": Text("推断", "inferred"),
    "assumed": Text("假定", "assumed"),
}
GATE_EFFECTS: Choices = {
    "bar": Text("否决", "bar"),
    "cap": Text("封顶", "cap"),
    "zero": Text("清零", "zero"),
}
NEGATIVE_EFFECTS: Choices = {"deduct": Text("扣分", "deduct"), "bar": Text("否决", "bar")}
WEIGHTINGS: Choices = {"shares": Text("按份额", "shares"), "points": Text("按节点分值", "points")}
STATUSES: Choices = {"complete": Text("完整", "complete"), "partial": Text("部分", "partial")}
REPEATS: Choices = {
    "latest": Text("取最近", "latest"),
    "mean": Text("取平均", "mean"),
    "worst": Text("取最差", "worst"),
}
MISSING: Choices = {
    "unassessed": Text("未测", "unassessed"),
    "excluded": Text("剔除", "excluded"),
    "zero": Text("零分", "zero"),
}
NOT_APPLICABLE: Choices = {
    "spread": Text("分摊", "spread"),
    "leaves": Text("留空", "leaves"),
    "full": Text("满分", "full"),
}
BASIS = Column("", Text("依据", "basis"), "basis", Text("这个数字凭什么：出处、推断或假定", "what the number rests on"))

_CODE = Column("code", Text("编号", "code"), width=12, also=("代码",))
_ID = Column("id", Text("标识", "id"))
_TITLE = Column("title", Text("名称", "title"), "text", width=36)
_LIST = Text("多项用分号隔开", "several are divided by semicolons")
_RULE = Text("写法见“填写说明”", "see the sheet ‘Guide’")

HEAD = Form(
    "head",
    Text("说明", "Pack"),
    (
        Column("field", Text("项目", "field"), width=26),
        Column("zh", Text("内容", "value"), width=60, also=("中文", "zh")),
        Column("en", Text("英文", "English"), width=60, also=("en",)),
        BASIS,
    ),
    needed=True,
)
HEAD_LINES = (
    HeadLine(("format",), Text("格式", "format")),
    HeadLine(("id",), Text("标识", "id")),
    HeadLine(("title",), Text("名称", "title"), "text"),
    HeadLine(("edition",), Text("版本", "edition"), "text"),
    HeadLine(("jurisdiction",), Text("适用范围", "jurisdiction"), "text"),
    HeadLine(("honour",), Text("荣誉级别", "honour")),
    HeadLine(("source",), Text("来源", "source"), "text"),
    HeadLine(("completeness", "status"), Text("完整性", "completeness"), "choice", choices=STATUSES),
    HeadLine(("completeness", "note"), Text("完整性说明", "completeness note"), "text"),
    HeadLine(("completeness", "missing"), Text("缺少的指标", "missing nodes"), "words"),
    HeadLine(("cycle", "weights"), Text("各年权重（%）", "yearly weights (%)"), "words", backed=("cycle",)),
    HeadLine(("total",), Text("总分", "total"), "number"),
    HeadLine(("weighting",), Text("计分方式", "weighting"), "choice", choices=WEIGHTINGS),
    HeadLine((), Text("同等权重", "equal weights"), backed=("weights_basis",)),
    HeadLine((), Text("等级分值", "grade values"), backed=("grades",)),
    HeadLine(("cut", "points"), Text("达标线", "cut"), "number", backed=("cut",)),
    HeadLine(("rounding", "decimals"), Text("保留小数", "decimals"), "number"),
    HeadLine(("display", "zero"), Text("显示零分", "shown zero"), "number"),
    HeadLine(("display", "full"), Text("显示满分", "shown full"), "number"),
    HeadLine(("display", "decimals"), Text("显示小数", "shown decimals"), "number"),
    HeadLine(("short",), Text("简称", "short title"), "text"),
)

NODES = Form(
    "nodes",
    Text("指标", "Nodes"),
    (
        _CODE,
        Column("parent", Text("上级编号", "parent"), help=Text("顶层留空", "empty at the top"), also=("上级",)),
        _TITLE,
        Column("short", Text("简称", "short"), "text", width=16),
        Column("text", Text("内容要求", "text"), "text", width=60),
        Column("side", Text("软硬件", "side"), "choice", choices=SIDES),
        Column("points", Text("分值", "points"), "number"),
        Column("cap", Text("封顶分", "cap"), "number"),
        BASIS,
    ),
    needed=True,
)
CHECKS = Form(
    "checks",
    Text("测评点", "Checks"),
    (
        _CODE,
        Column("method", Text("测评方法", "method"), "choice", choices=METHODS, also=("方法",)),
        Column(
            "suffix", Text("序号", "suffix"), help=Text("同一方法用两次时写 a、b", "a, b where a method occurs twice")
        ),
        Column("title", Text("名称", "title"), "text", width=24),
        Column("weight", Text("权重", "weight"), "number", Text("默认 1", "1 if empty"), width=8),
        Column("lead", Text("牵头职能", "lead"), "words", _LIST, width=22, also=("牵头",)),
        Column("support", Text("配合职能", "support"), "words", _LIST, width=22, also=("配合",)),
        Column("evidence", Text("材料", "evidence"), "texts", _LIST, width=24),
        Column("topic", Text("问卷主题", "topic"), "text", width=24),
        Column(
            "items",
            Text("检查项", "items"),
            "words",
            Text("不分点位类型的检查项", "items without a site type"),
            width=24,
        ),
        Column(
            "strata",
            Text("点位类型与检查项", "strata"),
            "strata",
            Text("每行“类型: 检查项; 检查项”", "one line a type: `type: item; item`"),
            width=44,
        ),
        Column("value", Text("赋值规则", "value rule"), "rule", _RULE, width=28, also=("value",)),
        Column("site", Text("点位规则", "site rule"), "rule", _RULE, width=22, also=("site",)),
        Column("join", Text("汇总规则", "join"), "rule", _RULE, width=22),
        Column("points", Text("得分规则", "points rule"), "rule", _RULE, width=28, also=("points",)),
        Column("repeat", Text("多次检查", "repeat"), "choice", choices=REPEATS),
        Column("missing", Text("缺测", "missing"), "choice", choices=MISSING),
        Column("na", Text("不适用", "not applicable"), "choice", choices=NOT_APPLICABLE, also=("na",)),
        BASIS,
    ),
    frozen=2,
)
ITEMS = Form(
    "items",
    Text("检查项", "Items"),
    (
        Column("check", Text("测评点", "check"), help=Text("编号/方法.序号", "code/method.suffix"), width=28),
        Column("stratum", Text("点位类型", "stratum"), help=Text("不分类型写 -", "- for items without a site type")),
        Column("key", Text("检查项", "key"), width=24),
        _TITLE,
        Column("value", Text("赋值规则", "value rule"), "rule", _RULE, width=28, also=("value",)),
    ),
)
SHARES = Form(
    "shares",
    Text("份额", "Shares"),
    (
        _CODE,
        _TITLE,
        Column("points", Text("分值", "points"), "number"),
        Column("methods", Text("测评方法", "methods"), "words", _LIST, METHODS, 44, ("方法",)),
        BASIS,
    ),
)
GRADES = Form(
    "grades",
    Text("等级", "Grades"),
    (Column("grade", Text("等级", "grade")), Column("value", Text("得分率", "value"), "number")),
)
ALIASES = Form(
    "aliases",
    Text("类型别名", "Aliases"),
    (Column("alias", Text("本标准的类型", "alias"), width=20), Column("type", Text("清单的类型", "type"), width=20)),
)
STRATA = Form(
    "strata",
    Text("点位类型", "Strata"),
    (_CODE, _TITLE, Column("official_sample", Text("官方抽样数", "official sample"), "number"), BASIS),
)
SUB_STANDARDS = Form(
    "sub_standards",
    Text("子标准", "Sub-standards"),
    (_ID, Column("share", Text("份额（%）", "share (%)"), "number"), BASIS),
)
GATES = Form(
    "gates",
    Text("门槛", "Gates"),
    (
        _ID,
        _TITLE,
        Column(
            "on",
            Text("针对", "on"),
            "target",
            Text("node=编号、sub_standard=标识 或 total", "node=code, sub_standard=id or total"),
            width=28,
        ),
        Column("at_least", Text("不低于", "at least"), "number"),
        Column("effect", Text("后果", "effect"), "choice", choices=GATE_EFFECTS),
        Column("cap_points", Text("封顶分", "cap points"), "number"),
        BASIS,
    ),
)
BONUSES = Form(
    "bonuses",
    Text("加分", "Bonuses"),
    (
        _ID,
        _TITLE,
        Column("item", Text("检查项", "item"), width=24),
        Column("each", Text("每项加", "each"), "number"),
        Column("max", Text("最多加", "max"), "number"),
        BASIS,
    ),
)
NEGATIVE = Form(
    "negative",
    Text("负面清单", "Negative list"),
    (
        _ID,
        _TITLE,
        Column("item", Text("检查项", "item"), width=24),
        Column("deduct", Text("扣分", "deduct"), "number"),
        Column("effect", Text("后果", "effect"), "choice", choices=NEGATIVE_EFFECTS),
        BASIS,
    ),
)
LISTS = (SHARES, STRATA, SUB_STANDARDS, GATES, BONUSES, NEGATIVE)
"""Sheets whose rows are a list of the head, each row a mapping."""

TABLES = {"aliases": ALIASES, "grades": GRADES}
FORMS = (HEAD, NODES, CHECKS, ITEMS, SHARES, GRADES, STRATA, ALIASES, SUB_STANDARDS, GATES, BONUSES, NEGATIVE)
GUIDE = Text("填写说明", "Guide")

RULES_EXPLAINED: tuple[tuple[str, Text], ...] = (
    ("pass_fail", Text("赋值：符合得满分，不符合不得分", "value: complies = full, does not = nothing")),
    (
        "graded_scale",
        Text("赋值：按等级；分值留空用“等级”表", "value: by grade; without values the sheet ‘Grades’ counts"),
    ),
    ("graded_scale; A=1; B=0.66; C=0.33", Text("赋值：按等级，自带分值", "value: by grade with its own values")),
    (
        "option_values; a=1; b=0.5; c=0; d=excluded",
        Text("赋值：按问卷选项；excluded 不计入分母", "value: by answer; excluded leaves the denominator"),
    ),
    ("count_threshold; >=5", Text("赋值：达到 5 得满分；也可 >5、<=5、<5", "value: full from 5 on; also >5, <=5, <5")),
    ("count_threshold; >=5; partial", Text("赋值：不足 5 按比例", "value: in proportion below 5")),
    (
        "number_bands; >80:A; >75:B; else:C",
        Text("赋值：按数值分档，取第一个满足的档", "value: by bands, the first that holds"),
    ),
    (
        "target_distance; target=100; zero_at=60",
        Text("赋值：60 为零，100 满分，其间按比例", "value: linear from 60 to 100"),
    ),
    ("share", Text("赋值：记“k of n”，计 k/n", "value: recorded as k of n, worth k/n")),
    ("fault_count", Text("赋值：记问题数量", "value: the number of faults is recorded")),
    (
        "checklist_sum; main_road.mr1=2",
        Text("点位：检查项加权平均，未写的权重为 1", "site: weighted mean, 1 where not given"),
    ),
    ("all_of", Text("点位：全部符合才算", "site: only when all comply")),
    ("n_of; need=3; of=5", Text("点位：5 次中至少 3 次", "site: at least 3 of 5")),
    ("deduction; each=0.1; cap=0.5", Text("点位：每个问题扣 0.1，最多扣 0.5", "site: 0.1 off per fault, at most 0.5")),
    ("mean / mean_over_types", Text("汇总：各处平均 / 先按类型平均", "join: mean of all / mean over the types")),
    ("pooled_rate; min_sample=30", Text("汇总：合并计算比率，样本至少 30", "join: one rate, of at least 30 cases")),
    ("linear; from=0.6; to=1", Text("得分：60% 不得分，100% 满分", "points: nothing at 60%, full at 100%")),
    ("banded; >=80%:A; >=60%:B; else:C", Text("得分：按占比分档", "points: by bands of the share")),
)
"""How each rule is written in a cell; the examples are read by a test."""
