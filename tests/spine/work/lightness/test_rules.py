"""The guard rails: what they stop and what they leave alone, each case put down by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qipan.assessment.text import InputError
from qipan.spine.work.lightness.rules import broken, read_rules, shipped_rules

STOPPED = [
    ("迎检期间沿街商户一律关门，门口不留人。", "shut"),
    ("测评当天农贸市场休市一天。", "shut"),
    ("请通知各饭店：检查组到达前暂停营业。", "shut"),
    ("明天全部关停沿街门面。", "shut"),
    ("Close all shops along the road on Monday.", "shut"),
    ("The market is to be closed during the assessment.", "shut"),
    ("把桥头的流动摊贩赶走。", "vendors"),
    ("检查期间摊贩一律不得出摊，先躲一躲。", "vendors"),
    ("考评组来之前，请将路口摊点清离。", "vendors"),
    ("Chase away the vendors at the bridge before ten.", "vendors"),
    ("迎检前用喷绘布遮挡北侧空地上的垃圾。", "cover"),
    ("想办法掩盖问题，先过了这一关。", "cover"),
    ("Board up the waste site before the assessment.", "cover"),
    ("安排专人跟踪暗访组，随时报告位置。", "trail"),
    ("派两名网格员陪同测评员，并打探下一站。", "trail"),
    ("Follow the assessors and phone in where they go.", "trail"),
    ("请各社区摆拍三组志愿服务照片。", "stage"),
    ("会议记录缺的倒签补齐。", "stage"),
    ("验收当天临时摆放一批绿植。", "stage"),
    ("Fake the minutes of the first quarter.", "stage"),
    ("入户发放问卷标准答案，组织居民背熟答案。", "answers"),
    ("Hand out model answers to the residents.", "answers"),
    ("迎检期间取消双休，全体人员到岗。", "holidays"),
]

LEFT_ALONE = [
    "已恢复营业",
    "占道经营已劝导",
    "占道经营，已引导摊贩到便民疏导点经营",
    "流动摊贩占道经营，劝导入市",
    "市场内垃圾未清理，请当天清运",
    "商铺门前垃圾桶满溢",
    "严禁关停商户、驱赶摊贩迎检。",
    "各单位不得跟踪、尾随测评组。",
    "不得摆拍，不得补造台账。",
    "施工围挡破损，请修复",
    "市场关门后卫生无人打扫",
    "无证餐馆依法责令停业整顿，检查组已告知",
    "消防通道被摊位占用，请清理通道",
    "路面破损，井盖缺失，检查组复查时仍未修复",
    "请参加测评组见面会并汇报工作",
    "按问卷结果补短板，重点回访不满意的居民",
    "照片模糊，请补拍一张整改后的照片",
    "请把卫生间标识摆放到位",
    "国庆假期安排值班，按规定补休",
    "请勿带路人乱停车辆，检查组已提醒",
    "The shop sign is broken; please repair it.",
    "Vendors were advised to trade inside the market.",
    "Do not close any shop during the assessment.",
    "The inspectors found litter behind the market wall.",
    "",
]


@pytest.mark.parametrize(("text", "code"), STOPPED)
def test_stopped(text, code):
    assert code in {hit.rule.code for hit in broken(shipped_rules(), text)}


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_left_alone(text):
    assert [(hit.rule.code, hit.act) for hit in broken(shipped_rules(), text)] == []


def test_the_first_look_at_a_text_hides_nothing():
    """What most texts are spared is done in full: every text of this file and every act alone, with the same result."""
    rails = shipped_rules()
    acts = {word for rule in rails.rules for each in rule.patterns for word in spelled(each.act.pattern)}
    assert len(acts) > 150
    for text in [*(each[0] for each in STOPPED), *LEFT_ALONE, *acts]:
        assert broken(rails, text) == broken(replace(rails, signs=("",)), text), text
    for word in acts:
        assert any(sign in word.casefold() for sign in rails.signs), word


def spelled(pattern: str) -> list[str]:
    """The words of a pattern of alternatives."""
    bare = pattern.replace("(?<![A-Za-z])", "").replace("(?![A-Za-z])", "").replace("(?:", "").replace(")", "")
    return [word.replace(r"\s+", " ").replace("\\", "") for word in bare.split("|")]


def test_a_rule_is_quoted_with_its_source_and_the_sentence_that_breaks_it():
    (hit,) = broken(shipped_rules(), "请清运垃圾。迎检当天沿街商铺一律关门！其余照旧。")
    assert (hit.rule.code, hit.sentence, hit.act) == ("shut", "迎检当天沿街商铺一律关门", "一律关门")
    assert hit.rule.words.zh and hit.rule.words.en and hit.rule.source.zh


def test_a_county_writes_rules_of_its_own():
    own = read_rules(
        {
            "format": "qipan-rules/1", "id": "own", "title": "本县", "source": "县文件", "words": {"flowers": "摆花"},
            "rules": [
                {"code": "flowers", "title": "花", "rule": "不摆花", "source": "县文件", "patterns": [{"act": "flowers"}]}
            ],
        }
    )  # fmt: skip
    assert [hit.rule.words.zh for hit in broken(own, "路口摆花二十盆")] == ["不摆花"]


def test_what_is_wrong_in_a_file_is_named():
    with pytest.raises(InputError) as caught:
        read_rules(
            {
                "format": "qipan-rules/1", "id": "own", "title": "本县", "source": "县文件", "words": {},
                "rules": [{"code": "x", "title": "花", "rule": "不摆花", "source": "文", "patterns": [{"act": "none"}]}],
            }
        )  # fmt: skip
    assert "none" in str(caught.value)
