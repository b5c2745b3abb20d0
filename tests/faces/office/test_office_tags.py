"""Points, dates and words as pages print them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import timezone, translation

from qipan.assessment.text import Text
from qipan.faces.office.templatetags import office, vite


@pytest.mark.parametrize(
    ("micro", "plain", "signed", "lost"),
    [
        (1_250_000, "1.3", "+1.3", "−1.3"),
        (-1_200_000, "−1.2", "−1.2", "+1.2"),
        (0, "0.0", "0.0", "0.0"),
        (-40_000, "0.0", "0.0", "0.0"),
        (None, "", "", ""),
        ("", "", "", ""),
    ],
)
def test_points_have_a_true_minus_and_are_rounded_half_up(
    micro: int | str | None, plain: str, signed: str, lost: str
) -> None:
    assert (office.points(micro), office.change(micro), office.loss(micro)) == (plain, signed, lost)


def test_an_amount_is_as_short_as_it_is_exact() -> None:
    assert [office.amount(n) for n in (1_000_000, 500_000, 50_000, -2_500_000, 0)] == ["1", "0.5", "0.05", "−2.5", "0"]


def test_dates_and_words_follow_the_language() -> None:
    moment = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        with translation.override("en"):
            assert (office.day(date(2026, 11, 23)), office.minute(moment)) == ("23 Nov 2026", "23 Nov 2026, 08:05")
            assert office.text(Text("棋盘", "Board")) == "Board"
        with translation.override("zh-hans"):
            assert (office.day(moment), office.minute(moment)) == ("2026年11月23日", "2026年11月23日 8:05")
            assert office.text(Text("棋盘", "Board")) == "棋盘"
            assert office.text("Board") == "Board"
    assert (office.day(None), office.minute(None), office.text(None)) == ("", "", "")


def test_vite_links_the_built_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = tmp_path / "manifest.json"
    monkeypatch.setattr(vite, "MANIFEST", manifest)
    assert vite.vite("src/main.ts") == ""
    manifest.write_text('{"src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-2.css"]}}', "utf-8")
    links = vite.vite("src/main.ts")
    assert 'rel="stylesheet" href="/static/dist/assets/main-2.css"' in links
    assert 'type="module" src="/static/dist/assets/main-1.js"' in links
